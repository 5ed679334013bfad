/** Who can ask: one requester for each class of principals that policies tell apart. */
import { parseIdentityArn } from "../iam/arn";
import type { Policy } from "../iam/policy";
import { wantedBy } from "./axes";
import { literally, oneOrMore, wildcards, type Pattern, type Step } from "./pattern";
import type { Requester } from "./region";
import { UndecidableError } from "./undecidable";
import { checkUnderstood } from "./understood";
import { TooManyClasses, witnesses } from "./witness";

const DIGITS = { inverted: false, chars: "0123456789" };
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
const NAME = { inverted: false, chars: `${LETTERS}${LETTERS.toUpperCase()}0123456789_+=,.@/-` };

/**
 * One requester for every class of IAM users and roles that the policies tell apart, by Principal elements or by keys
 * that follow from the principal, in these accounts, in those that the policies name, and in a stranger's. First those
 * whose ARNs the policies hold, then fresh ones; in the same order every time.
 * @throws UndecidableError if the policies' patterns cannot be told apart
 */
export function requesterClasses(policies: readonly Policy[], accounts: readonly string[]): Requester[] {
  checkUnderstood(policies);
  const arns = new Set<string>();
  const numbers = new Set(accounts);
  const patterns = new Map<string, Pattern>();
  for (const { principals = [], conditions } of policies.flatMap(({ statements }) => statements)) {
    for (const principal of principals) {
      if (principal.kind === "account") numbers.add(principal.account);
      if (principal.kind === "identity") arns.add(principal.arn);
    }
    for (const { key, comparison, values } of conditions) {
      if (comparison === "absent") continue;
      if (key === "aws:PrincipalAccount") for (const value of values) numbers.add(value);
      if (key !== "aws:PrincipalArn") continue;
      for (const wanted of values.map((value) => wantedBy(comparison, value))) {
        if (typeof wanted === "string") arns.add(wanted);
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
    throw new UndecidableError(
      { policy: names, element: "aws:PrincipalArn" },
      `these principals cannot be told apart: ${error.message}; expected fewer or simpler wildcards`,
    );
  }
}
