/**
 * Which parts of parsed statements the algebra gives a meaning to. The parser may learn something first; until the
 * algebra follows, a policy that uses it is undecidable, and nothing of it is skipped.
 */
import { CONDITION_KEYS, type Condition } from "../iam/conditionBlock";
import type { Policy, Statement } from "../iam/policy";
import { UndecidableError } from "./undecidable";

const ELEMENTS = new Set<string>([
  "label",
  "effect",
  "principals",
  "actions",
  "resources",
  "conditions",
] satisfies (keyof Statement)[]);
const PARTS = new Set<string>([
  "operator",
  "comparison",
  "negated",
  "ifExists",
  "key",
  "values",
] satisfies (keyof Condition)[]);
const COMPARISONS = new Set<string>([
  "equals",
  "equalsIgnoringCase",
  "like",
  "arnLike",
  "inCidr",
  "boolean",
  "absent",
] satisfies Condition["comparison"][]);
const PRINCIPALS = new Set<string>(["everyone", "account", "identity"]);
const TYPES = new Set<string>(["address", "string", "arn", "boolean"]);

/** @throws UndecidableError naming policy, statement and element of the first thing without a meaning */
export function checkUnderstood(policies: readonly Policy[]): void {
  for (const { name, statements } of policies) {
    for (const statement of statements) {
      const element = strangeElement(statement);
      if (element === undefined) continue;
      throw new UndecidableError(
        { policy: name, statement: statement.label, element },
        "it is not among what can be decided over all requests at once",
      );
    }
  }
}

function strangeElement(statement: Statement): string | undefined {
  const set = Object.entries(statement).flatMap(([element, value]) => (value === undefined ? [] : [element]));
  const strange = set.find((element) => !ELEMENTS.has(element));
  if (strange !== undefined) return strange;
  if (statement.principals?.some(({ kind }) => !PRINCIPALS.has(kind)) === true) return "Principal";
  const { actions, resources, conditions } = statement;
  if (hasVariable(actions.patterns)) return "Action";
  if (hasVariable(resources.patterns)) return "Resource";
  const condition = conditions.find((one) => !isUnderstood(one));
  return condition && `Condition.${condition.operator}.${condition.key}`;
}

function isUnderstood(condition: Condition): boolean {
  const { comparison, key, values } = condition;
  return (
    Object.keys(condition).every((part) => PARTS.has(part)) &&
    COMPARISONS.has(comparison) &&
    key in CONDITION_KEYS &&
    TYPES.has(CONDITION_KEYS[key]) &&
    !hasVariable(values)
  );
}

function hasVariable(texts: readonly string[]): boolean {
  return texts.some((text) => text.includes("${"));
}
