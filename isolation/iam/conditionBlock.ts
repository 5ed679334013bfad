/**
 * Reads the Condition element of a statement.
 *
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import { parseValues, type Comparison } from "./conditionValues";
import { conditionKey, keyInfo, KNOWN_KEYS, type ConditionKey, type ValueType } from "./keys";
import { foldCase } from "./match";
import { holdsVariables } from "./template";
import { shown, UnsupportedPolicyError, type Place } from "./unsupported";

/**
 * One key under one operator. A value of the request matches if the comparison holds for any of the policy's values; if
 * negated, for none.
 */
export interface Condition {
  /** As written, e.g. `StringEqualsIfExists`: for messages. */
  readonly operator: string;
  /** Of ForAllValues and ForAnyValue: how many of the request's values have to match. Else there is one, which has to. */
  readonly quantifier?: "all" | "any";
  readonly comparison: Comparison;
  readonly negated: boolean;
  /** The condition holds when the request lacks the key. */
  readonly ifExists: boolean;
  readonly key: ConditionKey;
  /** At least one. For `boolean` and `absent` exactly one, "true" or "false". */
  readonly values: readonly string[];
  /** Some value holds policy variables (template.ts). */
  readonly variables?: true;
}

interface Operator {
  readonly comparison: Comparison;
  readonly negated: boolean;
  /**
   * The types of key that it is documented for. What AWS does with others (an address compared as text, say) is
   * documented nowhere.
   */
  readonly types: readonly ValueType[];
}

const TEXTS: readonly ValueType[] = ["string", "arn"];

/** An operator and its negation. */
function pair(is: string, isNot: string, comparison: Comparison, types: readonly ValueType[]) {
  return [
    [is, { comparison, negated: false, types }],
    [isNot, { comparison, negated: true, types }],
  ] as const;
}

function amounts(family: string, types: readonly ValueType[]) {
  return [
    ...pair(`${family}Equals`, `${family}NotEquals`, "amountEquals", types),
    [`${family}LessThan`, { comparison: "lessThan", negated: false, types }],
    [`${family}LessThanEquals`, { comparison: "lessThanEquals", negated: false, types }],
    [`${family}GreaterThan`, { comparison: "greaterThan", negated: false, types }],
    [`${family}GreaterThanEquals`, { comparison: "greaterThanEquals", negated: false, types }],
  ] as const;
}

const OPERATORS = new Map<string, Operator>([
  ...pair("StringEquals", "StringNotEquals", "equals", TEXTS),
  ...pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "equalsIgnoringCase", TEXTS),
  ...pair("StringLike", "StringNotLike", "like", TEXTS),
  ...pair("ArnEquals", "ArnNotEquals", "arnLike", ["arn"]),
  ...pair("ArnLike", "ArnNotLike", "arnLike", ["arn"]),
  ...pair("IpAddress", "NotIpAddress", "inCidr", ["address"]),
  ...amounts("Numeric", ["number"]),
  ...amounts("Date", ["date"]),
  ["Bool", { comparison: "boolean", negated: false, types: ["boolean"] }],
  [
    "Null",
    {
      comparison: "absent",
      negated: false,
      types: ["address", "string", "arn", "boolean", "number", "date"],
    },
  ],
]);

/**
 * The conditions of one statement; all must hold.
 * @param at the statement
 * @param variables whether the policy's version knows policy variables
 * @throws UnsupportedPolicyError for any operator, key or value that is not understood
 */
export function parseConditionBlock(
  block: unknown,
  at: Omit<Place, "element">,
  variables: boolean,
): Condition[] {
  return entriesOf(block, { ...at, element: "Condition" }).flatMap(([operator, keys]) => {
    const place = { ...at, element: `Condition.${operator}` };
    const parsed = parseOperator(operator, place);
    const seen = new Set<ConditionKey>();
    return entriesOf(keys, place).map(([name, given]) => {
      const condition = parseCondition(
        name,
        given,
        { operator, variables, ...parsed },
        {
          ...at,
          element: `Condition.${operator}.${name}`,
        },
      );
      if (seen.has(condition.key)) {
        throw new UnsupportedPolicyError(
          { ...at, element: `Condition.${operator}.${name}` },
          "the key appears twice; expected it once",
        );
      }
      seen.add(condition.key);
      return condition;
    });
  });
}

type ParsedOperator = Operator & Pick<Condition, "operator" | "quantifier" | "ifExists">;

function parseCondition(
  name: string,
  given: unknown,
  { types, variables, ...operator }: ParsedOperator & { readonly variables: boolean },
  place: Place,
): Condition {
  const key = conditionKey(name);
  if (key === undefined) {
    throw new UnsupportedPolicyError(
      place,
      `this condition key is not understood; expected one of ${KNOWN_KEYS}`,
    );
  }
  const { type, multivalued } = keyInfo(key);
  const { comparison, quantifier } = operator;
  // `aws:EpochTime` takes numeric operators too.
  const isEpoch = foldCase(name) === "aws:epochtime" && types.includes("number");
  if (!types.includes(type) && !isEpoch) {
    throw new UnsupportedPolicyError(place, `the key's type is ${type}; use an operator for that type`);
  }
  if (multivalued && quantifier === undefined && comparison !== "absent") {
    throw new UnsupportedPolicyError(
      place,
      "a request can hold several values of the key; expected ForAllValues: or ForAnyValue: before the operator",
    );
  }
  const values = parseValues(given, { comparison, type, variables }, place);
  return { ...operator, key, values, ...(variables && values.some(holdsVariables) && { variables }) };
}

function parseOperator(written: string, place: Place): Omit<ParsedOperator, "operator"> {
  const [, set, base = "", suffix] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(written) ?? [];
  const found = OPERATORS.get(base);
  // AWS has no NullIfExists, and Null asks of no single value.
  const isPlain = set === undefined && suffix === undefined;
  if (found === undefined || (found.comparison === "absent" && !isPlain)) {
    throw new UnsupportedPolicyError(
      place,
      `this condition operator is not understood; expected one of ${[...OPERATORS.keys()].join(", ")}; all but Null ` +
        `also with IfExists, and with ForAllValues: or ForAnyValue: before them`,
    );
  }
  if (set === "ForAnyValue" && suffix !== undefined) {
    throw new UnsupportedPolicyError(
      place,
      "of an absent key, AWS says that ForAnyValue does not hold and that IfExists does; expected one without the other",
    );
  }
  const quantifier = set === "ForAllValues" ? "all" : "any";
  return { ...found, ...(set !== undefined && { quantifier }), ifExists: suffix !== undefined };
}

function entriesOf(value: unknown, place: Place): [string, unknown][] {
  const entries =
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0) {
    throw new UnsupportedPolicyError(
      place,
      `expected an object with at least one entry, given ${shown(value)}`,
    );
  }
  return entries;
}
