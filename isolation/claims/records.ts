/** What an account keeps of words that somebody within it can choose, and the calls by which that is read or sent on. */
import type { Takeovers } from "../access/takeover";
import { actionMatches, sampleOf } from "../iam/match";
import { both, either, type Call, type Permission } from "../iam/permission";
import type { Carrier, Identity, Side } from "../model/deployment";
import type { StackResource } from "../model/snapshot";
import { propertiesOf } from "../model/stack";
import { BUCKET, LOG_GROUP, PARAMETER } from "../model/types";

/** Something of the airlock's that is not for other accounts. */
export interface Asset {
  /** After "may read", for people. */
  readonly what: string;
  /** Whether a host that may read it could carry something out. */
  readonly leavesByHosts: boolean;
  readonly permission: (identity: Identity) => { readonly permission: Permission; readonly problem?: string };
}

/** Whether an identity may make a call. */
export type May = (identity: Identity, call: Call) => Permission;

/** Calls that read something, or have it sent on. */
interface Calls {
  readonly actions: readonly string[];
  /** Of this service, all others count too, but those that neither read nor send. */
  readonly service?: string;
  readonly harmless?: readonly string[];
}

const OF_BUCKETS: Calls = {
  actions: [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutReplicationConfiguration",
  ],
};
/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
const OF_LOGS: Calls = {
  actions: [
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
    "logs:GetLogRecord",
    "logs:GetLogObject",
    "logs:GetQueryResults",
    "logs:StartQuery",
    "logs:StartLiveTail",
    "logs:CreateScheduledQuery",
    "logs:CreateExportTask",
    "logs:CreateDelivery",
    "logs:CreateLogDelivery",
    "logs:PutSubscriptionFilter",
    "logs:PutAccountPolicy",
    "logs:PutResourcePolicy",
  ],
  service: "logs",
  harmless: [
    "CreateLogGroup*",
    "CreateLogStream*",
    "PutLogEvents*",
    "PutRetentionPolicy*",
    "AssociateKmsKey*",
    "Delete*",
    "Describe*",
    "ListTags*",
    "Tag*",
    "Untag*",
    "StopQuery*",
    "CancelExportTask*",
  ],
};
/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html */
const OF_TRAILS: Calls = {
  actions: [
    "cloudtrail:LookupEvents",
    "cloudtrail:StartQuery",
    "cloudtrail:GetQueryResults",
    "cloudtrail:CreateTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:CreateEventDataStore",
  ],
  service: "cloudtrail",
  harmless: [
    "AddTags*",
    "RemoveTags*",
    "Delete*",
    "Describe*",
    "ListTags*",
    "ListTrails*",
    "ListEventDataStores*",
    "ListChannels*",
    "GetTrail*",
    "GetEventSelectors*",
    "GetInsightSelectors*",
    "GetEventDataStore*",
    "StartLogging*",
    "StopLogging*",
  ],
};
const OF_QUEUES: Calls = { actions: ["sqs:ReceiveMessage", "sqs:SetQueueAttributes", "sqs:AddPermission"] };
const OF_TOPICS: Calls = { actions: ["sns:Subscribe", "sns:SetTopicAttributes", "sns:AddPermission"] };
const OF_DISKS: Calls = {
  actions: [
    "ebs:GetSnapshotBlock",
    "ec2:ModifySnapshotAttribute",
    "ec2:ModifyImageAttribute",
    "ec2:CreateStoreImageTask",
    "backup:StartCopyJob",
  ],
};
/** A host prints to its console, answers commands, and tells Systems Manager its name and what is installed on it. */
const OF_HOSTS: Calls = {
  actions: [
    "ec2:GetConsoleOutput",
    "ec2:GetConsoleScreenshot",
    "ssm:GetCommandInvocation",
    "ssm:ListCommandInvocations",
    "ssm:GetAutomationExecution",
    "ssm:DescribeAutomationStepExecutions",
    "ssm:DescribeAssociationExecutionTargets",
    "ssm:DescribeInstanceAssociationsStatus",
    "ssm:DescribeInstanceInformation",
    "ssm:GetInventory",
    "ssm:ListInventoryEntries",
    "ssm:ListComplianceItems",
  ],
};
const OF_METRICS: Calls = {
  actions: [
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:GetMetricWidgetImage",
    "cloudwatch:GetInsightRuleReport",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricStream",
  ],
};
/** Another account is shown logs, metrics and traces. */
const OF_TELEMETRY: Calls = { actions: ["oam:CreateLink", "oam:UpdateLink"] };
const OF_PARAMETERS: Calls = {
  actions: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory", "ssm:PutResourcePolicy"],
};
/** A host may write a parameter's description too. */
const OF_DESCRIPTIONS: Calls = { actions: ["ssm:DescribeParameters"] };
const OF_PATHS: Calls = { actions: ["ssm:GetParametersByPath"] };

/** @param resources ARNs that the calls are asked on; without any, on anything */
function asset(what: string, calls: Calls, may: May, resources?: readonly string[]): Asset {
  return {
    what,
    leavesByHosts: true,
    permission: (identity) => ({ permission: permissionOf(identity, calls, may, resources) }),
  };
}

function permissionOf(
  identity: Identity,
  calls: Calls,
  may: May,
  resources: readonly string[] | undefined,
): Permission {
  const asked =
    resources === undefined
      ? [undefined]
      : [...resources, ...named(identity, resources), ...unbound(identity, calls)];
  return either(
    ...[...calls.actions.map((action) => ({ action, isSure: true })), ...otherCalls(identity, calls)].flatMap(
      ({ action, isSure }) =>
        asked.map((resource) => {
          const permission = may(identity, { action, ...(resource !== undefined && { resource }) });
          return isSure ? permission : both("maybe", permission);
        }),
    ),
  );
}

/** What an identity's own policies allow of a service beyond the calls that are known; sure where they name the call. */
function otherCalls(
  { rights }: Identity,
  { service, harmless = [] }: Calls,
): { action: string; isSure: boolean }[] {
  if (service === undefined) return [];
  const found = rights
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ actions: { inverted, patterns } }) => (inverted ? [`${service}:*`] : patterns))
    .filter((pattern) => pattern.toLowerCase().startsWith(`${service}:`))
    .filter((pattern) => !harmless.some((one) => actionMatches(`${service}:${one}`, sampleOf(pattern))));
  return [...new Set(found)].map((pattern) => ({
    action: sampleOf(pattern),
    isSure: !/[*?]/.test(pattern),
  }));
}

/** Resources for calls that are not made on a log group: those of any resource, and of others of the service. */
function unbound({ rights }: Identity, { service }: Calls): string[] {
  if (service === undefined) return [];
  const others = rights
    .flatMap(({ resources }) => resources.patterns)
    .filter((pattern) => pattern.split(":")[2] === service && !pattern.includes(":log-group:"));
  return ["*", ...others.map(sampleOf)];
}

/** Resources that an identity's own policies name within one of these, each with something for its wildcards. */
function named({ rights }: Identity, resources: readonly string[]): string[] {
  const [shortest = ""] = resources;
  return rights
    .flatMap((statement) => statement.resources.patterns)
    .filter((pattern) => pattern.startsWith(`${shortest}/`) || pattern.startsWith(`${shortest}:`))
    .map(sampleOf);
}

/** What a stack's account keeps of words that somebody can choose: logs, events, metrics, and what hosts print and store. */
export function recordsOf(side: Side, account: string, may: May): Asset[] {
  const groups = side.snapshot.resources
    .filter(({ type }) => type === LOG_GROUP)
    .map((resource) => propertiesOf(resource).arn)
    .filter((arn) => typeof arn === "string");
  // Hosts read metrics and commands of their own as a matter of course.
  const notByHosts = (one: Asset): Asset => ({ ...one, leavesByHosts: false });
  return [
    ...trailsOf(side, account, may),
    ...groups.map((arn) => logGroup(arn, may)),
    asset("the logs and metrics that it links to another account", OF_TELEMETRY, may),
    notByHosts(asset("the account's metrics", OF_METRICS, may)),
    ...(side.network.hosts.length > 0
      ? [
          asset("copies of the disks of hosts", OF_DISKS, may),
          notByHosts(asset("what hosts print, and answer to commands", OF_HOSTS, may)),
        ]
      : []),
  ];
}

function logGroup(arn: string, may: May): Asset {
  return asset(`what ${arn} holds`, OF_LOGS, may, [arn, `${arn}:any`, `${arn}:log-stream:any`]);
}

/** Parameters of stacks of an account that a host may write: what it writes there are words of its choice. */
export function parametersOf(sides: readonly Side[], takeovers: Takeovers, may: May): Asset[] {
  const writers = sides
    .flatMap(({ network }) => network.hosts)
    .flatMap((host) => takeovers.byHost(host).map(({ identity }) => identity));
  const action = "ssm:PutParameter";
  return sides
    .flatMap(({ snapshot }) => snapshot.resources.filter(({ type }) => type === PARAMETER))
    .flatMap((resource) => {
      const arn = arnOf(resource);
      const on = arn === undefined ? {} : { resource: arn };
      return writers.some((writer) => may(writer, { action, ...on }) !== "no") ? [{ resource, arn }] : [];
    })
    .map(({ resource: { urn }, arn }) => ({
      what: `the parameter ${urn}, which a host may write`,
      // Hosts read parameters of their own as a matter of course.
      leavesByHosts: false,
      permission: (identity) => ({
        permission: either(
          parameterReading(identity, may, arn),
          permissionOf(identity, OF_DESCRIPTIONS, may, arn === undefined ? undefined : [arn]),
        ),
      }),
    }));
}

/** Whether an identity may read a parameter: by itself, or with others of a path. @param arn without one, any is meant */
export function parameterReading(identity: Identity, may: May, arn: string | undefined): Permission {
  return either(
    permissionOf(identity, OF_PARAMETERS, may, arn === undefined ? undefined : [arn]),
    permissionOf(identity, OF_PATHS, may, arn === undefined ? undefined : pathsAbove(arn)),
  );
}

function arnOf(resource: StackResource): string | undefined {
  const { arn } = propertiesOf(resource);
  return typeof arn === "string" && arn !== "" ? arn : undefined;
}

/** ARNs by which a parameter is got with others: its own, then those of the paths above it, e.g. of /a and of / for /a/b. */
function pathsAbove(arn: string): string[] {
  const parts = arn.split("/");
  return parts.flatMap((_, i) => {
    const path = parts.slice(0, parts.length - i).join("/");
    return [path, `${path}/`];
  });
}

/** What holds the words of calls: the account's events, and what trails and rules write in words that somebody can choose. */
function trailsOf({ carriers, snapshot }: Side, account: string, may: May): Asset[] {
  const buckets = new Map(
    snapshot.resources.flatMap((resource): [string, string][] => {
      const { arn, bucket } = propertiesOf(resource);
      if (resource.type !== BUCKET) return [];
      return [
        [
          resource.urn,
          typeof arn === "string" ? arn : `arn:aws:s3:::${typeof bucket === "string" ? bucket : ""}`,
        ],
      ];
    }),
  );
  const written = new Set(
    carriers.filter(({ says }: Carrier) => says !== "fixed words").flatMap(({ to }) => to),
  );
  return [
    asset("the account's events", OF_TRAILS, may),
    {
      what: "the account's events by a rule of its own",
      // Roles that set up rules are common, and whom a host tells of events is a rule in the state.
      leavesByHosts: false,
      permission: (identity) => ({
        permission: ["events:PutRule", "events:PutTargets"]
          .map((action) => may(identity, { action }))
          .reduce(both),
      }),
    },
    ...[...written].sort().flatMap((to) => {
      const bucket = buckets.get(to) ?? (/^arn:[^:]+:s3:/.test(to) ? to : undefined);
      if (bucket !== undefined)
        return [
          asset(`what ${bucket} holds`, OF_BUCKETS, may, [
            bucket,
            `${bucket}/AWSLogs/${account}/CloudTrail/any`,
          ]),
        ];
      if (/:log-group:/.test(to)) return [logGroup(to, may)];
      if (/:sqs:/.test(to)) return [asset(`what ${to} holds`, OF_QUEUES, may, [to])];
      return /:sns:/.test(to) ? [asset(`what ${to} publishes`, OF_TOPICS, may, [to])] : [];
    }),
  ];
}
