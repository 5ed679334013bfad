/** Who can ask: one requester for each class of principals that policies tell apart. */
import { parseIdentityArn } from "../iam/arn";
import type { Policy } from "../iam/policy";
import { literally, oneOrMore, wildcards, type Pattern, type Step } from "./pattern";
import type { Requester } from "./region";
import { UnclassifiablePolicyError } from "./unclassifiable";
import { checkUnderstood } from "./understood";
import { anyVariable, ANYBODY } from "./variables";
import { wantedBy } from "./wanted";
import { TooManyClasses, witnesses } from "./witness";

const DIGITS = { inverted: false, chars: "0123456789" };
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
const NAME = { inverted: false, chars: `${LETTERS}${LETTERS.toUpperCase()}0123456789_+=,.@/-` };

/**
 * One requester for every class of IAM users and roles that the policies tell apart, by Principal elements or by keys
 * that follow from the principal, in these accounts, in those that the policies name, and in a stranger's. First those
 * whose ARNs the policies hold, then fresh ones; in the same order every time.
 * @throws UnclassifiablePolicyError if the policies' patterns cannot be told apart
 */
export function requesterClasses(policies: readonly Policy[], accounts: readonly string[]): Requester[] {
  checkUnderstood(policies);
  checkNamesNobody(policies);
  const arns = new Set<string>();
  const numbers = new Set(accounts);
  const patterns = new Map<string, Pattern>();
  for (const { principals = [], notPrincipals = [], conditions } of policies.flatMap(
    ({ statements }) => statements,
  )) {
    for (const principal of [...principals, ...notPrincipals]) {
      if (principal.kind === "account") numbers.add(principal.account);
      if (principal.kind === "identity") arns.add(principal.arn);
    }
    for (const condition of conditions) {
      const { key, comparison, values } = condition;
      if (comparison === "absent") continue;
      if (key === "aws:PrincipalAccount") for (const value of values) numbers.add(value);
      if (key !== "aws:PrincipalArn" && key !== "aws:username") continue;
      for (const wanted of values.flatMap((value) => wantedBy(condition, value, ANYBODY) ?? [])) {
        if (key === "aws:username") {
          const named = usersNamed(wanted);
          patterns.set(named.key, named);
        } else if (typeof wanted === "string") arns.add(wanted);
        else patterns.set(wanted.key, wanted);
      }
    }
  }
  const known = [...arns].sort().flatMap((arn) => {
    const identity = parseIdentityArn(arn);
    return identity === undefined || identity.type === "root" ? [] : [{ arn, account: identity.account }];
  });
  for (const { account } of known) numbers.add(account);
  for (const number of numbers) patterns.set(`account ${number}`, identitiesOf(number));
  const fresh = (["user", "role"] as const).flatMap((type) =>
    freshOf(type, [...patterns.values()], new Set(known.map(({ arn }) => arn)), policies),
  );
  return [...known, ...fresh];
}

/** A variable that follows from who asks tells every user apart from every other. */
function checkNamesNobody(policies: readonly Policy[]): void {
  for (const { name, statements } of policies) {
    for (const statement of statements) {
      const variable = anyVariable(statement);
      if (variable === undefined) continue;
      throw new UnclassifiablePolicyError(
        { policy: name, statement: statement.label, element: `\${${variable}}` },
        "it tells each principal apart from every other; expected patterns that put them into classes",
      );
    }
  }
}

/** Every user whose name, which is without its path, is covered. */
function usersNamed(wanted: string | Pattern): Pattern {
  const name = typeof wanted === "string" ? literally(wanted) : wanted.steps;
  const key = `users named ${typeof wanted === "string" ? wanted : wanted.key}`;
  const user = [...literally("arn:aws:iam::"), ...wildcards("?".repeat(12), DIGITS), ...literally(":user")];
  const anything = { takes: { inverted: true, chars: "" }, many: true };
  return { key, label: key, steps: [...user, anything, ...literally("/"), ...name.map(withoutSlash)] };
}

function withoutSlash({ takes: { inverted, chars }, many }: Step): Step {
  return { takes: inverted ? { inverted, chars: `${chars}/` } : { inverted, chars }, many };
}

/** Every identity of the accounts that a pattern with wildcards covers. */
function identitiesOf(account: string): Pattern {
  const label = `identities of account ${account}`;
  return {
    key: label,
    label,
    steps: [...identitySteps(account), { takes: { inverted: true, chars: "" }, many: true }],
  };
}

function identitySteps(account: string): Step[] {
  return [...literally("arn:aws:iam::"), ...wildcards(account, DIGITS), ...literally(":")];
}

function freshOf(
  type: "user" | "role",
  patterns: readonly Pattern[],
  known: ReadonlySet<string>,
  policies: readonly Policy[],
): Requester[] {
  const label = `${type}s`;
  const steps = [...identitySteps("?".repeat(12)), ...literally(`${type}/`), ...oneOrMore(NAME)];
  try {
    return witnesses(patterns, { key: label, label, steps }, known)
      .map(({ text }) => ({ arn: text, account: parseIdentityArn(text)?.account ?? "" }))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
  } catch (error) {
    if (!(error instanceof TooManyClasses)) throw error;
    const names = policies.map(({ name }) => name).join(", ");
    throw new UnclassifiablePolicyError(
      { policy: names, element: "aws:PrincipalArn" },
      `these principals cannot be told apart: ${error.message}; expected fewer or simpler wildcards`,
    );
  }
}
