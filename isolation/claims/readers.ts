/**
 * C10's other half: who may fetch what the airlock holds. It is fetched by somebody whom people of other accounts can act as, or
 * by a host, which can send it anywhere. What the gate users may do is C3's and C9's.
 */
import { strangerPermissionBy } from "../access/strangers";
import type { Takeover, Takeovers } from "../access/takeover";
import { CODECOMMIT_ACTIONS } from "../iam/actions";
import { readBroadly } from "../iam/broadPolicy";
import { both, either, permissionByResource, type Call, type Permission } from "../iam/permission";
import type { Carrier, Deployment, Host, Identity, Side } from "../model/deployment";
import { strictlyParsed } from "../model/json";
import { policyDocuments } from "../model/policyDocuments";
import { isWithin, propertiesOf } from "../model/stack";
import { BUCKET, LOG_GROUP, TARGET_COMPONENT, VPC_ENDPOINT } from "../model/types";
import type { CounterExample, Findings } from "../verdict";
import { isDeclared, rightsOn } from "./rights";

/** Something of the airlock's that is not for other accounts. */
interface Asset {
  /** After "may read", for people. */
  readonly what: string;
  /** Whether a host that may read it could carry something out. */
  readonly leavesByHosts: boolean;
  readonly permission: (identity: Identity) => { readonly permission: Permission; readonly problem?: string };
}

/** Actions that tell of what is in a repository: names of branches and messages of commits, too. */
const READING = [
  ...CODECOMMIT_ACTIONS.filter(({ access }) => access === "Read").map(({ name }) => name),
  "codecommit:ListBranches",
  "codecommit:ListFileCommitHistory",
];

/**
 * Whom of others lets the target read its repositories, what its trails write, or the pull user's credential.
 * @param takeovers of the target's account
 */
export function readersOf({ target, declared }: Deployment, account: string, takeovers: Takeovers): Findings {
  if (target === undefined) return { evidence: [], counterExamples: [], reasons: [] };
  const gateUsers = [declared.pushUser, declared.pullUser];
  const others = takeovers.identities.filter(
    ({ arn, name, urn }) => ![arn, name, urn].some((one) => gateUsers.includes(one)),
  );
  const repositories = repositoriesOf(target, account);
  const may = permissionsIn(target, account, takeovers);
  const assets = [repositories, ...trailsOf(target, account, may), ...credentialsOf(target, may)];
  const shared = sharedCredentials(target, account);
  const readers = others.filter((one) => repositories.permission(one).permission === "yes");
  const strangers = takeovers
    .byStrangers()
    .filter(({ identity }) => identity === takeovers.administrator || others.includes(identity));
  const trusted = [...declared.deployerArns, ...declared.breakGlassArns];
  const users = others.filter(({ kind, arn }) => kind === "user" && !isDeclared(arn, trusted));
  const found = strangers.flatMap((takeover) => read(takeover, assets));
  return {
    evidence: [
      {
        what: "roles of the stack that may read the repositories",
        values: readers.filter(({ kind }) => kind === "role").map(({ arn }) => arn),
      },
    ],
    counterExamples: [
      ...found.flatMap(({ example }) => example ?? []),
      ...shared.flatMap(({ example }) => example ?? []),
    ],
    reasons: [
      ...shared.flatMap(({ reason }) => reason ?? []),
      ...found.flatMap(({ reason }) => reason ?? []),
      ...readers
        .flatMap(({ urn }) => target.gaps.filter((gap) => gap.urn === urn))
        .map(({ urn, reason }) => `${urn}: ${reason}.`),
      ...users.flatMap((user) => heldByUnknown(user, repositories, takeovers)),
      ...target.network.hosts.flatMap((host) => byHost(host, assets, takeovers)),
    ],
  };
}

/**
 * Whom other sides of an account let read what they hold of words that somebody can choose: logs, the account's events, disks.
 * @param takeovers of the account
 */
export function recordReadersOf(sides: readonly Side[], account: string, takeovers: Takeovers): Findings {
  const assets = new Map(
    sides
      .flatMap((side) => recordsOf(side, account, permissionsIn(side, account, takeovers)))
      .map((one) => [one.what, one]),
  );
  const found = takeovers.byStrangers().flatMap((takeover) => read(takeover, [...assets.values()]));
  return {
    evidence: [],
    counterExamples: found.flatMap(({ example }) => example ?? []),
    reasons: [
      ...found.flatMap(({ reason }) => reason ?? []),
      ...sides
        .flatMap(({ network }) => network.hosts)
        .flatMap((host) => readByHost(host, [...assets.values()], takeovers)),
    ],
  };
}

function recordsOf(side: Side, account: string, may: May): Asset[] {
  const groups = side.snapshot.resources
    .filter(({ type }) => type === LOG_GROUP)
    .map((resource) => propertiesOf(resource).arn)
    .filter((arn) => typeof arn === "string");
  return [
    ...trailsOf(side, account, may),
    ...groups.map((arn) =>
      asset(`what ${arn} holds`, OF_LOGS, may, [arn, `${arn}:any`, `${arn}:log-stream:any`]),
    ),
    ...(side.network.hosts.length > 0 ? [asset("copies of the disks of hosts", OF_DISKS, may)] : []),
  ];
}

interface Found {
  readonly example?: CounterExample;
  readonly reason?: string;
}

/** What somebody of another account may read as an identity. */
function read({ identity, steps, permission: reached }: Takeover, assets: readonly Asset[]): Found[] {
  if (identity.unknownRights.length > 0)
    return [
      {
        reason: `${sentence(steps)}: what ${identity.unknownRights.join(", ")} lets ${identity.name} do is not known.`,
      },
    ];
  return assets.flatMap(({ what, permission }): Found[] => {
    const asked = permission(identity);
    if (asked.problem !== undefined) return [{ reason: asked.problem }];
    const says = `${sentence(steps)}, and ${identity.name} may read ${what}`;
    const least = both(reached, asked.permission);
    if (least === "no") return [];
    return least === "yes"
      ? [{ example: { kind: "resource", urn: identity.urn, says: `${says}.` } }]
      : [{ reason: `${says}: whether that is so is not shown.` }];
  });
}

function sentence(steps: readonly string[]): string {
  return steps.join(", then ");
}

/** A user's credentials are in somebody's hands, who may read what the user may, be it as somebody else. */
function heldByUnknown(user: Identity, repositories: Asset, takeovers: Takeovers): string[] {
  if (user.credentials.every(({ active }) => !active)) return [];
  const as = [{ identity: user, steps: new Array<string>() }, ...takeovers.by(user)].find(
    ({ identity }) => repositories.permission(identity).permission !== "no",
  );
  if (as === undefined) return [];
  const by = as.steps.length > 0 ? ` (${sentence(as.steps)})` : "";
  return [`${user.urn} may read the repositories${by}: who holds its credentials is not shown.`];
}

function byHost(host: Host, assets: readonly Asset[], takeovers: Takeovers): string[] {
  const known = new Set(takeovers.identities.flatMap(({ urn, arn }) => [urn, arn]));
  return [
    ...host.identities
      .filter((role) => !known.has(role))
      .map(
        (role) => `${host.urn} runs as ${role}, of which is not shown whether it may read the repositories.`,
      ),
    ...readByHost(host, assets, takeovers),
  ];
}

function readByHost(host: Host, assets: readonly Asset[], takeovers: Takeovers): string[] {
  return takeovers.byHost(host).flatMap(({ identity, steps }) => {
    if (identity.unknownRights.length > 0)
      return [
        `${host.urn}: what ${identity.unknownRights.join(", ")} lets ${identity.name} do is not known.`,
      ];
    return assets
      .filter(({ leavesByHosts }) => leavesByHosts)
      .flatMap(({ what, permission }) => {
        const asked = permission(identity);
        if (asked.problem !== undefined) return [asked.problem];
        const by = steps.length > 1 ? ` (${sentence(steps)})` : "";
        return asked.permission === "no"
          ? []
          : [`${host.urn} may read ${what}${by}: where it sends them is not shown.`];
      });
  });
}

type May = (identity: Identity, call: Call) => Permission;

/** Whether an identity may make a call, by its own policies or by a resource's, as the stack shows them. */
function permissionsIn({ snapshot }: Side, account: string, takeovers: Takeovers): May {
  // An endpoint's policy limits what comes through it, and gives nobody a right.
  const documents = snapshot.resources
    .filter(({ type, isComponent }) => !isComponent && type !== VPC_ENDPOINT && !type.startsWith("aws:iam/"))
    .flatMap((resource) => policyDocuments(resource).policies)
    .filter((statements) => statements.some(({ principals }) => principals !== undefined));
  return (identity, call) => {
    const { arn, uniqueId } = identity;
    const caller = { arn, account, ...(uniqueId !== undefined && { uniqueId }) };
    return either(
      takeovers.permission(identity, call),
      ...(call.resource === undefined
        ? []
        : documents.map((statements) => permissionByResource(statements, caller, call).direct)),
    );
  };
}

/** The repositories, asked of the exact decider. */
function repositoriesOf(target: Side, account: string): Asset {
  const arns = target.repositories.filter((one) => one.airlock).map(({ arn }) => arn);
  const known = new Map<Identity, { permission: Permission; problem?: string }>();
  const permission = (identity: Identity) => {
    const { region, problem } = rightsOn(identity, target, account, arns);
    const reads = region !== undefined && !region.within("action", { values: READING }).isEmpty();
    return {
      permission: reads ? ("yes" as const) : ("no" as const),
      ...(problem !== undefined && { problem }),
    };
  };
  return {
    what: "the repositories",
    leavesByHosts: true,
    permission: (identity) => {
      const found = known.get(identity) ?? permission(identity);
      known.set(identity, found);
      return found;
    },
  };
}

const OF_BUCKETS = [
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:PutBucketPolicy",
  "s3:PutBucketAcl",
  "s3:PutReplicationConfiguration",
];
const OF_LOGS = [
  "logs:GetLogEvents",
  "logs:FilterLogEvents",
  "logs:GetLogRecord",
  "logs:GetLogObject",
  "logs:PutAccountPolicy",
  "logs:StartQuery",
  "logs:StartLiveTail",
  "logs:PutSubscriptionFilter",
  "logs:CreateExportTask",
];
const OF_TRAILS = [
  "cloudtrail:LookupEvents",
  "cloudtrail:StartQuery",
  "cloudtrail:GetQueryResults",
  "cloudtrail:CreateTrail",
  "cloudtrail:UpdateTrail",
];
const OF_QUEUES = ["sqs:ReceiveMessage", "sqs:SetQueueAttributes", "sqs:AddPermission"];
const OF_TOPICS = ["sns:Subscribe", "sns:SetTopicAttributes", "sns:AddPermission"];

const OF_DISKS = [
  "ebs:GetSnapshotBlock",
  "ec2:ModifySnapshotAttribute",
  "ec2:ModifyImageAttribute",
  "ec2:CreateStoreImageTask",
  "backup:StartCopyJob",
];

/** @param resources ARNs that the actions are asked on; without any, on anything */
function asset(what: string, actions: readonly string[], may: May, resources?: readonly string[]): Asset {
  return {
    what,
    leavesByHosts: true,
    permission: (identity) => ({
      permission: either(
        ...actions.flatMap((action) =>
          resources === undefined
            ? [may(identity, { action })]
            : [...resources, ...named(identity, resources)].map((resource) =>
                may(identity, { action, resource }),
              ),
        ),
      ),
    }),
  };
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
      if (/:log-group:/.test(to))
        return [asset(`what ${to} holds`, OF_LOGS, may, [to, `${to}:any`, `${to}:log-stream:any`])];
      if (/:sqs:/.test(to)) return [asset(`what ${to} holds`, OF_QUEUES, may, [to])];
      return /:sns:/.test(to) ? [asset(`what ${to} publishes`, OF_TOPICS, may, [to])] : [];
    }),
  ];
}

/** Resources that an identity's own policies name within one of these, each with something for its wildcards. */
function named({ rights }: Identity, resources: readonly string[]): string[] {
  const [shortest = ""] = resources;
  return rights
    .flatMap((statement) => statement.resources.patterns)
    .filter((pattern) => pattern.startsWith(`${shortest}/`) || pattern.startsWith(`${shortest}:`))
    .map((pattern) => pattern.replace(/\*/g, "any").replace(/\?/g, "x"));
}

const OF_SECRETS = [
  "secretsmanager:GetSecretValue",
  "secretsmanager:PutResourcePolicy",
  "secretsmanager:ReplicateSecretToRegions",
];

/** The pull user's credential, by the rights of those who ask. */
function credentialsOf(target: Side, may: May): Asset[] {
  return secretsOf(target).map(({ urn, arn }) => ({
    what: `the secret ${urn}`,
    // What runs in the room pulls with it.
    leavesByHosts: false,
    permission: (identity) => ({
      permission: either(
        ...OF_SECRETS.map((action) => may(identity, { action, ...(arn !== undefined && { resource: arn }) })),
        may(identity, { action: "secretsmanager:BatchGetSecretValue", resource: "*" }),
      ),
    }),
  }));
}

function secretsOf({ snapshot }: Side) {
  return snapshot.resources
    .filter((one) => one.type === SECRET && isWithin(one, TARGET_COMPONENT))
    .map((resource) => {
      const { arn } = propertiesOf(resource);
      return { urn: resource.urn, resource, arn: typeof arn === "string" ? arn : undefined };
    });
}

const SECRET = "aws:secretsmanager/secret:Secret";
const SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";

/** Policies of the secrets themselves that let others in. */
function sharedCredentials(target: Side, account: string): Found[] {
  const secrets = secretsOf(target);
  const policies = target.snapshot.resources.filter(
    (one) => secrets.some(({ resource }) => resource === one) || one.type === SECRET_POLICY,
  );
  return policies.flatMap((one): Found[] => {
    const { urn } = one;
    const { policy } = propertiesOf(one);
    if (policy === undefined || policy === null || policy === "") return [];
    const statements = typeof policy === "string" ? readBroadly(strictlyParsed(policy)) : undefined;
    if (statements === undefined) return [{ reason: `${urn}: its policy is not understood.` }];
    const resource = secrets[0]?.arn ?? "*";
    const { permission, who } = strangerPermissionBy(statements, { actions: OF_SECRETS, resource }, account);
    const says = `${who} may read the pull user's credential by the policy of ${urn}`;
    if (permission === "no") return [];
    return permission === "yes"
      ? [{ example: { kind: "resource", urn, says: `${says}.` } }]
      : [{ reason: `${says}: whether that is so is not shown.` }];
  });
}
