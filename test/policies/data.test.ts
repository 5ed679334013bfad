import * as aws from "@pulumi/aws";
import * as data from "../../policies/data";
import { describeRule, UNKNOWN } from "./describeRule";
import { subject } from "./harness";

const one =
  (type: Parameters<typeof subject>[0], name = "it") =>
  (properties: Record<string, unknown>) => [subject(type, name, properties)];

describeRule("a volume", {
  rule: data.volumesAreEncrypted,
  program: one(aws.ebs.Volume),
  good: { encrypted: true },
  bad: {},
  says: 'Volume "it" has encrypted not set',
});
describeRule("an instance's further disk", {
  rule: data.volumesAreEncrypted,
  program: (properties) => [
    subject(aws.ec2.Instance, "it", { rootBlockDevice: { encrypted: true }, ...properties }),
  ],
  good: { ebsBlockDevices: [{ encrypted: true }] },
  bad: { ebsBlockDevices: [{ encrypted: true }, { encrypted: false }] },
  says: 'Instance "it" has ebsBlockDevices[1].encrypted false',
});
describeRule("an instance that says nothing", {
  rule: data.instancesRequireImdsv2,
  program: one(aws.ec2.Instance),
  good: { metadataOptions: { httpTokens: "required" } },
  bad: {},
  says: 'Instance "it" has metadataOptions.httpTokens not set',
});
describeRule("a GitLab host", {
  rule: data.gitlabIsProtectedFromTermination,
  program: one(aws.ec2.Instance, "my-gitlab"),
  good: { disableApiTermination: true },
  bad: {},
  says: 'Instance "my-gitlab" has disableApiTermination not set',
});
describeRule("an address", {
  rule: data.addressesAreProtected,
  program: ({ protect, ...properties }) => [
    subject(aws.ec2.Eip, "it", properties, { protect: protect === true }),
  ],
  good: { protect: true },
  bad: {},
  says: 'Eip "it" has the option protect false',
  // An option is always known.
  unknown: { protect: true, publicIp: UNKNOWN },
  ifUnknown: "passes",
});
describeRule("a repository", {
  rule: data.repositoriesAreProtected,
  program: ({ protect, ...properties }) => [
    subject(aws.codecommit.Repository, "it", properties, { protect: protect === true }),
  ],
  good: { protect: true },
  bad: {},
  says: 'Repository "it" has the option protect false',
  unknown: { protect: true, arn: UNKNOWN },
  ifUnknown: "passes",
});

const snapshots = (properties: Record<string, unknown>) => [
  subject(aws.ec2.Instance, "gitlab", { tags: { Name: "gitlab", backup: "nightly" } }),
  subject(aws.dlm.LifecyclePolicy, "backup", properties),
];
const nightly = (count: number) => ({
  targetTags: { backup: "nightly" },
  schedules: [{ retainRule: { count } }],
});
describeRule("a policy for something else", {
  rule: data.gitlabIsBackedUp,
  program: snapshots,
  good: { policyDetails: nightly(7) },
  bad: { policyDetails: { ...nightly(7), targetTags: { backup: "weekly" } } },
  says: 'Instance "gitlab" has no backups',
});
describeRule("a policy that is off", {
  rule: data.gitlabIsBackedUp,
  program: snapshots,
  good: { state: "ENABLED", policyDetails: nightly(7) },
  bad: { state: "DISABLED", policyDetails: nightly(7) },
  says: 'Instance "gitlab" has no backups',
});
describeRule("fewer snapshots than are set", {
  rule: data.gitlabIsBackedUp,
  settings: { leastSnapshots: 5 },
  program: snapshots,
  good: { policyDetails: nightly(5) },
  bad: { policyDetails: nightly(4) },
  says: 'LifecyclePolicy "backup" keeps 4 snapshots. Keep 5 or more',
});
describeRule("logs that are kept too short", {
  rule: data.logsAreKept,
  settings: { leastDays: 30 },
  program: one(aws.cloudwatch.LogGroup),
  good: { retentionInDays: 30 },
  bad: { retentionInDays: 14 },
  says: 'LogGroup "it" has retentionInDays 14. Set it to 30 or more',
});
