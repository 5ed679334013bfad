/**
 * C10's other half: who may fetch what the airlock holds. It is fetched by somebody whom people of other accounts can act as, or
 * by a host, which can send it anywhere. What the gate users may do is C3's and C9's.
 */
import { strangerPermissionBy } from "../access/strangers";
import type { Takeover, Takeovers } from "../access/takeover";
import { CODECOMMIT_ACTIONS } from "../iam/actions";
import { both, callerOf, either, permissionByResource, type Permission } from "../iam/permission";
import type { Deployment, Host, Identity, Side } from "../model/deployment";
import { policyDocuments, statementsIn } from "../model/policyDocuments";
import { isWithin, propertiesOf } from "../model/stack";
import { TARGET_COMPONENT, VPC_ENDPOINT } from "../model/types";
import type { CounterExample, Findings } from "../verdict";
import { parametersOf, recordsOf, type Asset, type May } from "./records";
import { isDeclared, rightsOn } from "./rights";

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
  const may = permissionsIn(target, takeovers);
  const assets = [
    repositories,
    ...recordsOf(target, account, may),
    ...parametersOf([target], takeovers, may),
    ...credentialsOf(target, may),
  ];
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
  const held = sides.flatMap((side) => recordsOf(side, account, permissionsIn(side, takeovers)));
  const written = parametersOf(sides, takeovers, takeovers.permission.bind(takeovers));
  const assets = new Map([...held, ...written].map((one) => [one.what, one]));
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

/** Whether an identity may make a call, by its own policies or by a resource's, as the stack shows them. */
function permissionsIn({ snapshot }: Side, takeovers: Takeovers): May {
  // An endpoint's policy limits what comes through it, and gives nobody a right.
  const documents = snapshot.resources
    .filter(({ type, isComponent }) => !isComponent && type !== VPC_ENDPOINT && !type.startsWith("aws:iam/"))
    .flatMap((resource) => policyDocuments(resource).policies)
    .filter((statements) => statements.some(({ principals }) => principals !== undefined));
  return (identity, call) => {
    const caller = callerOf(identity);
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
    const { region, problem } = rightsOn(identity, { target, account }, arns);
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
    const statements = typeof policy === "string" ? statementsIn(policy) : undefined;
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
