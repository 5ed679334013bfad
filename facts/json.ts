/** Reads JSON that nobody vouches for: how deep it nests, and whether a name stands twice in an object. */

/**
 * How deep values may lie inside of each other; what is deeper is refused before anything recurses into it. Policies and
 * properties of resources need some ten levels.
 */
export const MOST_LEVELS = 100;

/** Whether a JSON text opens more than `MOST_LEVELS` lists and objects inside of each other. Looks at no other rule of JSON. */
export function nestsTooDeeply(text: string): boolean {
  let level = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isInString) {
      if (character === "\\") i++;
      else isInString = character !== '"';
    } else if (character === '"') isInString = true;
    else if (character === "]" || character === "}") level--;
    else if ((character === "[" || character === "{") && ++level > MOST_LEVELS) return true;
  }
  return false;
}

/** The same of a value, whoever made it. */
export function isTooDeep(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((item) => isTooDeep(item, levels - 1));
}

/** Whether an object in a JSON text has two entries of the same name. @param value what the text says */
export function repeatsNames(text: string, value: unknown): boolean {
  const written = [...text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g)].filter(
    ([, colon]) => colon !== undefined,
  ).length;
  return written !== countEntries(value);
}

function countEntries(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const values: unknown[] = Object.values(value);
  return values.reduce(
    (sum: number, item) => sum + countEntries(item),
    Array.isArray(value) ? 0 : values.length,
  );
}

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
