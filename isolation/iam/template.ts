/**
 * Policy variables: `${key}`, `${key, 'default'}`, and the escapes `${*}`, `${?}`, `${$}`, in Resource elements and in the
 * values of string and ARN conditions of a policy of version 2012-10-17.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import { conditionKey, keyInfo, type ConditionKey } from "./keys";

/** A part of a text of a policy. */
export type Piece =
  /** As written; wildcards in it are wildcards. */
  | { readonly kind: "written"; readonly text: string }
  /** Characters that stand for themselves. */
  | { readonly kind: "literal"; readonly text: string }
  /** The request's value of a key stands for itself; in a request without the key, the fallback, if there is one. */
  | { readonly kind: "variable"; readonly key: ConditionKey; readonly fallback?: string };

/** Whether a text may hold variables: then `parseTemplate` has to say which. */
export function holdsVariables(text: string): boolean {
  return text.includes("${");
}

/**
 * Takes a text with variables apart.
 * @returns its pieces, or what is wrong with it, as a sentence without an end
 */
export function parseTemplate(text: string): readonly Piece[] | string {
  const pieces: Piece[] = [];
  let rest = text;
  for (let start = rest.indexOf("${"); start >= 0; start = rest.indexOf("${")) {
    if (start > 0) pieces.push({ kind: "written", text: rest.slice(0, start) });
    // A default may hold any character but a quote, a brace too.
    const [whole, inside = ""] = /^\$\{((?:[^{}']|'[^']*')*)\}/.exec(rest.slice(start)) ?? [];
    if (whole === undefined)
      return `the policy variable at ${JSON.stringify(rest.slice(start))} does not end`;
    const piece = parseVariable(inside);
    if (typeof piece === "string") return piece;
    pieces.push(piece);
    rest = rest.slice(start + whole.length);
  }
  return rest === "" ? pieces : [...pieces, { kind: "written", text: rest }];
}

function parseVariable(inside: string): Piece | string {
  if (["*", "?", "$"].includes(inside)) return { kind: "literal", text: inside };
  const [, name, fallback] = /^\s*([^,'\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? [];
  const key = name === undefined ? undefined : conditionKey(name);
  if (key === undefined) return `the policy variable \${${inside}} is not understood`;
  if (keyInfo(key).multivalued) return `\${${inside}} is multivalued, and no policy variable can be`;
  return { kind: "variable", key, ...(fallback !== undefined && { fallback }) };
}
