/** C4: who may write to airlock repositories. */
import { organizationPolicies } from "../model/organization";
import { sidesOf } from "../model/sides";
import { requesterClasses } from "../access/requesters";
import type { Region } from "../access/region";
import type { Deployment, Identity } from "../model/deployment";
import { parsePolicy, type Policy } from "../iam/policy";
import { identityOf, type Gate } from "./gate";
import { requestExample } from "./judgement";
import { MissingEvidence, Undecidable } from "../undecidable";
import { openGrants } from "./openGrants";
import type { CounterExample, Evidence, Findings } from "../verdict";
import type { Claim } from "./claim";
import { FULL_ACCESS, organizationLimits } from "./organizationLimits";
import { isDeclared, rightsOn, rightsSpace } from "./rights";
import { writing } from "./writing";

/** C4. */
export const writersAreDeclared: Claim<"C4"> = {
  id: "C4",
  title: "Only declared writers write",
  statement:
    "Nobody may write to an airlock repository but the push user from the NAT addresses, the declared deployers and " +
    "the break-glass roles.",
  proved: () => "The push user, the declared deployers and the break-glass roles are the only writers.",
  assumptions: (deployment) => [
    "The declared deployers and break-glass roles are who they should be; they may write.",
    "Actions that AWS names Get…, List…, Describe… or BatchGet… change nothing.",
    ...(deployment.declared.serviceControlPolicyAttached
      ? [
          "The exported service control policy is attached to the target's account, which is not a management account.",
        ]
      : []),
    ...(attachesUnseen(deployment)
      ? ["The account that policies are attached to is not its organization's management account."]
      : []),
    "Service-linked roles, which no policy of an organization binds, do what AWS made them for.",
  ],
  needs: ["target"],
  wayBack: "by the request",
  isSeenByPolicies: true,
  decide: ({ deployment, gate }) => findings(deployment, gate()),
};

function findings(deployment: Deployment, gate: Gate): Findings {
  const { declared } = deployment;
  const { target, account } = gate;
  const push = identityOf(deployment, "push");
  const allowedWriters = [...declared.deployerArns, ...declared.breakGlassArns];
  const controls = controlsOf(deployment, gate);
  // Another stack may share the target's account.
  const sides = [
    target,
    ...sidesOf(deployment).filter((side) => side !== target && side.accountId === account),
  ];
  const shown = sides
    .flatMap(({ identities }) => identities)
    .filter(({ urn }) => urn !== push.urn)
    .map((identity) => decideOne(identity, gate, controls));
  const writers = shown.filter(({ region }) => region !== undefined && !region.isEmpty());
  const strangers = writers.filter(({ identity }) => !isDeclared(identity.arn, allowedWriters));
  const binding = [...controls.serviceControl, ...controls.resourceControl].map(({ name }) => name);
  const others = outsiders(gate, controls, { push: push.arn, others: allowedWriters });
  return {
    evidence: [
      ...writerSets(gate, writers, [
        `${push.arn} from the addresses of C2`,
        ...allowedWriters.map((arn) => `${arn} (declared)`),
      ]),
      ...(binding.length === 0
        ? []
        : [{ what: "policies that bind everybody of the account", values: binding }]),
    ],
    counterExamples: [
      ...meansPullUser(deployment, allowedWriters),
      ...strangers.flatMap(({ region, identity }): CounterExample[] =>
        region === undefined ? [] : [requestExample(region, `${identity.name} may write`)],
      ),
      ...(declared.serviceControlPolicyAttached ? others : []),
    ],
    reasons: [...shown.flatMap(({ problem }) => problem ?? []), ...sides.flatMap((side) => openGrants(side))],
    pending:
      others.length > 0 && !declared.serviceControlPolicyAttached ? [nextStep(gate, binding.length > 0)] : [],
  };
}

/** What is missing where others may write, and what to do about it. */
function nextStep({ account, organization }: Gate, isBound: boolean): string {
  const others = `Users and roles of account ${account} that these stacks do not show may write`;
  if (organization.isManagement === true)
    return (
      `${others}, since it is its organization's management account, which no policy binds: move the target into a ` +
      "member account."
    );
  if (isBound)
    return (
      `${others}: what is attached to the account is not what the target exports now. Run "pulumi up --stack org" again, and ` +
      "give that stack."
    );
  return (
    `${others}: run "pulumi up --stack org", which attaches the exported policies to the account, and give that stack ` +
    "(--organization-stack org). Where somebody attaches the output serviceControlPolicy otherwise, declare " +
    "serviceControlPolicyAttached."
  );
}

/** Whether stacks attach policies, and none says which account they would not bind. */
function attachesUnseen(deployment: Deployment): boolean {
  const { target } = deployment;
  if (target?.accountId === undefined) return false;
  const { isManagement, serviceControl, resourceControl } = organizationPolicies(
    sidesOf(deployment),
    target.accountId,
  );
  return isManagement === undefined && serviceControl.length + resourceControl.length > 0;
}

/** What binds everybody of the account: what is declared to be attached, and what the stacks show attached. */
interface Controls {
  readonly serviceControl: readonly Policy[];
  readonly resourceControl: readonly Policy[];
}

function controlsOf({ declared }: Deployment, gate: Gate): Controls {
  const { serviceControl, resourceControl } = gate.organization;
  return {
    serviceControl: [
      ...(declared.serviceControlPolicyAttached ? [controlPolicy(gate)] : []),
      ...serviceControl,
    ],
    resourceControl,
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
  { serviceControl, resourceControl }: Controls,
): Decided {
  const values = airlock.map(({ arn }) => arn);
  const limits = organizationLimits(serviceControl, resourceControl);
  const { region, problem } = rightsOn(identity, { target, account }, values, limits);
  // Whatever its own policies say, it does not write where everything is not enough.
  if (problem !== undefined && serviceControl.length + resourceControl.length > 0) {
    const requester = { arn: identity.arn, account };
    const most = { identity: [FULL_ACCESS], ...limits };
    const allowed = rightsSpace([requester], most, values).allowed(requester, most);
    if (writing(allowed).within("resource", { values }).isEmpty()) return { identity };
  }
  return {
    identity,
    ...(region !== undefined && { region: writing(region) }),
    ...(problem !== undefined && { problem }),
  };
}

interface Writers {
  readonly push: string;
  readonly others: readonly string[];
}

/**
 * What is left to everybody else in the account, whatever their own policies say. Any policy by itself may be enough; all
 * together are asked last.
 */
function outsiders(gate: Gate, controls: Controls, writers: Writers): CounterExample[] {
  const { serviceControl, resourceControl } = controls;
  const alone: readonly Controls[] = [
    ...serviceControl.map((policy) => ({ serviceControl: [policy], resourceControl: [] })),
    ...resourceControl.map((policy) => ({ serviceControl: [], resourceControl: [policy] })),
  ];
  if (alone.length > 1 && alone.some((each) => stopsAll(gate, each, writers))) return [];
  return sparedBy(gate, controls, writers);
}

function stopsAll(gate: Gate, controls: Controls, writers: Writers): boolean {
  try {
    return sparedBy(gate, controls, writers).length === 0;
  } catch (error) {
    if (error instanceof Undecidable) return false;
    throw error;
  }
}

/**
 * Whom the policies spare and nobody declares. Classes are cut by who is declared, so that each is declared or not as a whole:
 * nobody is left out for one who is like him.
 */
function sparedBy(
  { account, airlock }: Gate,
  { serviceControl, resourceControl }: Controls,
  { push, others }: Writers,
): CounterExample[] {
  const values = airlock.map(({ arn }) => arn);
  const declared = [push, ...others];
  const limits = {
    identity: [FULL_ACCESS],
    ...organizationLimits(serviceControl, resourceControl),
  };
  const requesters = requesterClasses([...serviceControl, ...resourceControl], {
    accounts: [account],
    arns: declared,
    users: [push],
    beyondIam: true,
  }).filter((one) => one.account === account && !isDeclared(one.arn, declared));
  const space = rightsSpace(requesters, limits, values);
  return requesters
    .map((one) => ({ one, region: writing(space.allowed(one, limits)).within("resource", { values }) }))
    .filter(({ region }) => !region.isEmpty())
    .map(({ one, region }) => requestExample(region, `The service control policy lets ${one.arn} write`));
}

function controlPolicy({ target }: Gate): Policy {
  const text = target.snapshot.outputs.serviceControlPolicy;
  if (typeof text !== "string")
    throw new MissingEvidence(
      "The target's output serviceControlPolicy is not known, so what is attached cannot be told.",
    );
  return parsePolicy(text, "the service control policy");
}
