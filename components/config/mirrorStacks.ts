/** Reads the stacks that a mirror links: the source, and the targets. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { GitCredential } from "../mirrorTarget/gateUser";
import type { MirrorAlarmArgs, MirroredTargetArgs, PushMirrorsArgs } from "../pushMirrors/args";
import { deployFirst, plainOutputs, referTo, refuseStack, shortName, type OtherStack } from "./stackOutputs";

/** What a mirror stack links. */
export interface LinkedStacks {
  /** Full name of the source stack. */
  source: string;
  /** Full names of the target stacks. */
  targets: string[];
}

const repositoriesOutput = z.array(
  z.object({ gitlabProject: z.string(), name: z.string(), cloneUrlHttp: z.string() }),
);

/**
 * The GitLab host, and what to push to.
 * @param here where this stack is: the host's parameters have to be in its own account and region
 * @throws pulumi.RunError when a stack or output is missing, or is not what was expected
 */
export async function readMirrorStacks(
  { source, targets }: LinkedStacks,
  here: { region: string; accountId: string },
): Promise<Pick<PushMirrorsArgs, "gitlabInstanceId" | "gitlabRoleName" | "fips" | "alarms" | "targets">> {
  const host = await readHost({ what: "source", stack: source, key: "sourceStack" }, here);
  const read = targets.map((stack) =>
    readTarget({ what: "target", stack, key: "targetStacks" }, { region: here.region, fips: host.fips }),
  );
  return { ...host, targets: await Promise.all(read) };
}

async function readHost(other: OtherStack, here: { region: string; accountId: string }) {
  const reference = await referTo("source", other);
  const place = await plainOutputs(reference, other, ["region", "accountId"]);
  const problems = Object.entries(here).flatMap(([name, expected]) =>
    place.get(name) === expected
      ? []
      : [
          `its output ${name} is ${JSON.stringify(place.get(name))}, and this stack's is ${JSON.stringify(expected)}`,
        ],
  );
  if (problems.length > 0)
    refuseStack(other, problems, "Deploy this stack with the source's own credentials and aws:region.");
  const names = ["gitlabInstanceId", "gitlabRoleName"] as const;
  const details = await Promise.all(names.map((name) => reference.getOutputDetails(name)));
  const [gitlabInstanceId, gitlabRoleName] = details.map(({ value }: { value?: unknown }) => value);
  if (typeof gitlabInstanceId !== "string" || typeof gitlabRoleName !== "string") {
    refuseStack(
      other,
      ["its GitLab was brought, and is not a host that this stack could set mirrors on"],
      `Set them by hand: \`git airlock mirror --print\` writes the script. Or, if that GitLab is now made there, ${deployFirst(other)}`,
    );
  }
  const fips = await readFips(reference);
  return { gitlabInstanceId, gitlabRoleName, fips, alarms: await readAlarms(reference, other) };
}

/** Whether a side is one of the FIPS endpoint; one that was deployed before there was a choice is not. */
async function readFips(reference: pulumi.StackReference): Promise<boolean> {
  const details: { value?: unknown } = await reference.getOutputDetails("fips");
  return details.value === true;
}

const alarmOutputs = z.object({
  topicArn: z.string(),
  gitlabIsAlwaysOn: z.boolean(),
  proxyRefusalsMetric: z.string().optional(),
});

/** What the source says of its alarms; undefined where they are off, or where it was deployed before there were any. */
async function readAlarms(
  reference: pulumi.StackReference,
  other: OtherStack,
): Promise<MirrorAlarmArgs | undefined> {
  const names = ["alarmTopicArn", "gitlabIsAlwaysOn", "proxyRefusalsMetric"] as const;
  const details = await Promise.all(names.map((name) => reference.getOutputDetails(name)));
  const [topicArn, gitlabIsAlwaysOn, proxyRefusalsMetric] = details.map(
    ({ value, secretValue }: { value?: unknown; secretValue?: unknown }) => value ?? secretValue ?? undefined,
  );
  if (topicArn === undefined) return undefined;
  const read = alarmOutputs.safeParse({ topicArn, gitlabIsAlwaysOn, proxyRefusalsMetric });
  if (!read.success) {
    const problem = "of its outputs alarmTopicArn, gitlabIsAlwaysOn and proxyRefusalsMetric some are missing";
    refuseStack(other, [problem], deployFirst(other));
  }
  return read.data;
}

/** @param here the region of this stack, and which endpoint of CodeCommit the source's proxy lets through to */
async function readTarget(
  other: OtherStack,
  here: { region: string; fips: boolean },
): Promise<MirroredTargetArgs> {
  const name = shortName(other.stack);
  const reference = await referTo(name, other);
  const outputs = await plainOutputs(reference, other, ["region", "repositories"]);
  if (outputs.get("region") !== here.region) {
    const there = JSON.stringify(outputs.get("region"));
    const problem = `its output region is ${there}, and this stack's aws:region is "${here.region}"`;
    refuseStack(
      other,
      [problem],
      "The source's proxy lets git through to the CodeCommit of its own region only.",
    );
  }
  const fips = await readFips(reference);
  if (fips !== here.fips) {
    const wants = (is: boolean) => (is ? "the FIPS endpoint" : "the ordinary endpoint");
    const problem = `its repositories are reached by ${wants(fips)} of CodeCommit, and the source's proxy lets git through to ${wants(here.fips)} only`;
    refuseStack(other, [problem], "Give both stacks the same fips, and update them.");
  }
  const repositories = repositoriesOutput.safeParse(outputs.get("repositories"));
  if (!repositories.success)
    refuseStack(other, ["its output repositories is not a list of airlock repositories"], deployFirst(other));
  const details = await reference.getOutputDetails("pushCredential");
  if (details.value !== undefined)
    refuseStack(
      other,
      ["its output pushCredential is in plain text"],
      "Whoever can read that state has it: rotate it, and make it a secret there.",
    );
  if (details.secretValue === undefined)
    refuseStack(other, ["it has no output pushCredential"], deployFirst(other));
  const credential: pulumi.Output<GitCredential> = pulumi.secret(
    reference.requireOutput("pushCredential").apply((given) => credentialOutput.parse(given)),
  );
  return { name, repositories: repositories.data, credential };
}

const credentialOutput = z.object({ userName: z.string(), password: z.string() });
