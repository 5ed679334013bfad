/** Reads the values of a condition (conditionBlock.ts). */
import { parseCidr } from "../../facts/addresses";
import { parseMoment, parseNumber } from "./amounts";
import { splitArn } from "../../facts/arn";
import type { ValueType } from "./keys";
import { holdsVariables, parseTemplate } from "./template";
import { shown, UnsupportedPolicyError, type Place } from "./unsupported";

/** How the request's value is held against the policy's: it equals that, it is less than that, … */
export type Comparison =
  | "equals"
  | "equalsIgnoringCase"
  | "like"
  | "arnLike"
  | "inCidr"
  | "boolean"
  | "amountEquals"
  | "lessThan"
  | "lessThanEquals"
  | "greaterThan"
  | "greaterThanEquals"
  | "absent";

/** What a condition's values are held against. */
export interface Wanted {
  readonly comparison: Comparison;
  /** The key's type. */
  readonly type: ValueType;
  /** Whether the policy's version knows policy variables. */
  readonly variables: boolean;
}

/**
 * The values, as texts.
 * @throws UnsupportedPolicyError for one that the comparison cannot take
 */
export function parseValues(given: unknown, wanted: Wanted, place: Place): string[] {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0)
    throw new UnsupportedPolicyError(place, "the list of values is empty; expected a value");
  if (isTruth(wanted) && list.length > 1) {
    throw new UnsupportedPolicyError(place, `expected a single "true" or "false", given ${shown(given)}`);
  }
  return list.map((value) => parseValue(value, wanted, place));
}

function parseValue(value: unknown, wanted: Wanted, place: Place): string {
  const { comparison, type } = wanted;
  const isText =
    typeof value === "string" ||
    (typeof value === "boolean" && isTruth(wanted)) ||
    (typeof value === "number" && isAmount(type));
  const text = isText ? String(value) : undefined;
  const refuse = (problem: string): never => {
    throw new UnsupportedPolicyError(place, problem);
  };
  if (text === undefined)
    return refuse(`expected ${isTruth(wanted) ? TRUTH : "text"}, given ${shown(value)}`);
  if (wanted.variables && holdsVariables(text)) return checkTemplate(text, comparison, refuse);
  const expected = expectation(text, comparison, type);
  return expected === undefined ? text : refuse(`expected ${expected}, given ${shown(value)}`);
}

function checkTemplate(text: string, comparison: Comparison, refuse: (problem: string) => never): string {
  if (!["equals", "equalsIgnoringCase", "like", "arnLike"].includes(comparison))
    return refuse(
      `${shown(text)} holds a policy variable, and only texts and ARNs may; write the value itself`,
    );
  const pieces = parseTemplate(text);
  return typeof pieces === "string" ? refuse(pieces) : text;
}

const TRUTH = '"true" or "false"';
const isTruth = ({ comparison }: Wanted) => comparison === "boolean" || comparison === "absent";
const isAmount = (type: ValueType) => type === "number" || type === "date";

/** What a text should have been; undefined where it is. */
function expectation(text: string, comparison: Comparison, type: ValueType): string | undefined {
  switch (comparison) {
    case "absent":
    case "boolean":
      return text === "true" || text === "false" ? undefined : TRUTH;
    case "inCidr":
      return parseCidr(text)
        ? undefined
        : 'an IPv4 address or a CIDR range such as "203.0.113.0/24" or "2001:db8::/64"';
    case "arnLike":
      return splitArn(text)?.[0] === "arn" ? undefined : 'all six components, e.g. "arn:aws:iam::*:role/*"';
    case "equals":
    case "equalsIgnoringCase":
    case "like":
      return undefined;
    default:
      if (type === "number") return parseNumber(text) === undefined ? 'a number such as "3600"' : undefined;
      return parseMoment(text) === undefined ? 'a moment such as "2026-01-31T09:00:00Z"' : undefined;
  }
}
