/** C9: the gate users hold no other credential or permission, and no more than two git credentials. */
import type { Deployment, Identity, Side } from "../model/deployment";
import { EVENT_RULE, VPC_ENDPOINT } from "../model/types";
import { identityOf, PULL, PUSH, type Gate } from "./gate";
import { requestExample } from "./judgement";
import { Undecidable } from "../undecidable";
import { openGrants } from "./openGrants";
import type { CounterExample, Findings } from "../verdict";
import type { Claim } from "./claim";

/** Git credentials that a user can have (IAM API reference, CreateServiceSpecificCredential). */
const MOST_GIT_CREDENTIALS = 2;

/** C9. */
export const gateUsersHoldNothingElse: Claim<"C9"> = {
  id: "C9",
  title: "The gate users hold nothing else",
  statement:
    "The gate users hold no other credential or permission (no access key, password, group, extra policy), and no " +
    "more than two git credentials.",
  proved: () => "Each gate user holds git credentials and CodeCommit permissions, and nothing else.",
  assumptions: () => [
    "Nothing was given to the gate users past these stacks; the tripwires and `pulumi refresh` show it.",
  ],
  needs: ["target"],
  isSeenByPolicies: true,
  decide: ({ deployment, gate }) => findings(deployment, gate),
};

function findings(deployment: Deployment, gate: () => Gate): Findings {
  const users = [identityOf(deployment, "push"), identityOf(deployment, "pull")];
  const beyond = beyondGit(gate);
  return {
    evidence: users.map(({ name, credentials, policies }) => ({
      what: `what ${name} holds`,
      values: [
        ...credentials.map(({ kind, urn }) => `${kind} ${urn}`),
        ...policies.map(({ urn }) => `policy ${urn}`),
      ].sort(),
    })),
    counterExamples: [
      ...users.flatMap((user) => surplus(user)),
      ...beyond.counterExamples,
      ...users.flatMap(({ name, ...user }) =>
        (deployment.target?.identities ?? [])
          .filter(({ trusts }) => trusts.includes("*") || namesOf(user).some((one) => trusts.includes(one)))
          .map((role) => found(role.urn, `${name} may take on the role ${role.name}`)),
      ),
    ],
    reasons: [...beyond.reasons, ...untold(deployment.target, users)],
  };
}

/** What may have been given to the users, and which roles' trust they may have. */
function untold(target: Side | undefined, users: readonly Identity[]): string[] {
  if (target === undefined) return [];
  const roles = new Set(target.identities.flatMap(({ kind, urn }) => (kind === "role" ? [urn] : [])));
  return [
    ...users.flatMap((user) => openGrants(target, user)),
    ...target.gaps.filter(({ urn }) => roles.has(urn)).map(({ urn, reason }) => `${urn}: ${reason}.`),
    ...users.flatMap(({ name, ...user }) =>
      target.snapshot.resources
        .filter(({ type }) => mayGrant(type))
        .filter(({ inputs, outputs }) => {
          const text = JSON.stringify([inputs, outputs]);
          return namesOf(user).some((one) => isNamed(one, text));
        })
        .map(({ urn }) => `${urn} names ${name}, and what it lets ${name} do is not modelled.`),
    ),
  ];
}

/** What a policy may call the user: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
function namesOf({ arn, uniqueId }: Pick<Identity, "arn" | "uniqueId">): string[] {
  return [arn, ...(uniqueId === undefined ? [] : [uniqueId])];
}

/** Whether a JSON text holds the text as a value, be it within JSON that is a value itself. */
function isNamed(value: string, json: string): boolean {
  return json.includes(`${value}"`) || json.includes(`${value}\\"`);
}

/**
 * Whether a policy of such a resource may let a user do something; IAM's are read, an endpoint's only restrict, and a rule over
 * events watches.
 */
function mayGrant(type: string): boolean {
  return type !== VPC_ENDPOINT && type !== EVENT_RULE && !/^(aws:iam\/|pulumi:|git-airlock:)/.test(type);
}

/** What the push user is allowed beside git on airlock repositories; the pull user's rights are C3's. */
function beyondGit(gate: () => Gate): Pick<Findings, "counterExamples" | "reasons"> {
  try {
    const { allowed, besideAirlock } = gate().push();
    const regions = [allowed.outside("action", { values: [PULL, PUSH] }), besideAirlock];
    const says = "The push user is allowed more than git on airlock repositories";
    return {
      counterExamples: regions.filter((one) => !one.isEmpty()).map((one) => requestExample(one, says)),
      reasons: [],
    };
  } catch (error) {
    // What else they hold is told all the same.
    if (error instanceof Undecidable) return { counterExamples: [], reasons: [error.message] };
    throw error;
  }
}

function surplus({ urn, name, credentials, groups, policies, unreadPolicyArns }: Identity): CounterExample[] {
  const git = credentials.filter(({ kind }) => kind === "git credential");
  return [
    ...credentials
      .filter(({ kind }) => kind !== "git credential")
      .map((credential) =>
        found(credential.urn, `${name} holds a credential that is none for git: ${credential.kind}`),
      ),
    ...(git.length > MOST_GIT_CREDENTIALS ? [found(urn, `${name} holds ${git.length} git credentials`)] : []),
    // A policy of the stack that cannot be read is a gap; any other is none of the gate's.
    ...unreadPolicyArns
      .filter((arn) => !arn.startsWith("urn:"))
      .map((arn) => found(urn, `${name} holds the policy ${arn}`)),
    ...groups.map((group) => found(urn, `${name} is in the group ${group}`)),
    ...policies.flatMap(({ urn: policyUrn, policy }) =>
      policy.statements
        .filter(
          ({ effect, actions }) =>
            effect === "Allow" &&
            (actions.inverted || !actions.patterns.every((one) => /^codecommit:/i.test(one))),
        )
        .map(({ label }) =>
          found(policyUrn, `${name} is allowed more than CodeCommit's actions by ${label}`),
        ),
    ),
  ];
}

function found(urn: string, says: string): CounterExample {
  return { kind: "resource", urn, says: `${says}.` };
}
