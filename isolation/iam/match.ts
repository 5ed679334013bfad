/** The wildcard comparisons of IAM: `*` stands for any run of characters, also none; `?` for exactly one. */
import { splitArn } from "../../facts/arn";

/** A character that stands for itself, or a wildcard. */
export type Glyph = string | typeof ANY_RUN | typeof ANY_ONE;

const ANY_RUN = Symbol("*");
const ANY_ONE = Symbol("?");

const IS_ASCII = /^[\0-\x7f]*$/;

/** A pattern as it is written. */
export function glyphsOf(pattern: string): Glyph[] {
  return Array.from(pattern, (char) => (char === "*" ? ANY_RUN : char === "?" ? ANY_ONE : char));
}

/** A pattern whose wildcards stand for themselves, as for StringEquals. */
export function textOf(glyphs: readonly Glyph[]): string {
  return glyphs.map((glyph) => (glyph === ANY_RUN ? "*" : glyph === ANY_ONE ? "?" : glyph)).join("");
}

/**
 * Whether the pattern covers the whole text, case by case. `*` crosses `:` and `/`.
 *
 * A later `*` never needs an earlier one to be tried again, so the work is at most pattern × text steps, whatever
 * the pattern: nobody can stall the evaluator with a policy.
 */
export function globMatches(pattern: string | readonly Glyph[], text: string): boolean {
  // Most pairs already differ before the first wildcard, and that needs no glyphs.
  if (typeof pattern === "string" && !text.startsWith(literalStart(pattern))) return false;
  const wanted = typeof pattern === "string" ? glyphsOf(pattern) : pattern;
  const given = Array.from(text);
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < given.length) {
    if (wanted[p] === ANY_RUN) {
      star = p++;
      resume = t;
    } else if (p < wanted.length && (wanted[p] === ANY_ONE || wanted[p] === given[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[p] === ANY_RUN) p++;
  return p === wanted.length;
}

/** What stands before a pattern's first wildcard. */
function literalStart(pattern: string): string {
  const end = pattern.search(/[*?]/);
  return end < 0 ? pattern : pattern.slice(0, end);
}

/** A text that a pattern covers. */
export function sampleOf(pattern: string): string {
  return pattern.replace(/\*/g, "any").replace(/\?/g, "x");
}

/** Lower case for A–Z only: how AWS folds other letters is documented nowhere. */
export function foldCase(text: string): string {
  // Where there are no other letters, one call does.
  return IS_ASCII.test(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

/**
 * Whether an action pattern such as `codecommit:Git*` covers an action. Prefix and name are case-insensitive
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
 */
export function actionMatches(pattern: string, action: string): boolean {
  return globMatches(foldCase(pattern), foldCase(action));
}

/**
 * ArnLike and ArnEquals, which are the same: each of the six components is compared by itself, so that no `*`
 * crosses a colon, but for those within the resource component
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN).
 */
export function arnMatches(pattern: string | readonly Glyph[], arn: string): boolean {
  const wanted = componentsOf(typeof pattern === "string" ? glyphsOf(pattern) : pattern);
  const given = splitArn(arn);
  if (wanted.length < 6 || given === undefined) return false;
  return given.every((component, i) => globMatches(wanted[i] ?? [], component));
}

/** Split at the first five colons. */
function componentsOf(pattern: readonly Glyph[]): Glyph[][] {
  const components: Glyph[][] = [[]];
  for (const glyph of pattern) {
    if (glyph === ":" && components.length < 6) components.push([]);
    else components.at(-1)?.push(glyph);
  }
  return components;
}
