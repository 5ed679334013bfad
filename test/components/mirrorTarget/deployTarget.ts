/** Targets deployed in an account of their own, and what tests ask of them. */
import type { CheckedMirrorTargetArgs } from "../../../components/mirrorTarget/args";
import { MirrorTarget } from "../../../components/mirrorTarget/mirrorTarget";
import { outputsOf } from "../../../components/outputs";
import { Account } from "../../../rehearsal/aws/account";
import { deploy, DeployError } from "../../../rehearsal/engines/in-process/deploy";
import type { Deployment, ResourceState } from "../../../rehearsal/engines/in-process/deployment";
import { account, region, someTarget } from "./someTarget";

export function deployTarget(
  changes: Partial<CheckedMirrorTargetArgs> = {},
  preview = false,
): Promise<Deployment> {
  return deploy({
    project: "git-airlock",
    stack: "prd",
    config: {},
    account: new Account({ accountId: account, region: changes.region ?? region, seed: "test" }),
    preview,
    program: () => Promise.resolve(outputsOf(new MirrorTarget("airlock", someTarget(changes)))),
  });
}

export async function refusal(changes: Partial<CheckedMirrorTargetArgs>): Promise<DeployError> {
  try {
    await deployTarget(changes);
  } catch (error) {
    if (error instanceof DeployError) return error;
    throw error;
  }
  throw new Error("the arguments were taken");
}

/** How many of each type were made, the stack, the provider and the component left out. */
export function counts({ resources }: Deployment): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { type } of children(resources)) result[type] = (result[type] ?? 0) + 1;
  return result;
}

export function children(resources: readonly ResourceState[]): ResourceState[] {
  return resources.filter(({ type }) => type.startsWith("aws:"));
}

function inputsByName({ resources }: Deployment): Map<string, unknown> {
  return new Map(children(resources).map(({ urn, inputs }) => [urn, inputs]));
}

/** Which resources differ between two deployments. */
export function changed(before: Deployment, after: Deployment): string[] {
  const [old, now] = [inputsByName(before), inputsByName(after)];
  const name = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((urn) => JSON.stringify(old.get(urn)) !== JSON.stringify(now.get(urn)))
    .map(name)
    .sort();
}

/** Of the tripwires, outside of us-east-1. */
const tripwireCounts = {
  "aws:cloudtrail/trail:Trail": 1,
  "aws:cloudwatch/eventRule:EventRule": 11,
  "aws:cloudwatch/eventTarget:EventTarget": 11,
  "aws:iam/role:Role": 1,
  "aws:iam/rolePolicy:RolePolicy": 1,
  "aws:kms/key:Key": 1,
  "aws:s3/bucket:Bucket": 1,
  "aws:s3/bucketPolicy:BucketPolicy": 1,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
  "aws:sns/topic:Topic": 1,
  "aws:sns/topicPolicy:TopicPolicy": 1,
};

export const commonCounts = {
  ...tripwireCounts,
  "aws:codecommit/repository:Repository": 2,
  "aws:iam/user:User": 2,
  "aws:iam/policy:Policy": 2,
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": 2,
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": 2,
  "aws:secretsmanager/secret:Secret": 1,
  "aws:secretsmanager/secretVersion:SecretVersion": 1,
};
