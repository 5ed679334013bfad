/** Git references that pushes may touch: full names, and patterns of them. */

/** All branches and all tags; GitLab's mirrors push nothing else. */
export const allReferences: readonly string[] = ["refs/heads/*", "refs/tags/*"];

/** As many as fit into each push policy beside the repositories. */
export const mostReferences = 20;

/**
 * What is wrong with a reference, or undefined. A wildcard stands at the end alone: `refs/heads/*`, `refs/heads/release/*`,
 * `refs/heads/v*`. Whitespace and what git forbids in names (git-check-ref-format) cannot be in one.
 */
export function referenceProblem(reference: string): string | undefined {
  if (!/^refs\/(heads|tags)\/./.test(reference)) return "does not begin with refs/heads/ or refs/tags/";
  if (reference.length > 200) return "is longer than 200 characters";
  const name = reference.replace(/\*$/, "x");
  if (/[\s~^:?*[\\"$\x00-\x20\x7f]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[./]$/.test(name))
    return "is not a name of a reference; only a * at its end is a wildcard";
  return undefined;
}
