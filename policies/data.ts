/** Rules for what keeps data safe: encryption, protection against loss, backups and logs. */
import * as aws from "@pulumi/aws";
import {
  validateResourceOfType,
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { isRecord } from "../facts/record";
import {
  gitlabDefaults,
  gitlabHosts,
  gitlabSchema,
  isGitlabHost,
  type GitlabSettings,
} from "./support/gitlabHosts";
import { checkEach } from "./support/known";
import { allOf, message } from "./support/resources";
import { readStack } from "./support/snapshot";

export const volumesAreEncrypted: ResourceValidationPolicy = {
  name: "volumes-are-encrypted",
  description: "EBS volumes must be encrypted: a snapshot of a plain one can be given to any account.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Set encrypted to true on the volume, or on the instance's block device.",
  validateResource: [
    validateResourceOfType(aws.ebs.Volume, ({ encrypted }, args, reportViolation) => {
      if (encrypted === true) return;
      const found = `has encrypted ${String(encrypted ?? "not set")}`;
      reportViolation(message(args, found, "Set it to true; a volume cannot be encrypted later."));
    }),
    validateResourceOfType(aws.ec2.Instance, (instance, args, reportViolation) => {
      const { rootBlockDevice, ebsBlockDevices = [] } = instance;
      const devices = [
        { place: "rootBlockDevice", device: rootBlockDevice },
        ...ebsBlockDevices.map((device, i) => ({ place: `ebsBlockDevices[${i}]`, device })),
      ];
      for (const { place, device } of devices) {
        if (device?.encrypted === true) continue;
        const found = `has ${place}.encrypted ${String(device?.encrypted ?? "not set")}`;
        reportViolation(message(args, found, "Set it to true; a volume cannot be encrypted later."));
      }
    }),
  ],
};

export const instancesRequireImdsv2: ResourceValidationPolicy = {
  name: "instances-require-imdsv2",
  description:
    "An instance's metadata must be given to signed requests only (IMDSv2), or a forged one gets its role's keys.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Set metadataOptions.httpTokens to required.",
  validateResource: validateResourceOfType(aws.ec2.Instance, ({ metadataOptions }, args, reportViolation) => {
    const tokens = metadataOptions?.httpTokens;
    if (tokens === "required" || metadataOptions?.httpEndpoint === "disabled") return;
    const found = `has metadataOptions.httpTokens ${tokens ?? "not set"}`;
    reportViolation(message(args, found, 'Set it to "required".'));
  }),
};

export const gitlabIsProtectedFromTermination: ResourceValidationPolicy = {
  name: "gitlab-is-protected-from-termination",
  description: "The GitLab host must be protected from termination.",
  enforcementLevel: "advisory",
  severity: "medium",
  remediationSteps: "Set disableApiTermination to true.",
  configSchema: { properties: gitlabSchema },
  validateResource: validateResourceOfType(aws.ec2.Instance, (instance, args, reportViolation) => {
    if (!isGitlabHost(args, { ...gitlabDefaults, ...args.getConfig<Partial<GitlabSettings>>() })) return;
    if (instance.disableApiTermination === true) return;
    const found = `has disableApiTermination ${String(instance.disableApiTermination ?? "not set")}`;
    reportViolation(message(args, found, "Set it to true."));
  }),
};

export const addressesAreProtected: ResourceValidationPolicy = {
  name: "elastic-ips-are-protected",
  description:
    "Elastic IPs must be protected: one that is given back is soon a stranger's, and the target still lets it in.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps: "Set the resource option protect to true.",
  validateResource: validateResourceOfType(aws.ec2.Eip, (_, args, reportViolation) => {
    if (args.opts.protect) return;
    reportViolation(message(args, "has the option protect false", "Set it to true."));
  }),
};

export const repositoriesAreProtected: ResourceValidationPolicy = {
  name: "repositories-are-protected",
  description:
    "CodeCommit repositories must be protected: with one its whole content goes, and production cannot pull.",
  enforcementLevel: "advisory",
  severity: "medium",
  remediationSteps: "Set the resource option protect to true.",
  validateResource: validateResourceOfType(aws.codecommit.Repository, (_, args, reportViolation) => {
    if (args.opts.protect) return;
    reportViolation(message(args, "has the option protect false", "Set it to true."));
  }),
};

const backupDefaults = { leastSnapshots: 3 };

export const gitlabIsBackedUp: StackValidationPolicy = {
  name: "gitlab-is-backed-up",
  description: "The GitLab host must have scheduled snapshots.",
  enforcementLevel: "advisory",
  severity: "medium",
  remediationSteps: "Add a Data Lifecycle Manager policy whose targetTags are the host's.",
  configSchema: {
    properties: {
      ...gitlabSchema,
      leastSnapshots: {
        type: "integer",
        minimum: 1,
        description: "How many snapshots must be kept at least, where the policy counts them.",
        default: backupDefaults.leastSnapshots,
      },
    },
  },
  validateStack(args, reportViolation) {
    const { leastSnapshots } = { ...backupDefaults, ...args.getConfig<Partial<typeof backupDefaults>>() };
    const read = readStack(args.resources);
    checkEach(gitlabHosts(args, read), ({ urn }) => {
      const host = read.at(urn);
      const report = (resource: PolicyResource, found: string, fix: string) => {
        reportViolation(message(resource, found, fix), resource.urn);
      };
      const tags = new Map(Object.entries({ ...textsOf(host.props.tags), ...textsOf(host.props.tagsAll) }));
      const policies = allOf(args.resources, aws.dlm.LifecyclePolicy).filter((policy) => {
        const wanted = Object.entries(policy.props.policyDetails?.targetTags ?? {});
        const isOn = (policy.props.state ?? "ENABLED") === "ENABLED";
        return isOn && wanted.some(([key, value]) => tags.get(key) === value);
      });
      if (policies.length === 0) {
        report(host, "has no backups: no enabled lifecycle policy targets a tag of it", "Add one.");
      }
      for (const policy of policies) {
        const counts = (policy.props.policyDetails?.schedules ?? []).map(
          ({ retainRule }) => retainRule.count,
        );
        const few = counts.filter((count) => count !== undefined && count < leastSnapshots);
        if (few.length === 0) continue;
        report(policy.resource, `keeps ${few.join(", ")} snapshots`, `Keep ${leastSnapshots} or more.`);
      }
    });
  },
};

/** Tags; none where there are none. */
function textsOf(tags: unknown): Record<string, unknown> {
  return isRecord(tags) ? tags : {};
}

const logDefaults = { leastDays: 90 };

export const logsAreKept: ResourceValidationPolicy = {
  name: "logs-are-kept",
  description:
    "Log groups must say how long they keep logs, and keep them long enough to look into an incident.",
  enforcementLevel: "advisory",
  severity: "medium",
  remediationSteps: "Set retentionInDays.",
  configSchema: {
    properties: {
      leastDays: {
        type: "integer",
        minimum: 1,
        description: "The least number of days.",
        default: logDefaults.leastDays,
      },
    },
  },
  validateResource: validateResourceOfType(
    aws.cloudwatch.LogGroup,
    ({ retentionInDays }, args, reportViolation) => {
      const { leastDays } = { ...logDefaults, ...args.getConfig<Partial<typeof logDefaults>>() };
      if (retentionInDays !== undefined && retentionInDays >= leastDays) return;
      const found = `has retentionInDays ${retentionInDays ?? "not set"}`;
      reportViolation(message(args, found, `Set it to ${leastDays} or more.`));
    },
  ),
};
