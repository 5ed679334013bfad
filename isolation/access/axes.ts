/** Cuts every dimension of a space by the policies and values in play. */
import { CODECOMMIT_ACTIONS } from "../iam/actions";
import { splitArn } from "../../facts/arn";
import type { Condition } from "../iam/conditionBlock";
import { conditionKey, keyInfo, type ConditionKey } from "../iam/keys";
import type { Place } from "../iam/unsupported";
import { AddressAxis } from "./addressAxis";
import { AmountAxis } from "./amountAxis";
import { BooleanAxis, TextAxis, type Axis, type TextCuts } from "./axis";
import { glob, hasWildcards, literally, oneOrMore, wildcards, type Pattern } from "./pattern";
import type { Dimension, Requester, SpaceInputs } from "./region";
import { SetAxes } from "./setAxes";
import { UnclassifiablePolicyError } from "./unclassifiable";
import { assertSupported } from "./supportedSubset";
import { affectedRequesters, REQUESTER_KEYS, resolve, type Texts } from "./variables";
import { valuePattern } from "./valuePattern";
import { TooManyClasses } from "./witness";

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
  /** Of every single-valued key that is in play and is neither the requester's nor the resource's. */
  readonly keys: ReadonlyMap<ConditionKey, Axis>;
  /** Of every other key that is in play. */
  readonly sets: ReadonlyMap<ConditionKey, SetAxes>;
}

/** Any text but the empty one: IAM knows no empty values (request.ts). */
const TEXT: Pattern = {
  key: "any text",
  label: "any text",
  steps: oneOrMore({ inverted: true, chars: "" }),
};
/** Git's servers refuse any other name (git's builtin/receive-pack.c, "funny refname"). */
const REFERENCE: Pattern = {
  key: "references",
  label: "references",
  steps: [
    ...literally("refs/"),
    ...oneOrMore({ inverted: true, chars: "/" }),
    ...literally("/"),
    ...oneOrMore({ inverted: true, chars: "" }),
  ],
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

/** @throws UnclassifiablePolicyError naming a statement that has a part in what cannot be told apart */
export function cutAxes(inputs: SpaceInputs): Axes {
  assertSupported(inputs.policies);
  const statements = inputs.policies.flatMap(({ name, statements: all }) =>
    all.map((statement) => ({ statement, at: { policy: name, statement: statement.label } })),
  );
  const conditions = statements.flatMap(({ statement, at }) =>
    statement.conditions.map((condition) => ({ condition, at })),
  );
  const inPlay = new Set<ConditionKey>(USUAL_KEYS);
  for (const { condition } of conditions) inPlay.add(condition.key);
  const named = namedParts(inputs);
  for (const dimension of named.keys()) {
    const key = conditionKey(dimension);
    if (key !== undefined) inPlay.add(key);
  }
  const keys = new Map<ConditionKey, Axis>();
  const sets = new Map<ConditionKey, SetAxes>();
  for (const key of [...inPlay].sort()) {
    if (REQUESTER_KEYS.has(key) || key === "aws:ResourceAccount") continue;
    const own = conditions.filter(({ condition }) => condition.key === key);
    const asked = named.get(key) ?? NOTHING;
    if (keyInfo(key).multivalued)
      sets.set(
        key,
        new SetAxes(
          key,
          valuesAxis(key, { conditions: own, named: asked, requesters: inputs.requesters }, false),
        ),
      );
    else keys.set(key, keyAxis(key, own, asked, inputs));
  }
  return {
    action: actionAxis(
      named.get("action") ?? NOTHING,
      statements.map(({ statement: { actions }, at }) => ({ patterns: actions.patterns, at })),
    ),
    resource: resourceAxis(
      statements.map(({ statement: { resources }, at }) => ({
        patterns: resources.patterns.flatMap((text) => resourcesWanted(text, resources, inputs.requesters)),
        at,
      })),
      conditions,
      inputs,
      named.get("resource") ?? NOTHING,
    ),
    keys,
    sets,
  };
}

/** What parts will name along one dimension. */
interface Named {
  readonly values: readonly string[];
  readonly patterns: readonly string[];
}

const NOTHING: Named = { values: [], patterns: [] };

function namedParts({ values = {}, patterns = {} }: SpaceInputs): Map<Dimension, Named> {
  const named = new Map<Dimension, Named>();
  const add = (name: string, more: Named) => {
    const dimension = conditionKey(name) ?? name;
    if (conditionKey(name) === undefined && name !== "action" && name !== "resource")
      throw new Error(`there is no dimension ${name}`);
    const before = named.get(dimension) ?? NOTHING;
    named.set(dimension, {
      values: [...before.values, ...more.values],
      patterns: [...before.patterns, ...more.patterns],
    });
  };
  for (const [name, given] of Object.entries(values)) add(name, { values: given, patterns: [] });
  for (const [name, given] of Object.entries(patterns)) {
    add(name, {
      values: given.filter((text) => !hasWildcards(text)),
      patterns: given.filter(hasWildcards),
    });
  }
  return named;
}

/** What a Resource pattern can become, by who asks. */
function resourcesWanted(text: string, of: Texts, requesters: readonly Requester[]): string[] {
  return affectedRequesters(of, requesters).flatMap(
    (requester) => resourcePattern(text, of, requester) ?? [],
  );
}

/**
 * A Resource pattern with its variables resolved; undefined where it covers no repository: a variable without a value
 * covers nothing, and no repository's ARN holds a `*` or `?` that stands for itself.
 */
export function resourcePattern(text: string, of: Texts, requester: Requester): string | undefined {
  const resolved = resolve(text, of, requester);
  if (resolved === undefined || resolved.some((part) => part.literal && hasWildcards(part.text)))
    return undefined;
  return resolved.map((part) => part.text).join("");
}

type At = Omit<Place, "element">;

interface Written {
  readonly patterns: readonly string[];
  readonly at: At;
}

function actionAxis(named: Named, written: readonly Written[]): TextAxis {
  const texts = [...named.patterns, ...written.flatMap(({ patterns }) => patterns)];
  return textAxis(written.at(-1)?.at, {
    name: "action",
    values: [
      ...CODECOMMIT_ACTIONS.map(({ name }) => name),
      ...named.values,
      ...texts.filter((text) => !hasWildcards(text)),
    ],
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
  named: Named,
): TextAxis {
  const texts = [...named.patterns, ...written.flatMap(({ patterns }) => patterns)];
  const accounts = new Set(requesters.map(({ account }) => account));
  for (const arn of resources) accounts.add(splitArn(arn)?.[4] ?? "");
  for (const { condition } of conditions) {
    if (condition.key !== "aws:ResourceAccount" || condition.comparison === "absent") continue;
    for (const value of condition.values) {
      for (const requester of affectedRequesters(condition, requesters)) {
        const account = accountPattern(value, condition, requester);
        if (account !== undefined) accounts.add(account);
      }
    }
  }
  return textAxis(written.at(-1)?.at, {
    name: "resource",
    values: [...resources, ...named.values, ...texts.filter((text) => !hasWildcards(text))],
    patterns: [...texts.filter(hasWildcards).map((text) => glob(text)), ...[...accounts].map(repositoriesOf)],
    language: REPOSITORY,
    optional: false,
    others: "any other repository",
  });
}

/**
 * What a value of a condition on the resource's account covers, with wildcards; undefined for no account. Digits have no
 * case, and a wildcard is one for StringLike only.
 */
export function accountPattern(
  value: string,
  condition: Condition,
  requester: Requester,
): string | undefined {
  const resolved = resolve(value, condition, requester);
  const isAccount = resolved?.every(
    ({ text, literal }) => (condition.comparison === "like" && !literal) || !hasWildcards(text),
  );
  return isAccount === true ? resolved?.map(({ text }) => text).join("") : undefined;
}

interface Own {
  readonly condition: Condition;
  readonly at: At;
}

function keyAxis(
  key: ConditionKey,
  conditions: readonly Own[],
  named: Named,
  { cidrs = [], requesters }: SpaceInputs,
): Axis {
  const { type } = keyInfo(key);
  const written = conditions.flatMap(({ condition }) =>
    condition.comparison === "absent" ? [] : condition.values,
  );
  switch (type) {
    case "address":
      return new AddressAxis(key, [...written, ...cidrs, ...named.values]);
    case "boolean":
      return new BooleanAxis(key);
    case "number":
    case "date":
      // Every request is made at some time.
      return new AmountAxis(key, type, [...written, ...named.values], key !== "aws:CurrentTime");
    case "string":
    case "arn":
      return valuesAxis(key, { conditions, named, requesters }, true);
  }
}

/** What a key's values are cut by. */
interface ValueSources {
  readonly conditions: readonly Own[];
  readonly named: Named;
  readonly requesters: readonly Requester[];
}

/** The classes of a text key's values. */
function valuesAxis(
  key: ConditionKey,
  { conditions, named, requesters }: ValueSources,
  optional: boolean,
): TextAxis {
  const wanted = conditions.flatMap(({ condition }) =>
    condition.comparison === "absent"
      ? []
      : condition.values.flatMap((value) =>
          affectedRequesters(condition, requesters).flatMap(
            (requester) => valuePattern(condition, value, requester) ?? [],
          ),
        ),
  );
  return textAxis(conditions.at(-1)?.at, {
    name: key,
    values: [...named.values, ...wanted.filter((item) => typeof item === "string")],
    patterns: [
      ...named.patterns.map((text) => glob(text)),
      ...wanted.filter((item) => typeof item !== "string"),
    ],
    language: key === "codecommit:References" ? REFERENCE : TEXT,
    optional,
    others: "any other value",
  });
}

function textAxis(at: At | undefined, cuts: TextCuts): TextAxis {
  try {
    return new TextAxis(cuts);
  } catch (error) {
    if (!(error instanceof TooManyClasses)) throw error;
    throw new UnclassifiablePolicyError(
      { ...(at ?? { policy: "what is declared" }), element: cuts.name },
      `the patterns up to this one cannot be told apart: ${error.message}; expected fewer or simpler wildcards`,
    );
  }
}
