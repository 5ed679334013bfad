/** Documents that come as JSON texts, and what a schema finds wrong with a value. */
import type { z } from "zod";

/** The value of a JSON text; undefined for a text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What a schema finds wrong, each problem after the path of its property.
 * @param whole what stands for the path where the value itself is wrong
 */
export function problemsOf({ issues }: z.ZodError, whole: string): string {
  return issues.map(({ path, message }) => `${path.join(".") || whole}: ${message}`).join("; ");
}
