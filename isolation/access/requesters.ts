/** Who can ask: one requester for each class of principals that policies tell apart. */
import { parseIdentityArn, splitArn } from "../../facts/arn";
import type { Condition } from "../iam/conditionBlock";
import type { Policy } from "../iam/policy";
import {
  arnPattern,
  hasWildcards,
  ignoringCase,
  literally,
  oneOrMore,
  Reader,
  wildcards,
  type Pattern,
  type Step,
} from "./pattern";
import type { Requester } from "./region";
import { UnclassifiablePolicyError } from "./unclassifiable";
import { assertSupported } from "./supportedSubset";
import { anyVariable, ANYBODY } from "./variables";
import { valuePattern } from "./valuePattern";
import { TooManyClasses, witnesses } from "./witness";

const DIGITS = { inverted: false, chars: "0123456789" };
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
const NAME = { inverted: false, chars: `${LETTERS}${LETTERS.toUpperCase()}0123456789_+=,.@/-` };

/** What else cuts principals into classes, beside the policies. */
export interface FurtherCuts {
  /** Accounts whose principals are asked for. */
  readonly accounts: readonly string[];
  /** ARNs of users and roles, or patterns of them as `ArnLike` reads them: each class is all inside or all outside of each. */
  readonly arns?: readonly string[];
  /**
   * ARNs of users that exist. Nobody else of the account can have such a user's name, with another path or in another case.
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
   */
  readonly users?: readonly string[];
  /** Whether root users and federated users are asked for too. No policy of the account's own binds the former. */
  readonly beyondIam?: true;
}

/**
 * One requester for every class of IAM users and roles that the policies tell apart, by Principal elements or by keys
 * that follow from the principal, in these accounts, in those that the policies name, and in a stranger's. First those
 * whose ARNs the policies hold, then fresh ones; in the same order every time.
 * @throws UnclassifiablePolicyError if the policies' patterns cannot be told apart
 */
export function requesterClasses(policies: readonly Policy[], further: FurtherCuts): Requester[] {
  assertSupported(policies);
  checkNamesNobody(policies);
  const statements = policies.flatMap((policy) => policy.statements);
  const principals = statements.flatMap(({ principals: named = [], notPrincipals = [] }) => [
    ...named,
    ...notPrincipals,
  ]);
  return classesOf(
    {
      conditions: statements.flatMap(({ conditions }) => conditions),
      arns: principals.flatMap((one) => (one.kind === "identity" ? [one.arn] : [])),
      accounts: principals.flatMap((one) => (one.kind === "account" ? [one.account] : [])),
    },
    further,
    policies.map(({ name }) => name).join(", "),
  );
}

/**
 * The same for what any policies say of those who ask.
 * @param names what an error calls the policies
 */
export function classesOf(
  said: {
    readonly conditions: readonly Condition[];
    readonly arns: readonly string[];
    readonly accounts: readonly string[];
  },
  further: FurtherCuts,
  names: string,
): Requester[] {
  const arns = new Set(said.arns);
  const numbers = new Set([...further.accounts, ...said.accounts]);
  const patterns = new Map<string, Pattern>();
  for (const condition of said.conditions) {
    const { key, comparison, values } = condition;
    if (comparison === "absent") continue;
    if (key === "aws:PrincipalAccount") for (const value of values) numbers.add(value);
    if (key !== "aws:PrincipalArn" && key !== "aws:username") continue;
    for (const wanted of values.flatMap((value) => valuePattern(condition, value, ANYBODY) ?? [])) {
      if (key === "aws:username") {
        const named = usersNamed(wanted);
        patterns.set(named.key, named);
      } else if (typeof wanted === "string") arns.add(wanted);
      else patterns.set(wanted.key, wanted);
    }
  }
  for (const arn of further.arns ?? []) {
    const pattern = arnPattern(arn);
    if (hasWildcards(arn)) patterns.set(pattern.key, pattern);
    else arns.add(arn);
  }
  const known = [...arns].sort().flatMap((arn) => {
    const identity = parseIdentityArn(arn);
    const isRoot = identity?.type === "root";
    if (identity === undefined || (isRoot && further.beyondIam !== true)) return [];
    return [{ arn, account: identity.account }];
  });
  for (const { account } of known) numbers.add(account);
  for (const number of numbers) patterns.set(`account ${number}`, identitiesOf(number));
  const namesakes = (further.users ?? []).map(namesakesOf);
  for (const pattern of namesakes) patterns.set(pattern.key, pattern);
  const cannotExist = namesakes.map((pattern) => new Reader(pattern));
  const fresh = [...KINDS, ...(further.beyondIam === true ? KINDS_BEYOND_IAM : [])].flatMap((kind) =>
    freshOf(kind, [...patterns.values()], new Set(known.map(({ arn }) => arn)), names),
  );
  return [...known, ...fresh.filter(({ arn }) => !cannotExist.some((reader) => reader.covers(arn)))];
}

/** Every user of the same account who would have the same name. */
function namesakesOf(arn: string): Pattern {
  const account = splitArn(arn)?.[4] ?? "";
  const { key, steps } = usersNamed(ignoringCase(arn.slice(arn.lastIndexOf("/") + 1)), account);
  return { key: `${key} of ${account}`, label: key, steps };
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
function usersNamed(wanted: string | Pattern, account = "?".repeat(12)): Pattern {
  const name = typeof wanted === "string" ? literally(wanted) : wanted.steps;
  const key = `users named ${typeof wanted === "string" ? wanted : wanted.key}`;
  const user = [...literally("arn:aws:iam::"), ...wildcards(account, DIGITS), ...literally(":user")];
  const anything = { takes: { inverted: true, chars: "" }, many: true };
  return { key, label: key, steps: [...user, anything, ...literally("/"), ...name.map(withoutSlash)] };
}

function withoutSlash({ takes: { inverted, chars }, many }: Step): Step {
  return { takes: inverted ? { inverted, chars: `${chars}/` } : { inverted, chars }, many };
}

/** Every identity of the accounts that a pattern with wildcards covers. */
function identitiesOf(account: string): Pattern {
  const label = `identities of account ${account}`;
  const anything = { takes: { inverted: true, chars: "" }, many: true };
  const letter = { takes: { inverted: false, chars: LETTERS }, many: true };
  const service = [...literally("arn:aws:"), letter, ...literally("::")];
  return {
    key: label,
    label,
    steps: [...service, ...wildcards(account, DIGITS), ...literally(":"), anything],
  };
}

function identitySteps(account: string, service: string): Step[] {
  return [...literally(`arn:aws:${service}::`), ...wildcards(account, DIGITS), ...literally(":")];
}

/** Principals by what their ARNs begin with and how they go on after the account. */
function kindOf(label: string, service: string, resource: readonly Step[]): Pattern {
  return { key: label, label, steps: [...identitySteps("?".repeat(12), service), ...resource] };
}

const KINDS: readonly Pattern[] = [
  kindOf("users", "iam", [...literally("user/"), ...oneOrMore(NAME)]),
  kindOf("roles", "iam", [...literally("role/"), ...oneOrMore(NAME)]),
];

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn */
const KINDS_BEYOND_IAM: readonly Pattern[] = [
  kindOf("root users", "iam", literally("root")),
  kindOf("federated users", "sts", [...literally("federated-user/"), ...oneOrMore(NAME)]),
];

function freshOf(
  kind: Pattern,
  patterns: readonly Pattern[],
  known: ReadonlySet<string>,
  names: string,
): Requester[] {
  try {
    return witnesses(patterns, kind, known)
      .map(({ text }) => ({ arn: text, account: splitArn(text)?.[4] ?? "" }))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
  } catch (error) {
    if (!(error instanceof TooManyClasses)) throw error;
    throw new UnclassifiablePolicyError(
      { policy: names, element: "aws:PrincipalArn" },
      `these principals cannot be told apart: ${error.message}; expected fewer or simpler wildcards`,
    );
  }
}
