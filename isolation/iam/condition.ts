/** Holds conditions against a request, as AWS documents it (sources: conditionBlock.ts). */
import { cidrHolds, parseAddress, parseCidr } from "../../facts/addresses";
import { parseMoment, parseNumber } from "./amounts";
import type { Condition } from "./conditionBlock";
import type { Comparison } from "./conditionValues";
import { keyInfo, type ConditionKey } from "./keys";
import { arnMatches, foldCase, globMatches, textOf, type Glyph } from "./match";
import type { RequestContext } from "./request";
import { expand } from "./variables";

/** Whether all conditions hold; so they do when there are none. */
export function conditionsHold(conditions: readonly Condition[], context: RequestContext): boolean {
  return conditions.every((condition) => conditionHolds(condition, context));
}

function conditionHolds(condition: Condition, context: RequestContext): boolean {
  const { comparison, negated, quantifier, ifExists, key, values } = condition;
  const given = context.get(key);
  if (comparison === "absent") return values.includes(given === undefined ? "true" : "false");
  if (given === undefined) {
    if (quantifier === "all") return true;
    // Nothing matches, and that is what a negated operator asks for; ForAnyValue asks for one that does not.
    return ifExists || (negated && quantifier === undefined);
  }
  const compare = comparisonOf(comparison, key);
  const wanted = values.flatMap((value) => {
    const expanded = expand(value, condition, context);
    return expanded === undefined ? [] : [expanded];
  });
  const holds = (one: string): boolean => wanted.some((value) => compare(value, one)) !== negated;
  return quantifier === "any" ? given.some(holds) : given.every(holds);
}

function comparisonOf(
  comparison: Exclude<Comparison, "absent">,
  key: ConditionKey,
): (wanted: Glyph[], given: string) => boolean {
  switch (comparison) {
    case "equals":
    case "boolean":
      return (wanted, given) => textOf(wanted) === given;
    case "equalsIgnoringCase":
      return (wanted, given) => foldCase(textOf(wanted)) === foldCase(given);
    case "like":
      return globMatches;
    case "arnLike":
      return arnMatches;
    case "inCidr":
      return isInCidr;
    default:
      return (wanted, given) => amounts[comparison](amountOf(key, given), amountOf(key, textOf(wanted)));
  }
}

function isInCidr(wanted: Glyph[], given: string): boolean {
  const cidr = parseCidr(textOf(wanted));
  const address = parseAddress(given);
  // Policy and request were both checked when they were read; a miss here is a mistake in this folder.
  if (cidr === undefined || address === undefined)
    throw new Error(`cannot compare ${given} with ${textOf(wanted)}`);
  return cidrHolds(cidr, address);
}

const amounts = {
  amountEquals: (given: number, wanted: number) => given === wanted,
  lessThan: (given: number, wanted: number) => given < wanted,
  lessThanEquals: (given: number, wanted: number) => given <= wanted,
  greaterThan: (given: number, wanted: number) => given > wanted,
  greaterThanEquals: (given: number, wanted: number) => given >= wanted,
};

function amountOf(key: ConditionKey, text: string): number {
  const amount = keyInfo(key).type === "number" ? parseNumber(text) : parseMoment(text);
  if (amount === undefined) throw new Error(`cannot compare ${text}`);
  return amount;
}
