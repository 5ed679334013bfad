/** Cuts every dimension of a space by the policies and values in play. */
import { CODECOMMIT_ACTIONS } from "../iam/actions";
import { splitArn } from "../iam/arn";
import { CONDITION_KEYS, conditionKey, type Condition, type ConditionKey } from "../iam/conditionBlock";
import type { Place } from "../iam/unsupported";
import { AddressAxis } from "./addressAxis";
import { BooleanAxis, TextAxis, type Axis, type TextCuts } from "./axis";
import { arnPattern, glob, ignoringCase, literally, oneOrMore, wildcards, type Pattern } from "./pattern";
import type { Dimension, SpaceInputs } from "./region";
import { UndecidableError } from "./undecidable";
import { checkUnderstood } from "./understood";
import { TooManyClasses } from "./witness";

/** Keys that say who asks: the same in every request of a requester. */
export const REQUESTER_KEYS: ReadonlySet<ConditionKey> = new Set([
  "aws:PrincipalArn",
  "aws:PrincipalAccount",
]);

/** Keys that are cut even when no policy names them, because claims ask about them. */
const USUAL_KEYS: readonly ConditionKey[] = [
  "aws:SourceIp",
  "aws:VpcSourceIp",
  "aws:SourceVpc",
  "aws:SourceVpce",
];

/** The axes of a space by what they hold, for those who turn statements into sets. */
export interface Axes {
  readonly action: TextAxis;
  readonly resource: TextAxis;
  /** Of every key that is in play and is neither the requester's nor the resource's. */
  readonly keys: ReadonlyMap<ConditionKey, Axis>;
}

/** Any text but the empty one: IAM knows no empty values (request.ts). */
const TEXT: Pattern = {
  key: "any text",
  label: "any text",
  steps: oneOrMore({ inverted: true, chars: "" }),
};
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const only = (chars: string) => ({ inverted: false, chars });
const ACTION: Pattern = {
  key: "actions",
  label: "actions",
  steps: [...literally("codecommit:"), ...oneOrMore(only(LOWER))],
};

/** Every repository of the accounts that a pattern with wildcards covers. */
export function repositoriesOf(account: string): Pattern {
  return {
    key: `account ${account}`,
    label: `arn:*:codecommit:*:${account}:*`,
    steps: repositorySteps(account),
  };
}

function repositorySteps(account: string): Pattern["steps"] {
  return [
    ...literally("arn:aws"),
    { takes: only(`${LOWER}-`), many: true },
    ...literally(":codecommit:"),
    ...oneOrMore(only(`${LOWER}${DIGITS}-`)),
    ...literally(":"),
    ...wildcards(account, only(DIGITS)),
    ...literally(":"),
    ...oneOrMore(only(`${LOWER}${LOWER.toUpperCase()}${DIGITS}_.-`)),
  ];
}

const REPOSITORY: Pattern = {
  key: "repositories",
  label: "repositories",
  steps: repositorySteps("?".repeat(12)),
};

/**
 * What a condition's value covers: a text by itself, or a pattern.
 * @returns a text as it is where nothing else is covered
 */
export function wantedBy(comparison: Condition["comparison"], value: string): string | Pattern {
  if (comparison === "equalsIgnoringCase") return ignoringCase(value);
  if (comparison === "arnLike" && hasWildcards(value)) return arnPattern(value);
  return comparison === "like" && hasWildcards(value) ? glob(value) : value;
}

/** Whether a text of a policy is more than itself. */
export function hasWildcards(text: string): boolean {
  return /[*?]/.test(text);
}

/** @throws UndecidableError naming a statement that has a part in what cannot be told apart */
export function cutAxes(inputs: SpaceInputs): Axes {
  checkUnderstood(inputs.policies);
  const statements = inputs.policies.flatMap(({ name, statements: all }) =>
    all.map((statement) => ({ statement, at: { policy: name, statement: statement.label } })),
  );
  const conditions = statements.flatMap(({ statement, at }) =>
    statement.conditions.map((condition) => ({ condition, at })),
  );
  const inPlay = new Set<ConditionKey>(USUAL_KEYS);
  for (const { condition } of conditions) inPlay.add(condition.key);
  const named = new Map<Dimension, readonly string[]>();
  for (const [name, given] of Object.entries(inputs.values ?? {})) {
    const key = conditionKey(name);
    if (key !== undefined) inPlay.add(key);
    else if (name !== "action" && name !== "resource") throw new RangeError(`there is no dimension ${name}`);
    named.set(key ?? name, given);
  }
  const keys = new Map<ConditionKey, Axis>();
  for (const key of [...inPlay].sort()) {
    if (REQUESTER_KEYS.has(key) || key === "aws:ResourceAccount") continue;
    const own = conditions.filter(({ condition }) => condition.key === key);
    keys.set(key, keyAxis(key, own, named.get(key) ?? [], inputs.cidrs ?? []));
  }
  return {
    action: actionAxis(
      named.get("action") ?? [],
      statements.map(({ statement: { actions }, at }) => ({ patterns: actions.patterns, at })),
    ),
    resource: resourceAxis(
      statements.map(({ statement: { resources }, at }) => ({ patterns: resources.patterns, at })),
      conditions,
      inputs,
      named.get("resource") ?? [],
    ),
    keys,
  };
}

type At = Omit<Place, "element">;

interface Written {
  readonly patterns: readonly string[];
  readonly at: At;
}

function actionAxis(named: readonly string[], written: readonly Written[]): TextAxis {
  const texts = [...named, ...written.flatMap(({ patterns }) => patterns)];
  return textAxis(written.at(-1)?.at, {
    name: "action",
    values: [...CODECOMMIT_ACTIONS.map(({ name }) => name), ...texts.filter((text) => !hasWildcards(text))],
    patterns: texts.filter(hasWildcards).map((text) => glob(text.toLowerCase(), text)),
    language: ACTION,
    optional: false,
    others: "any other action",
    ignoreCase: true,
  });
}

function resourceAxis(
  written: readonly Written[],
  conditions: readonly { readonly condition: Condition }[],
  { requesters, resources }: SpaceInputs,
  named: readonly string[],
): TextAxis {
  const texts = [...named, ...written.flatMap(({ patterns }) => patterns)];
  const accounts = new Set(requesters.map(({ account }) => account));
  for (const arn of resources) accounts.add(splitArn(arn)?.[4] ?? "");
  for (const { condition } of conditions) {
    if (condition.key === "aws:ResourceAccount") for (const value of condition.values) accounts.add(value);
  }
  return textAxis(written.at(-1)?.at, {
    name: "resource",
    values: [...resources, ...texts.filter((text) => !hasWildcards(text))],
    patterns: [...texts.filter(hasWildcards).map((text) => glob(text)), ...[...accounts].map(repositoriesOf)],
    language: REPOSITORY,
    optional: false,
    others: "any other repository",
  });
}

function keyAxis(
  key: ConditionKey,
  conditions: readonly { readonly condition: Condition; readonly at: At }[],
  values: readonly string[],
  cidrs: readonly string[],
): Axis {
  const wanted = conditions.flatMap(({ condition }) =>
    condition.comparison === "absent"
      ? []
      : condition.values.map((value) => wantedBy(condition.comparison, value)),
  );
  const texts = wanted.filter((item) => typeof item === "string");
  switch (CONDITION_KEYS[key]) {
    case "address":
      return new AddressAxis(key, [...texts, ...cidrs, ...values]);
    case "boolean":
      return new BooleanAxis(key);
    case "string":
    case "arn":
      return textAxis(conditions.at(-1)?.at, {
        name: key,
        values: [...values.filter((value) => !hasWildcards(value)), ...texts],
        patterns: [
          ...values.filter(hasWildcards).map((value) => glob(value)),
          ...wanted.filter((item) => typeof item !== "string"),
        ],
        language: TEXT,
        optional: true,
        others: "any other value",
      });
  }
}

function textAxis(at: At | undefined, cuts: TextCuts): TextAxis {
  try {
    return new TextAxis(cuts);
  } catch (error) {
    if (!(error instanceof TooManyClasses) || at === undefined) throw error;
    throw new UndecidableError(
      { ...at, element: cuts.name },
      `the patterns up to this one cannot be told apart: ${error.message}; expected fewer or simpler wildcards`,
    );
  }
}
