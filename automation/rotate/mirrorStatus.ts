/** What the GitLab host says of its mirrors: the status parameter, as Pulumi's state has it after a refresh. */
import { z } from "zod";
import type { Pulumi } from "../pulumiCli";
import { UsageError } from "../usageError";

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
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          type: z.string(),
          outputs: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .default([]),
  }),
});

/** A mirror stack's status, the revision that the stack wants, and what runs the host's script. */
export interface ReadStatus {
  wanted: unknown;
  status: MirrorStatus;
  associationId: unknown;
}

/** @throws UsageError where no such mirror stack is deployed, PulumiFailed */
export async function readMirrorStatus(pulumi: Pulumi, stack: string): Promise<ReadStatus> {
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
    return { wanted: outputs["revision"], associationId: outputs["associationId"], parameter };
  };
  const { parameter } = await find();
  if (parameter === undefined)
    throw new UsageError(
      `The stack ${stack} is not a mirror stack that is deployed. Deploy it first (pulumi up --stack ${stack}), or name it by ` +
        "--mirror-stack. Where no mirror stack can be, rotate by the epochs themselves, as the README's table shows.",
    );
  await pulumi.read(["refresh", "--stack", stack, "--target", parameter.urn, "--yes", "--skip-preview"]);
  const { wanted, associationId, parameter: refreshed } = await find();
  const value = refreshed?.outputs["insecureValue"];
  const status = statusSchema.parse(JSON.parse(typeof value === "string" ? value : "{}"));
  return { wanted, associationId, status };
}
