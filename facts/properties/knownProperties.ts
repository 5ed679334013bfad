/**
 * The properties of the resource types that the proof's model reads. A property that is set and is not known here leaves
 * claims open: it is of a newer provider, or it changes what the model makes of the resource and no reader asks for it.
 */

/** What is known of a type's properties. */
export interface KnownProperties {
  /** Those that a reader asks for, and those that change nothing of what any reader makes of the resource. */
  readonly known: ReadonlySet<string>;
  /** Properties that change nothing while they have one of these values. */
  readonly only: ReadonlyMap<string, readonly unknown[]>;
  /** Properties without which nothing can be made of the resource. */
  readonly required: readonly string[];
}

/** Names, ids, and what AWS and people write beside a resource. */
const EVERYWHERE = "arn description id name namePrefix ownerId region tags tagsAll timeouts urn";

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** @param names separated by spaces */
export function known(
  names: string,
  more: { readonly only?: Readonly<Record<string, readonly unknown[]>>; readonly required?: string } = {},
): KnownProperties {
  const { only = {}, required = "" } = more;
  return {
    known: new Set([...words(EVERYWHERE), ...words(names), ...words(required), ...Object.keys(only)]),
    only: new Map(Object.entries(only)),
    required: words(required),
  };
}
