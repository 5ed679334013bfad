/** What a preview knows of a value, and how a rule goes on where it knows nothing. */
import type { PolicyResource } from "@pulumi/policy";
import type { Gap } from "../../isolation/model/deployment";

/**
 * Whether this is the policy SDK's error for reading a value that is only known once something exists. Whoever lets it
 * through has the SDK report that the rule could not run in this preview. (The SDK exports the class without a type.)
 */
export function isUnknownValue(error: unknown): error is Error {
  return error instanceof Error && "unknownTypeSentinel" in error;
}

/** What `read` returns; undefined where it comes upon a value that is not known yet. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isUnknownValue(error)) return undefined;
    throw error;
  }
}

/**
 * Checks every item, also when one of them holds a value that is not known yet; that item's error comes last, so that
 * an unknown value can hide no violation elsewhere.
 */
export function checkEach<T>(items: Iterable<T>, check: (item: T) => void): void {
  let unknown: Error | undefined;
  for (const item of items) {
    try {
      check(item);
    } catch (error) {
      if (!isUnknownValue(error)) throw error;
      unknown ??= error;
    }
  }
  if (unknown) throw unknown;
}

/**
 * Waits for what gaps say is only known once something exists.
 * @throws the SDK's error, which names the property, where that is not known yet
 */
export function waitFor(gaps: readonly Gap[], { at }: { at: (urn: string) => PolicyResource }): void {
  for (const { urn, awaits } of gaps) if (awaits !== undefined) readEvery(at(urn).props, awaits);
}

/** Reads whatever has the name, at any depth, to the end. */
function readEvery(value: unknown, name: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    if (key === name) JSON.stringify(Reflect.get(value, key));
    else
      readEvery(
        ifKnown<unknown>(() => Reflect.get(value, key)),
        name,
      );
  }
}

/** A text somewhere in a value, and the way to it, e.g. "tags.Name" or "ingress.0.cidrBlocks.1". */
export interface FoundText {
  path: string;
  text: string;
}

/** Every text in a value that is known already; object keys are part of the paths only. */
export function knownTexts(value: unknown, path: readonly string[] = []): FoundText[] {
  if (typeof value === "string") return [{ path: path.join("."), text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => {
    const member = ifKnown<unknown>(() => Reflect.get(value, key));
    return knownTexts(member, [...path, key]);
  });
}
