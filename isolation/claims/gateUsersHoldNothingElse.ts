/** C9: the gate users hold no other credential or permission, and no more than two git credentials. */
import type { Identity, Side } from "../model/deployment";
import { identityOf, PULL, PUSH, type Gate } from "./gate";
import { requestExample } from "./judgement";
import { Undecidable } from "../undecidable";
import { openGrants } from "./openGrants";
import type { CounterExample, Findings } from "../verdict";
import type { Claim, Question } from "./claim";
import { otherRights } from "./otherRights";

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
  decide: findings,
};

function findings(question: Question): Findings {
  const { deployment, gate } = question;
  const users = [identityOf(deployment, "push"), identityOf(deployment, "pull")];
  const beyond = beyondGit(gate);
  const others = (["push", "pull"] as const).map((role) => otherRights(question, role));
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
      ...others.flatMap(({ counterExamples }) => counterExamples),
    ],
    reasons: [
      ...beyond.reasons,
      ...others.flatMap(({ reasons }) => reasons),
      ...openPoints(deployment.target, users),
    ],
  };
}

/** What may have been given to the users, and which roles' trust they may have. */
function openPoints(target: Side | undefined, users: readonly Identity[]): string[] {
  if (target === undefined) return [];
  const roles = new Set(target.identities.flatMap(({ kind, urn }) => (kind === "role" ? [urn] : [])));
  return [
    ...users.flatMap((user) => openGrants(target, user)),
    ...target.gaps.filter(({ urn }) => roles.has(urn)).map(({ urn, reason }) => `${urn}: ${reason}.`),
  ];
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
    ...[...policies.map((attached) => attached.urn), ...unreadPolicyArns]
      .filter((arn) => !arn.startsWith("urn:"))
      .map((arn) => found(urn, `${name} holds the policy ${arn}`)),
    ...groups.map((group) => found(urn, `${name} is in the group ${group}`)),
  ];
}

function found(urn: string, says: string): CounterExample {
  return { kind: "resource", urn, says: `${says}.` };
}
