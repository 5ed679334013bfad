/** Looks into JSON that nobody vouches for. */
import { repeatsNames } from "../iam/policy";

/** @returns undefined for a text that is no JSON */
export function parsed(text: string): unknown {
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

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
