/** Wrong arguments of a source, each with one thing wrong; the configuration must refuse them too. */
import type { NetworkedGitlabArgs } from "../../../components/networkedGitlab/args";
import { certificateArn, existingNetwork, newGitlab, newNetwork } from "./someSource";

const managed = { mode: "managed", tasks: 1, image: "squid:6" } as const;
const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
const gitlab = (changes: Partial<typeof newGitlab>) => ({ gitlab: { ...newGitlab, ...changes } });
/** That many ranges of work terminals. */
export const manyCidrs = (count: number) => Array.from({ length: count }, (_, i) => `198.51.100.${i}/32`);
const manySubnets = (count: number) =>
  Array.from({ length: count }, (_, i) => `subnet-000000000000001${String(i).padStart(2, "0")}`);
/** The one path that must be named, and what is changed of sound arguments. */
export const wrongSources: readonly [path: string, changes: Partial<NetworkedGitlabArgs>][] = [
  ["region", { region: "Tokyo", network: existingNetwork }],
  ["region", { region: "us-gov-west-1", network: existingNetwork }],
  ["accountId", { accountId: "1234" }],
  ["workTerminalCidrs", { workTerminalCidrs: [] }],
  ["workTerminalCidrs[1]", { workTerminalCidrs: ["198.51.100.0/24", "198.51.100.0/24"] }],
  ["workTerminalCidrs[0]", { workTerminalCidrs: ["0.0.0.0/0"] }],
  ["workTerminalCidrs[1]", { workTerminalCidrs: ["0.0.0.0/8", "128.0.0.0/1"] }],
  [
    "workTerminalCidrs",
    { workTerminalCidrs: ["64.0.0.0/8", "65.0.0.0/8", "66.0.0.0/8", "67.0.0.0/8", "68.0.0.0/8"] },
  ],
  ["workTerminalCidrs[0]", { workTerminalCidrs: ["::/0"] }],
  ["workTerminalCidrs[0]", { workTerminalCidrs: ["10.0.0.0/33"] }],
  ["workTerminalCidrs[0]", { workTerminalCidrs: ["198.51.100.7/24"] }],
  ["workTerminalCidrs", { workTerminalCidrs: manyCidrs(31) }],
  ["workTerminalCidrs", { workTerminalCidrs: manyCidrs(61), ...gitlab({ gitOverSsh: false }) }],
  ["network.publicSubnetIds", { network: { ...existingNetwork, publicSubnetIds: manySubnets(9) } }],
  ["network.privateSubnetIds", { network: { ...existingNetwork, privateSubnetIds: manySubnets(9) } }],
  ["alarms.emails[0]", { alarms: { enabled: true, emails: ["a b@example.com"] } }],
  ["alarms.emails[1]", { alarms: { enabled: true, emails: ["a@example.com", "a@example.com"] } }],
  ["network.cidrBlock", { network: { ...newNetwork, cidrBlock: "10.0.0.0/25" } }],
  ["network.availabilityZones", { network: { ...newNetwork, availabilityZones: ["ap-northeast-1a"] } }],
  [
    "network.availabilityZones[1]",
    { network: { ...newNetwork, availabilityZones: ["ap-northeast-1a", "ap-northeast-1a"] } },
  ],
  [
    "network.availabilityZones[1]",
    { network: { ...newNetwork, availabilityZones: ["ap-northeast-1a", "us-east-1a"] } },
  ],
  ["network.vpcId", { network: { ...existingNetwork, vpcId: "my-vpc" } }],
  [
    "network.publicSubnetIds",
    { network: { ...existingNetwork, publicSubnetIds: ["subnet-00000000000000001"] } },
  ],
  ["network.privateSubnetIds", { network: { ...existingNetwork, privateSubnetIds: [] } }],
  ["network.isolatedSubnetIds", { network: { ...existingNetwork, isolatedSubnetIds: [] } }],
  [
    "network.isolatedSubnetIds[0]",
    { network: { ...existingNetwork, isolatedSubnetIds: existingNetwork.privateSubnetIds } },
  ],
  ["network.isolatedSubnetIds[0]", { network: { ...existingNetwork, isolatedSubnetIds: ["subnet-x"] } }],
  ["network.natPublicIps", { network: { ...existingNetwork, natPublicIps: [] } }],
  ["network.natPublicIps[0]", { network: { ...existingNetwork, natPublicIps: ["10.0.0.1"] } }],
  ["gitlab.url", { gitlab: { url: "http://gitlab.example.com" } }],
  ["gitlab.url", { gitlab: { url: "https://user:word@gitlab.example.com" } }],
  ["gitlab.instanceId", { gitlab: { url: "https://gitlab.example.com", instanceId: "gitlab" } }],
  ["gitlab.url", { gitlab: { url: "https://gitlab.example.com/gitlab" } }],
  ["gitlab.hostname", gitlab({ hostname: "https://gitlab.example.com" })],
  ["gitlab.hostname", gitlab({ hostname: "gitlab.x" })],
  ["gitlab.version", gitlab({ version: "18.5" })],
  ["gitlab.version", gitlab({ version: "18.5.*" })],
  ["gitlab.amiId", gitlab({ amiId: "GitLab CE" })],
  ["gitlab.instanceType", gitlab({ instanceType: "large" })],
  ["gitlab.instanceType", gitlab({ instanceType: "t2.large" })],
  ["gitlab.rootVolumeSize", gitlab({ rootVolumeSize: 19 })],
  ["gitlab.dataVolumeSize", gitlab({ dataVolumeSize: 100.5 })],
  ["gitlab.certificateArn", gitlab({ certificateArn: undefined })],
  ["gitlab.selfSignedCertificate", gitlab({ selfSignedCertificate: true })],
  ["gitlab.hostname", gitlab({ hostname: undefined })],
  ["gitlab.certificateArn", gitlab({ certificateArn: "gitlab-certificate" })],
  ["gitlab.certificateArn", gitlab({ certificateArn: certificateArn.replace("aws", "aws-us-gov") })],
  [
    "gitlab.certificateArn",
    gitlab({ certificateArn: certificateArn.replace("ap-northeast-1", "us-east-1") }),
  ],
  ["gitlab.officeHours.stop", gitlab({ officeHours: { ...officeHours, stop: officeHours.start } })],
  ["gitlab.officeHours.start", gitlab({ officeHours: { ...officeHours, start: "cron(0 8 ? * MON-FRI *)" } })],
  ["gitlab.officeHours.stop", gitlab({ officeHours: { ...officeHours, stop: "0 20 * * *" } })],
  ["gitlab.officeHours.timezone", gitlab({ officeHours: { ...officeHours, timezone: "Tokyo" } })],
  ["gitlab.backups.time", gitlab({ backups: { time: "24:00", keep: 7 } })],
  ["gitlab.backups.keep", gitlab({ backups: { time: "17:00", keep: 0 } })],
  ["proxy.tasks", { proxy: { ...managed, tasks: 3 } }],
  ["proxy.image", { proxy: { ...managed, image: "" } }],
  ["proxy.image", { proxy: { ...managed, image: "squid" } }],
  ["proxy.image", { proxy: { ...managed, image: "-registry/squid:6" } }],
  ["proxy.imageHosts[0]", { proxy: { ...managed, imageHosts: ["*.cloudfront.net"] } }],
  ["proxy.imageHosts[1]", { proxy: { ...managed, imageHosts: ["a.example.com", "https://b.example.com"] } }],
  ["proxy.url", { proxy: { mode: "existing", url: "https://proxy.internal:3128" } }],
  ["proxy.url", { proxy: { mode: "existing", url: "proxy.internal:3128" } }],
];
