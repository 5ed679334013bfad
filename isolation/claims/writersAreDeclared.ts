/** C4: who may write to airlock repositories. */
import { requesterClasses } from "../access/requesters";
import type { Limits, Region } from "../access/region";
import type { Deployment, Identity } from "../model/deployment";
import { parsePolicy, type Policy } from "../iam/policy";
import { identityOf, type Gate } from "./gate";
import { requestExample } from "./judgement";
import { MissingEvidence } from "../undecidable";
import { openGrants } from "./openGrants";
import type { CounterExample, Evidence, Findings } from "../verdict";
import type { Claim } from "./claim";
import { FULL_ACCESS, isDeclared, regionOf, rightsOn } from "./rights";
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
          "The exported service control policy is attached to the target's account, which is no management account.",
        ]
      : []),
  ],
  needs: ["target"],
  wayBack: "by the request",
  isSeenByPolicies: true,
  decide: ({ deployment, gate }) => findings(deployment, gate()),
};

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
  const others =
    control === undefined ? undefined : outsiders(gate, control, { push: push.arn, others: allowedWriters });
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
    reasons: [...shown.flatMap(({ problem }) => problem ?? []), ...sides.flatMap((side) => openGrants(side))],
    pending:
      control === undefined
        ? [
            `Users and roles of account ${account} that these stacks do not show may write: attach the exported service ` +
              "control policy (output serviceControlPolicy) to the account, then declare serviceControlPolicyAttached.",
          ]
        : [],
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

function controlled(control: Policy | undefined): Pick<Limits, "serviceControl"> {
  return control === undefined ? {} : { serviceControl: [[FULL_ACCESS, control]] };
}

/**
 * What the service control policy leaves to everybody else in the account, whatever their own policies say. Classes are cut by
 * who is declared, so that each is declared or not as a whole: nobody is left out for one who is like him.
 */
function outsiders(
  { account, airlock }: Gate,
  control: Policy,
  writers: { readonly push: string; readonly others: readonly string[] },
): CounterExample[] {
  const values = airlock.map(({ arn }) => arn);
  const declared = [writers.push, ...writers.others];
  const users = [writers.push];
  return requesterClasses([control], { accounts: [account], arns: declared, users, beyondIam: true })
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
    throw new MissingEvidence(
      "The target's output serviceControlPolicy is not known, so what is attached cannot be told.",
    );
  return parsePolicy(text, "the service control policy");
}
