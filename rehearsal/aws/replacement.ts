/**
 * Which changes make AWS's provider replace a resource instead of changing it.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws `ForceNew` and `RequiresReplace` in each resource's schema (v6)
 */
import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../../facts/record";
import type { Properties } from "./accountContext";

/** The inputs of which every change replaces, or a function that says so of a changed input. */
export type Replacement =
  readonly string[] | ((input: string, olds: Properties, news: Properties) => boolean);

/** Whether a change of an input from one value to another replaces the resource. */
type Judge = (before: unknown, after: unknown) => boolean;

/** Any change replaces. */
export const byAnyInput: Replacement = () => true;

/** A change of any input but these replaces. */
export function byAnyInputBut(...kept: readonly string[]): Replacement {
  return (input) => !kept.includes(input);
}

/** Any change of some inputs replaces, and of others some changes do. */
export function byInputs(replacing: readonly string[], judges: Readonly<Record<string, Judge>>): Replacement {
  return (input, olds, news) =>
    replacing.includes(input) || (judges[input]?.(olds[input], news[input]) ?? false);
}

/** Judges by properties of these names, wherever in the value they are. */
export function changesOf(...names: readonly string[]): Judge {
  const under = (value: unknown): unknown[] => {
    if (Array.isArray(value)) return value.map(under);
    if (!isRecord(value)) return [];
    return Object.entries(value).flatMap(([name, inner]) => [
      names.includes(name) ? { [name]: inner } : [],
      under(inner),
    ]);
  };
  return (before, after) => !isDeepStrictEqual(under(before), under(after));
}
