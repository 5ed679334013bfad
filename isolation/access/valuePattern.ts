/** What the values of conditions cover. */
import type { Condition } from "../iam/conditionBlock";
import { arnPattern, glob, hasWildcards, ignoringCase, literally, wildcards, type Pattern } from "./pattern";
import type { Requester } from "./region";
import { resolve } from "./variables";

/**
 * What a value of a condition covers: a text by itself, or a pattern.
 * @returns a text as it is where nothing else is covered; undefined where a variable has no value: nothing is covered
 */
export function valuePattern(
  condition: Condition,
  value: string,
  requester: Requester,
): string | Pattern | undefined {
  const { comparison } = condition;
  const resolved = resolve(value, condition, requester);
  if (resolved === undefined) return undefined;
  const text = resolved.map((part) => part.text).join("");
  if (comparison === "equalsIgnoringCase") return ignoringCase(text);
  if ((comparison !== "like" && comparison !== "arnLike") || !hasWildcards(text)) return text;
  const isPlain = resolved.every((part) => !part.literal || !hasWildcards(part.text));
  if (comparison === "arnLike") {
    // The supported subset has none (supportedSubset.ts), and names of users and roles hold no wildcards.
    if (!isPlain) throw new Error(`a wildcard that stands for itself in the ARN ${value}`);
    return arnPattern(text);
  }
  if (isPlain) return glob(text);
  const steps = resolved.flatMap((part) => (part.literal ? literally(part.text) : wildcards(part.text)));
  return { key: JSON.stringify(resolved), label: value, steps };
}
