/** Arguments in good order, for tests to break one thing in. */
import type { CheckedMirrorTargetArgs } from "../../../components/mirrorTarget/args";
import type { EndpointPullArgs } from "../../../components/mirrorTarget/pullArgs";

export const account = "222222222222";
export const region = "ap-northeast-1";

export const endpointPull: EndpointPullArgs = {
  mode: "endpoint",
  isolatedTerminalCidrs: ["10.1.0.0/24"],
  lock: "sourceVpce",
  network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"] },
};

export function someTarget(changes: Partial<CheckedMirrorTargetArgs> = {}): CheckedMirrorTargetArgs {
  return {
    region,
    accountId: account,
    pushSourceAddresses: ["203.0.113.10", "203.0.113.11"],
    repositories: [{ gitlabProject: "platform/network" }, { gitlabProject: "platform/web-app" }],
    fips: false,
    customerKey: false,
    references: ["refs/heads/*", "refs/tags/*"],
    pull: { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/28"] },
    pushCredentialEpochs: [1],
    pullCredentialEpochs: [1],
    deployerArns: [`arn:aws:iam::${account}:role/deployer`],
    breakGlassArns: [],
    alarms: { enabled: true, emails: [], trail: "made" },
    ...changes,
  };
}

/** That many repositories whose derived names have 21 characters, in no particular order. */
export function manyRepositories(count: number): { gitlabProject: string }[] {
  return Array.from({ length: count }, (_, i) => ({
    gitlabProject: `platform/service-${String((i * 7919) % 10_000).padStart(4, "0")}`,
  }));
}
