/** C4: who may write to airlock repositories. */
import { requesterClasses } from "../access/requesters";
import { createSpace } from "../access/space";
import type { Limits, Region, Requester } from "../access/region";
import type { Deployment, Identity, Side } from "../model/deployment";
import { CODECOMMIT_ACTIONS } from "../iam/actions";
import { arnMatches } from "../iam/match";
import { parsePolicy, type Policy } from "../iam/policy";
import { endpointPolicies, identityOf, limitsOf, type Gate } from "./gate";
import { judge, requestExample } from "./judgement";
import { leavesOpen, NotShown } from "./notShown";
import { openGrants } from "./openGrants";
import type { CounterExample, Evidence, Findings, Verdict } from "../verdict";

/** Actions that change nothing. Every other one counts as writing, those that nobody knows yet included. */
const READING = CODECOMMIT_ACTIONS.filter(({ access }) => access === "Read" || access === "List")
  .map(({ name }) => name)
  .sort();

/** How AWS names actions that change nothing; the known ones keep to it, and those to come are taken to. */
export const READING_NAMES = ["BatchGet*", "Describe*", "Get*", "List*"].map((name) => `codecommit:${name}`);

/** The part of a region that writes. Its space must be cut by READING_NAMES. */
export function writing(region: Region): Region {
  return region.outside("action", { values: READING }).outside("action", { patterns: READING_NAMES });
}

/** Every account has it at each level unless it was taken away, and only then is a Deny-only policy a whole one. */
export const FULL_ACCESS = parsePolicy(
  {
    Version: "2012-10-17",
    Statement: [{ Sid: "FullAWSAccess", Effect: "Allow", Action: "*", Resource: "*" }],
  },
  "FullAWSAccess",
);

/** Decides C4. */
export function writersAreDeclared(deployment: Deployment, gate: () => Gate): Verdict {
  return judge(
    {
      claim: "C4",
      statement:
        "Nobody may write to an airlock repository but the push user from the NAT addresses, the declared deployers and " +
        "the break-glass roles.",
      proved: "The push user, the declared deployers and the break-glass roles are the only writers.",
      assumptions: [
        "The declared deployers and break-glass roles are who they should be; they may write.",
        "Actions that AWS names Get…, List…, Describe… or BatchGet… change nothing.",
        ...(deployment.declared.serviceControlPolicyAttached
          ? [
              "The exported service control policy is attached to the target's account, which is no management account.",
            ]
          : []),
      ],
    },
    () => findings(deployment, gate()),
  );
}

function findings(deployment: Deployment, gate: Gate): Findings {
  const { declared, source } = deployment;
  const { target, account } = gate;
  const push = identityOf(deployment, "push");
  const allowedWriters = [...declared.deployerArns, ...declared.breakGlassArns];
  const control = declared.serviceControlPolicyAttached ? controlPolicy(gate) : undefined;
  // A source may share the target's account.
  const sides = source?.accountId === account ? [target, source] : [target];
  const shown = sides
    .flatMap(({ identities }) => identities)
    .filter(({ urn }) => urn !== push.urn)
    .map((identity) => decideOne(identity, gate, control));
  const writers = shown.filter(({ region }) => region !== undefined && !region.isEmpty());
  const strangers = writers.filter(({ identity }) => !isDeclared(identity.arn, allowedWriters));
  const others = control === undefined ? undefined : outsiders(gate, control, [push.arn, ...allowedWriters]);
  return {
    evidence: [
      ...writerSets(gate, writers, [
        `${push.arn} from the addresses of C2`,
        ...allowedWriters.map((arn) => `${arn} (declared)`),
      ]),
    ],
    counterExamples: [
      ...meansPullUser(deployment, allowedWriters),
      ...strangers.flatMap(({ region, identity }): CounterExample[] =>
        region === undefined ? [] : [requestExample(region, `${identity.name} may write`)],
      ),
      ...(others ?? []),
    ],
    reasons: [
      ...shown.flatMap(({ problem }) => problem ?? []),
      ...sides.flatMap((side) => openGrants(side)),
      ...(control === undefined
        ? [
            `Users and roles of account ${account} that these stacks do not show may write: attach the exported service ` +
              "control policy (output serviceControlPolicy) to the account, then declare serviceControlPolicyAttached.",
          ]
        : []),
    ],
  };
}

/** A pattern of declared writers that is too wide shows by the one user who must never write. */
function meansPullUser({ target, declared }: Deployment, writers: readonly string[]): CounterExample[] {
  const pull = target?.identities.find(({ arn, name, urn }) =>
    [arn, name, urn].some((one) => one === declared.pullUser),
  );
  if (pull === undefined) return [];
  return writers
    .filter((pattern) => isDeclared(pull.arn, [pattern]))
    .map((pattern) => ({
      kind: "resource",
      urn: pull.urn,
      says: `The declared writer ${pattern} means ${pull.name} too, the pull user.`,
    }));
}

/** The writers of each repository; those with the same writers together. */
function writerSets({ airlock }: Gate, writers: readonly Decided[], always: readonly string[]): Evidence[] {
  const written = writers.map(({ identity, region }) => ({
    arn: identity.arn,
    resources: new Set(region?.along("resource").values),
  }));
  const sets = new Map<string, { names: string[]; arns: readonly string[] }>();
  for (const { name, arn: repository } of airlock) {
    const arns = [
      ...always,
      ...written.filter(({ resources }) => resources.has(repository)).map(({ arn }) => arn),
    ];
    const set = sets.get(arns.join()) ?? { names: [], arns };
    set.names.push(name);
    sets.set(arns.join(), set);
  }
  return [...sets.values()].map(({ names, arns }) => ({
    what: `writers of ${names.join(", ")}`,
    values: arns,
  }));
}

interface Decided {
  readonly identity: Identity;
  readonly region?: Region;
  readonly problem?: string;
}

function decideOne(
  identity: Identity,
  { account, airlock, target }: Gate,
  control: Policy | undefined,
): Decided {
  const values = airlock.map(({ arn }) => arn);
  const { region, problem } = rightsOn(identity, target, account, values, controlled(control));
  return {
    identity,
    ...(region !== undefined && { region: writing(region) }),
    ...(problem !== undefined && { problem }),
  };
}

/** What an identity of a side may do on repositories, or why that cannot be told. */
export function rightsOn(
  identity: Identity,
  target: Side,
  account: string,
  values: readonly string[],
  control: Pick<Limits, "serviceControl"> = {},
): { readonly region?: Region; readonly problem?: string } {
  if (identity.unreadPolicyArns.length > 0) {
    return { problem: `What ${identity.unreadPolicyArns.join(", ")} lets ${identity.name} do is not known.` };
  }
  const limits = { ...limitsOf(identity, endpointPolicies(target)), ...control };
  try {
    const allowed = regionOf({ arn: identity.arn, account }, limits, values);
    return { region: allowed.within("resource", { values }) };
  } catch (error) {
    // What one identity leaves open hides no other that writes.
    if (leavesOpen(error)) return { problem: error.message };
    throw error;
  }
}

function regionOf(requester: Requester, limits: Limits, resources: readonly string[]): Region {
  const {
    identity,
    permissionsBoundary,
    serviceControl = [],
    endpoints = new Map<string, Policy>(),
  } = limits;
  const space = createSpace({
    policies: [
      ...identity,
      ...(permissionsBoundary ? [permissionsBoundary] : []),
      ...serviceControl.flat(),
      ...endpoints.values(),
    ],
    requesters: [requester],
    resources,
    values: { "aws:SourceVpce": [...endpoints.keys()], action: READING_NAMES },
  });
  return space.allowed(requester, limits);
}

function controlled(control: Policy | undefined): Pick<Limits, "serviceControl"> {
  return control === undefined ? {} : { serviceControl: [[FULL_ACCESS, control]] };
}

/** What the exported service control policy leaves to everybody else in the account, whatever their own policies say. */
function outsiders(
  { account, airlock }: Gate,
  control: Policy,
  declared: readonly string[],
): CounterExample[] {
  const values = airlock.map(({ arn }) => arn);
  return requesterClasses([control], [account])
    .filter((one) => one.account === account && !isDeclared(one.arn, declared))
    .map((one) => ({
      one,
      region: writing(regionOf(one, { identity: [FULL_ACCESS], ...controlled(control) }, values)).within(
        "resource",
        { values },
      ),
    }))
    .filter(({ region }) => !region.isEmpty())
    .map(({ one, region }) => requestExample(region, `The service control policy lets ${one.arn} write`));
}

function controlPolicy({ target }: Gate): Policy {
  const text = target.snapshot.outputs.serviceControlPolicy;
  if (typeof text !== "string")
    throw new NotShown(
      "The target's output serviceControlPolicy is not known, so what is attached cannot be told.",
    );
  return parsePolicy(text, "the service control policy");
}

/** Whether an ARN is declared, as it stands or by a pattern as `ArnLike` reads it. */
export function isDeclared(arn: string, declared: readonly string[]): boolean {
  return declared.some((pattern) => arnMatches(pattern, arn));
}
