/** C9: the gate users hold no other credential or permission, and no more than two git credentials. */
import type { Identity } from "../deployment/deployment";
import { PULL, PUSH, type Gate } from "./gate";
import { judge, requestExample, type Findings } from "./judgement";
import type { CounterExample, Verdict } from "./verdict";

/** Git credentials that a user can have (IAM API reference, CreateServiceSpecificCredential). */
const MOST_GIT_CREDENTIALS = 2;

/** Decides C9. */
export function gateUsersHoldNothingElse(gate: () => Gate): Verdict {
  return judge(
    {
      claim: "C9",
      statement:
        "The gate users hold no other credential or permission (no access key, password, group, extra policy), and no " +
        "more than two git credentials.",
      proved: "Each gate user holds git credentials and CodeCommit permissions, and nothing else.",
      assumptions: [
        "Nothing was given to the gate users past these stacks; the tripwires and `pulumi refresh` show it.",
      ],
    },
    () => findings(gate()),
  );
}

function findings({ push, pull, target, airlock }: Gate): Findings {
  const users = [push.identity, pull.identity];
  // What the pull user is allowed is C3's.
  const beyondGit = [
    push.allowed.outside("action", { values: [PULL, PUSH] }),
    push.allowed.outside("resource", { values: airlock.map(({ arn }) => arn) }),
  ];
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
      ...beyondGit
        .filter((region) => !region.isEmpty())
        .map((region) =>
          requestExample(region, "The push user is allowed more than git on airlock repositories"),
        ),
      ...users.flatMap(({ name, arn }) =>
        target.identities
          .filter(({ trusts }) => trusts.includes(arn) || trusts.includes("*"))
          .map((role) => found(role.urn, `${name} may take on the role ${role.name}`)),
      ),
    ],
    reasons: [],
  };
}

function surplus({ urn, name, credentials, groups, policies }: Identity): CounterExample[] {
  const git = credentials.filter(({ kind }) => kind === "git credential");
  return [
    ...credentials
      .filter(({ kind }) => kind !== "git credential")
      .map((credential) =>
        found(credential.urn, `${name} holds a credential that is none for git: ${credential.kind}`),
      ),
    ...(git.length > MOST_GIT_CREDENTIALS ? [found(urn, `${name} holds ${git.length} git credentials`)] : []),
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
