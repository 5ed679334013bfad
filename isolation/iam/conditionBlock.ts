/**
 * Reads the Condition element of a statement.
 *
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import { parseCidr } from "./address";
import { splitArn } from "./arn";
import { foldCase } from "./match";
import { shown, UnsupportedPolicyError, type Place } from "./unsupported";

export type ValueType = "address" | "string" | "arn" | "boolean";

/**
 * Every condition key that is understood, with its type. All are single-valued.
 *
 * The set is closed, because a condition on a key that nothing is known about cannot be decided: absent, it turns a
 * negated operator true and any other false; multi-valued, it changes what every operator means. Either way a Deny
 * could silently vanish.
 */
export const CONDITION_KEYS = {
  "aws:SourceIp": "address",
  "aws:VpcSourceIp": "address",
  "aws:SourceVpc": "string",
  "aws:SourceVpce": "string",
  "aws:PrincipalArn": "arn",
  "aws:PrincipalAccount": "string",
  "aws:PrincipalIsAWSService": "boolean",
  "aws:ResourceAccount": "string",
  "aws:ViaAWSService": "boolean",
  "aws:SecureTransport": "boolean",
  "codecommit:References": "string",
} as const satisfies Record<string, ValueType>;

export type ConditionKey = keyof typeof CONDITION_KEYS;

const KEYS_BY_FOLDED_NAME = new Map(
  Object.keys(CONDITION_KEYS)
    .filter((name): name is ConditionKey => name in CONDITION_KEYS)
    .map((key) => [foldCase(key), key]),
);

/** The key in its usual spelling (names of keys are case-insensitive), or undefined if it is not understood. */
export function conditionKey(name: string): ConditionKey | undefined {
  return KEYS_BY_FOLDED_NAME.get(foldCase(name));
}

/** How a value of the policy is held against the value of the request. */
export type Comparison =
  "equals" | "equalsIgnoringCase" | "like" | "arnLike" | "inCidr" | "boolean" | "absent";

/** One key under one operator. It holds if the comparison holds for any of the values; if negated, for none. */
export interface Condition {
  /** As written, e.g. `StringEqualsIfExists`: for messages. */
  readonly operator: string;
  readonly comparison: Comparison;
  readonly negated: boolean;
  /** The condition holds when the request lacks the key. */
  readonly ifExists: boolean;
  readonly key: ConditionKey;
  /** At least one. For `boolean` and `absent` exactly one, "true" or "false". */
  readonly values: readonly string[];
}

const OPERATORS = new Map<string, { comparison: Comparison; negated: boolean }>([
  ["StringEquals", { comparison: "equals", negated: false }],
  ["StringNotEquals", { comparison: "equals", negated: true }],
  ["StringEqualsIgnoreCase", { comparison: "equalsIgnoringCase", negated: false }],
  ["StringNotEqualsIgnoreCase", { comparison: "equalsIgnoringCase", negated: true }],
  ["StringLike", { comparison: "like", negated: false }],
  ["StringNotLike", { comparison: "like", negated: true }],
  ["ArnEquals", { comparison: "arnLike", negated: false }],
  ["ArnLike", { comparison: "arnLike", negated: false }],
  ["ArnNotEquals", { comparison: "arnLike", negated: true }],
  ["ArnNotLike", { comparison: "arnLike", negated: true }],
  ["IpAddress", { comparison: "inCidr", negated: false }],
  ["NotIpAddress", { comparison: "inCidr", negated: true }],
  ["Bool", { comparison: "boolean", negated: false }],
  ["Null", { comparison: "absent", negated: false }],
]);

/**
 * Which types of key a comparison is documented for. What AWS does with others (an address compared as text, say) is
 * documented nowhere.
 */
const COMPARABLE: Record<Comparison, readonly ValueType[]> = {
  equals: ["string", "arn"],
  equalsIgnoringCase: ["string", "arn"],
  like: ["string", "arn"],
  arnLike: ["arn"],
  inCidr: ["address"],
  boolean: ["boolean"],
  absent: ["address", "string", "arn", "boolean"],
};

/**
 * The conditions of one statement; all must hold.
 * @param at the statement
 * @throws UnsupportedPolicyError for any operator, key or value that is not understood
 */
export function parseConditionBlock(block: unknown, at: Omit<Place, "element">): Condition[] {
  return entriesOf(block, { ...at, element: "Condition" }).flatMap(([operator, keys]) => {
    const place = { ...at, element: `Condition.${operator}` };
    const { comparison, negated, ifExists } = parseOperator(operator, place);
    const seen = new Set<ConditionKey>();
    return entriesOf(keys, place).map(([name, given]) => {
      const keyPlace = { ...at, element: `Condition.${operator}.${name}` };
      const key = conditionKey(name);
      if (key === undefined) {
        const known = Object.keys(CONDITION_KEYS).join(", ");
        throw new UnsupportedPolicyError(
          keyPlace,
          `this condition key is not understood; expected one of ${known}`,
        );
      }
      if (seen.has(key))
        throw new UnsupportedPolicyError(keyPlace, "the key appears twice; expected it once");
      seen.add(key);
      const type = CONDITION_KEYS[key];
      if (!COMPARABLE[comparison].includes(type)) {
        throw new UnsupportedPolicyError(
          keyPlace,
          `the key's type is ${type}; use an operator for that type`,
        );
      }
      return {
        operator,
        comparison,
        negated,
        ifExists,
        key,
        values: parseValues(given, comparison, keyPlace),
      };
    });
  });
}

function parseOperator(
  operator: string,
  place: Place,
): Pick<Condition, "comparison" | "negated" | "ifExists"> {
  const ifExists = operator.endsWith("IfExists");
  const base = OPERATORS.get(ifExists ? operator.slice(0, -"IfExists".length) : operator);
  // AWS has no NullIfExists.
  if (base === undefined || (ifExists && base.comparison === "absent")) {
    const known = [...OPERATORS.keys()].join(", ");
    throw new UnsupportedPolicyError(
      place,
      `this condition operator is not understood; expected one of ${known}, all but Null also with IfExists`,
    );
  }
  return { ...base, ifExists };
}

function parseValues(given: unknown, comparison: Comparison, place: Place): string[] {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0)
    throw new UnsupportedPolicyError(place, "the list of values is empty; expected a value");
  const truth = comparison === "boolean" || comparison === "absent";
  if (truth && list.length > 1) {
    throw new UnsupportedPolicyError(place, `expected a single "true" or "false", given ${shown(given)}`);
  }
  return list.map((value) => {
    if (truth) return parseTruth(value, place);
    if (typeof value !== "string")
      throw new UnsupportedPolicyError(place, `expected text, given ${shown(value)}`);
    if (value.includes("${")) {
      throw new UnsupportedPolicyError(
        place,
        `${shown(value)} holds a policy variable; write the value itself`,
      );
    }
    if (comparison === "inCidr" && parseCidr(value) === undefined) {
      throw new UnsupportedPolicyError(
        place,
        `expected an IPv4 address or a CIDR range such as "203.0.113.0/24" or "2001:db8::/64", given ${shown(value)}`,
      );
    }
    if (comparison === "arnLike" && splitArn(value)?.[0] !== "arn") {
      throw new UnsupportedPolicyError(
        place,
        `expected all six components, e.g. "arn:aws:iam::*:role/*", given ${shown(value)}`,
      );
    }
    return value;
  });
}

function parseTruth(value: unknown, place: Place): string {
  if (value === true || value === "true") return "true";
  if (value === false || value === "false") return "false";
  throw new UnsupportedPolicyError(place, `expected "true" or "false", given ${shown(value)}`);
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
