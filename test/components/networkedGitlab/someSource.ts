/** The arguments of an ordinary source, to change one thing at a time. */
import type { NetworkedGitlabArgs } from "../../../components/networkedGitlab/args";
import type { NewGitlabArgs } from "../../../components/networkedGitlab/gitlabArgs";
import type { ExistingNetworkArgs, NewNetworkArgs } from "../../../components/networkedGitlab/networkArgs";

export const region = "ap-northeast-1";
export const accountId = "111122223333";

export const newNetwork: NewNetworkArgs = {
  cidrBlock: "10.0.0.0/16",
  availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
  natGateways: "OnePerAz",
};

export const existingNetwork: ExistingNetworkArgs = {
  vpcId: "vpc-0123456789abcdef0",
  cidrBlock: "10.9.0.0/16",
  publicSubnetIds: ["subnet-00000000000000001", "subnet-00000000000000002"],
  privateSubnetIds: ["subnet-00000000000000003"],
  isolatedSubnetIds: ["subnet-00000000000000004"],
  natPublicIps: ["203.0.113.99"],
};

export const certificateArn = `arn:aws:acm:${region}:${accountId}:certificate/01234567-89ab-cdef-0123-456789abcdef`;

export const hostedZoneId = "Z0123456789ABCDEFGHIJ";

export const newGitlab: NewGitlabArgs = {
  hostname: "gitlab.dev.example.com",
  version: "18.5.1",
  acceptedCves: [],
  keepSettings: true,
  instanceType: "m7i.large",
  rootVolumeSize: 30,
  dataVolumeSize: 100,
  certificateArn,
  selfSignedCertificate: false,
  gitOverSsh: true,
  backups: { time: "17:00", keep: 7 },
};

export function someSource(changes: Partial<NetworkedGitlabArgs> = {}): NetworkedGitlabArgs {
  return {
    region,
    accountId,
    workTerminalCidrs: ["198.51.100.0/24"],
    network: newNetwork,
    gitlab: newGitlab,
    proxy: { mode: "managed", tasks: 1, image: "public.ecr.aws/ubuntu/squid:6.6-24.04_edge" },
    alarms: { enabled: true, emails: [] },
    ...changes,
  };
}
