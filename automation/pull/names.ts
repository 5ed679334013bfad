/** Names of references that exclude each other: where `feature` is, git can make no `feature/x`. */

/** Of the names that are there, those that stand in the way of names that are to be made. */
export function inTheWay(there: Iterable<string>, made: readonly string[]): string[] {
  const names = new Set(made);
  const folders = new Set(made.flatMap(foldersOf));
  return [...there].filter(
    (name) => folders.has(name) || foldersOf(name).some((folder) => names.has(folder)),
  );
}

/** `a/b/c` lies in `a` and `a/b`. */
function foldersOf(name: string): string[] {
  const found: string[] = [];
  for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) found.push(name.slice(0, at));
  return found;
}

/** A name of which no other is a folder: `a/b` becomes `+a/=b`. */
export function apart(name: string): string {
  return name.replace(/[^/]+$/, "=$&").replace(/[^/]+(?=\/)/g, "+$&");
}

/** The name that was set apart. */
export function together(name: string): string {
  return name.replace(/(^|\/)[+=]/g, "$1");
}
