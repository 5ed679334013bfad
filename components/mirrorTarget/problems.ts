/** How problems with arguments are worded: path, value, expectation. */

/** The one problem that `value` is not what was expected; none if it is fine. */
export function problemUnless(fine: boolean, path: string, value: unknown, expectation: string): string[] {
  return fine ? [] : [`${path}: got ${JSON.stringify(value)}, expected ${expectation}`];
}

/** One problem for each value that is given more than once. */
export function repeated(path: string, values: string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set(values.filter((value) => seen.size === seen.add(value).size));
  return [...twice].flatMap((value) =>
    problemUnless(false, path, value, "each to be given once (case does not matter)"),
  );
}
