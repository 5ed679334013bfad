/** How deep values may lie inside of each other. What is deeper is refused before anything recurses into it. */

/** Policies and properties of resources need some ten levels. */
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
