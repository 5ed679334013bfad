/** What the GitLab host says of its mirrors: the status parameter, as Pulumi's state has it after a refresh. */
import { z } from "zod";
import type { Pulumi } from "../pulumiCli";

/** The status that reconcile.rb writes, as far as others need it; `revision` is missing before the first run. */
const statusSchema = z.looseObject({
  revision: z.string().optional(),
  finishedAt: z.string().optional(),
  outcome: z.string(),
  problems: z.array(z.string()).default([]),
});

export type MirrorStatus = z.infer<typeof statusSchema>;

const exported = z.object({
  deployment: z.object({
    resources: z.array(
      z.looseObject({
        urn: z.string(),
        type: z.string(),
        outputs: z.record(z.string(), z.unknown()).default({}),
      }),
    ),
  }),
});

/** Reads the status of a mirror stack, and the revision that the stack wants. */
export async function readMirrorStatus(
  pulumi: Pulumi,
  stack: string,
): Promise<{ wanted: unknown; status: MirrorStatus }> {
  const find = async () => {
    const { deployment } = exported.parse(
      JSON.parse(await pulumi.read(["stack", "export", "--stack", stack])),
    );
    const { resources } = deployment;
    const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
    const name = outputs["statusParameterName"];
    const parameter = resources.find(
      (one) =>
        one.type === "aws:ssm/parameter:Parameter" && name !== undefined && one.outputs["name"] === name,
    );
    return { wanted: outputs["revision"], parameter };
  };
  const { parameter } = await find();
  if (parameter === undefined) throw new Error(`the stack ${stack} has no status parameter`);
  await pulumi.read(["refresh", "--stack", stack, "--target", parameter.urn, "--yes", "--skip-preview"]);
  const { wanted, parameter: refreshed } = await find();
  const value = refreshed?.outputs["insecureValue"];
  return { wanted, status: statusSchema.parse(JSON.parse(typeof value === "string" ? value : "{}")) };
}
