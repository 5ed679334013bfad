/** The wildcard comparisons of IAM: `*` stands for any run of characters, also none; `?` for exactly one. */
import { splitArn } from "./arn";

/**
 * Whether the pattern covers the whole text, case by case. `*` crosses `:` and `/`.
 *
 * A later `*` never needs an earlier one to be tried again, so the work is at most pattern × text steps, whatever
 * the pattern: nobody can stall the evaluator with a policy.
 */
export function globMatches(pattern: string, text: string): boolean {
  const wanted = Array.from(pattern);
  const given = Array.from(text);
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < given.length) {
    // The star is looked at first: in the text, "*" is a character like any other.
    if (wanted[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < wanted.length && (wanted[p] === "?" || wanted[p] === given[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[p] === "*") p++;
  return p === wanted.length;
}

/** Lower case for A–Z only: how AWS folds other letters is documented nowhere. */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
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
export function arnMatches(pattern: string, arn: string): boolean {
  const wanted = splitArn(pattern);
  const given = splitArn(arn);
  if (wanted === undefined || given === undefined) return false;
  return wanted.every((component, i) => globMatches(component, given[i] ?? ""));
}
