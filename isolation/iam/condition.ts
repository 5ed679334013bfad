/** Holds conditions against a request, as AWS documents it (sources: conditionBlock.ts). */
import { cidrHolds, parseAddress, parseCidr } from "./address";
import type { Comparison, Condition, ConditionKey } from "./conditionBlock";
import { arnMatches, foldCase, globMatches } from "./match";

/** What a request says: one checked value per key. A key that is missing is absent from the request. */
export type RequestContext = ReadonlyMap<ConditionKey, string>;

/** Whether all conditions hold; so they do when there are none. */
export function conditionsHold(conditions: readonly Condition[], context: RequestContext): boolean {
  return conditions.every((condition) => conditionHolds(condition, context.get(condition.key)));
}

/** @param given the request's value of the condition's key; undefined when absent */
function conditionHolds(
  { comparison, negated, ifExists, values }: Condition,
  given: string | undefined,
): boolean {
  if (comparison === "absent") return values.includes(given === undefined ? "true" : "false");
  // Where the key is absent nothing matches, and that is what a negated operator asks for.
  if (given === undefined) return negated || ifExists;
  return values.some((wanted) => matches[comparison](wanted, given)) !== negated;
}

const matches: Record<Exclude<Comparison, "absent">, (wanted: string, given: string) => boolean> = {
  equals: (wanted, given) => wanted === given,
  equalsIgnoringCase: (wanted, given) => foldCase(wanted) === foldCase(given),
  like: globMatches,
  arnLike: arnMatches,
  boolean: (wanted, given) => wanted === given,
  inCidr(wanted, given) {
    const cidr = parseCidr(wanted);
    const address = parseAddress(given);
    // Policy and request were both checked when they were read; a miss here is a mistake in this folder.
    if (cidr === undefined || address === undefined)
      throw new Error(`cannot compare ${given} with ${wanted}`);
    return cidrHolds(cidr, address);
  },
};
