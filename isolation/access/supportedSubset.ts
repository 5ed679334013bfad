/**
 * Which parts of parsed statements the algebra gives a meaning to. The parser may learn something first; until the
 * algebra follows, a policy that uses it is "unknown", and nothing of it is skipped.
 */
import type { Condition } from "../iam/conditionBlock";
import { keyInfo, type ValueType } from "../iam/keys";
import type { Policy, Selection, Statement } from "../iam/policy";
import { UnclassifiablePolicyError } from "./unclassifiable";
import { holdsLiteralWildcards, strangeVariable } from "./variables";

const ELEMENTS = new Set<string>([
  "label",
  "effect",
  "principals",
  "notPrincipals",
  "actions",
  "resources",
  "conditions",
] satisfies (keyof Statement)[]);
const SELECTION = new Set<string>(["inverted", "patterns", "variables"] satisfies (keyof Selection)[]);
const PARTS = new Set<string>([
  "operator",
  "quantifier",
  "comparison",
  "negated",
  "ifExists",
  "key",
  "values",
  "variables",
] satisfies (keyof Condition)[]);
const COMPARISONS = new Set<string>([
  "equals",
  "equalsIgnoringCase",
  "like",
  "arnLike",
  "inCidr",
  "boolean",
  "amountEquals",
  "lessThan",
  "lessThanEquals",
  "greaterThan",
  "greaterThanEquals",
  "absent",
] satisfies Condition["comparison"][]);
const QUANTIFIERS = new Set<string | undefined>([undefined, "all", "any"]);
const PRINCIPALS = new Set<string>(["everyone", "account", "identity"]);
const TYPES = new Set<string>([
  "address",
  "string",
  "arn",
  "boolean",
  "number",
  "date",
] satisfies ValueType[]);

/** @throws UnclassifiablePolicyError naming policy, statement and element of the first thing without a meaning */
export function assertSupported(policies: readonly Policy[]): void {
  for (const { name, statements } of policies) {
    for (const statement of statements) {
      const at = { policy: name, statement: statement.label };
      const element = strangeElement(statement);
      if (element !== undefined) {
        throw new UnclassifiablePolicyError(
          { ...at, element },
          "it is not among what can be decided over all requests at once",
        );
      }
      const variable = strangeVariable(statement);
      if (variable === undefined) continue;
      throw new UnclassifiablePolicyError(
        { ...at, element: `\${${variable}}` },
        "the variable differs between the requests of one principal; expected one that follows from who asks",
      );
    }
  }
}

function strangeElement(statement: Statement): string | undefined {
  const set = Object.entries(statement).flatMap(([element, value]) => (value === undefined ? [] : [element]));
  const strange = set.find((element) => !ELEMENTS.has(element));
  if (strange !== undefined) return strange;
  const { principals = [], notPrincipals = [], actions, resources, conditions } = statement;
  if ([...principals, ...notPrincipals].some(({ kind }) => !PRINCIPALS.has(kind))) return "Principal";
  if (actions.variables !== undefined || !isSelection(actions)) return "Action";
  if (!isSelection(resources)) return "Resource";
  const condition = conditions.find((one) => !isUnderstood(one));
  return condition && `Condition.${condition.operator}.${condition.key}`;
}

function isSelection(selection: Selection): boolean {
  return Object.keys(selection).every((part) => SELECTION.has(part));
}

function isUnderstood(condition: Condition): boolean {
  return (
    Object.keys(condition).every((part) => PARTS.has(part)) &&
    COMPARISONS.has(condition.comparison) &&
    QUANTIFIERS.has(condition.quantifier) &&
    TYPES.has(keyInfo(condition.key).type) &&
    !(condition.comparison === "arnLike" && holdsLiteralWildcards(condition))
  );
}
