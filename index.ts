/** git-airlock's program. A stack's `git-airlock:role` says what it builds. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readMirrorStacks } from "./components/config/mirrorStacks";
import { readGuardedTargets, readManagementAccount } from "./components/config/organizationStacks";
import { arePinned, readPushSources } from "./components/config/pushSources";
import { readStackConfig, requireOwnAccount } from "./components/config/stackConfig";
import { MirrorTarget } from "./components/mirrorTarget/mirrorTarget";
import { NetworkedGitlab } from "./components/networkedGitlab/networkedGitlab";
import { OrganizationGuard } from "./components/organizationGuard/organizationGuard";
import { outputsOf } from "./components/outputs";
import { PushMirrors } from "./components/pushMirrors/pushMirrors";

/** Pulumi calls what a program exports; what it returns are the stack's outputs. */
export = async (): Promise<Record<string, pulumi.Output<unknown>>> => {
  const config = readStackConfig();
  const { region } = config;
  const { accountId, arn: deployerArn } = await aws.getCallerIdentity();
  requireOwnAccount(accountId);
  const deployers = (given: string[]) => (given.length > 0 ? given : [deployerArn]);

  if (config.role === "source") {
    const source = new NetworkedGitlab("source", { region, accountId, ...config.source });
    return outputsOf(source);
  }

  if (config.role === "mirror") {
    const mirrors = new PushMirrors("mirror", {
      region,
      accountId,
      ...(await readMirrorStacks(config.stacks, { region, accountId })),
      ...config.mirror,
      deployerArns: deployers(config.mirror.deployerArns),
    });
    return outputsOf(mirrors);
  }

  if (config.role === "organization") {
    const targets = await readGuardedTargets(config.targets);
    const managementAccountId = await readManagementAccount(targets);
    const guard = new OrganizationGuard("guard", { region, accountId, managementAccountId, targets });
    return outputsOf(guard);
  }

  const pushSourceAddresses = await readPushSources(config.pushSources);
  const target = new MirrorTarget("target", {
    region,
    accountId,
    pushSourceAddresses,
    ...config.target,
    deployerArns: deployers(config.target.deployerArns),
  });
  return { ...outputsOf(target), pushSourcesArePinned: pulumi.output(arePinned(config.pushSources)) };
};
