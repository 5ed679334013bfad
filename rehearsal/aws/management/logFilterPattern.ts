/**
 * CloudWatch Logs' filter patterns for lines that are plain text: terms that a line must hold, and such as it must not.
 * Patterns that nothing here uses ("?", regular expressions, JSON and columns) are refused, so that none is ever misread.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */

export interface FilterPattern {
  /** All of these are in the line … */
  terms: string[];
  /** … and none of these. */
  excluded: string[];
}

/** The pattern, or undefined for one that CloudWatch Logs would refuse, or nobody here could match. */
export function parseFilterPattern(pattern: string): FilterPattern | undefined {
  // What is not a letter, digit or underscore has to be in double quotes.
  if (!/^\s*(-?("[^"\\]+"|\w+)(\s+|$))*$/.test(pattern)) return undefined;
  const found = [...pattern.matchAll(/(-?)(?:"([^"]+)"|(\w+))/g)].map(([, minus, quoted, word]) => ({
    isExcluded: minus === "-",
    term: quoted ?? word ?? "",
  }));
  const termsOf = (isExcluded: boolean) =>
    found.filter((one) => one.isExcluded === isExcluded).map(({ term }) => term);
  return { terms: termsOf(false), excluded: termsOf(true) };
}

export function matchesLine({ terms, excluded }: FilterPattern, line: string): boolean {
  return terms.every((term) => line.includes(term)) && !excluded.some((term) => line.includes(term));
}
