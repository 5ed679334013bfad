/** Looks into JSON that nobody vouches for. */
import { repeatsNames } from "../iam/policy";
import { nestsTooDeeply } from "../nesting";

/** @returns undefined for a text that is not JSON, or that nests values deeper than is read */
export function parsed(text: string): unknown {
  if (nestsTooDeeply(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns undefined also where an object has two entries of the same name, of which others may read the other one */
export function strictlyParsed(text: string): unknown {
  const value = parsed(text);
  return repeatsNames(text, value) ? undefined : value;
}
