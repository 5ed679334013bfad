/** Whether two repositories hold the same branches, tags and objects. */
import type { ServerGit } from "./bareRepository";
import { gitOutput } from "./gitProcess";

/** How two repositories compare. */
export interface Comparison {
  equal: boolean;
  /** Branches and tags of the first repository. */
  refs: number;
  /** Objects reachable from them. */
  objects: number;
  /** The first differences, in words; empty when equal. */
  differences: string[];
}

const MAX_DIFFERENCES = 10;

interface Contents {
  /** Full reference name to object id. */
  refs: Map<string, string>;
  /** Object id to type and size in bytes. */
  objects: Map<string, string>;
}

function pairs(text: string): Map<string, string> {
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const space = line.indexOf(" ");
        return [line.slice(0, space), line.slice(space + 1)];
      }),
  );
}

async function contents(directory: string, git: ServerGit): Promise<Contents> {
  const run = (args: string[], input?: string) => gitOutput(["-C", directory, ...args], { ...git, input });
  const listed = await run(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags"]);
  const refs = new Map(
    listed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]),
  );
  // Branches and tags only: a forge keeps references of its own beside them.
  const reachable = await run(["rev-list", "--objects", "--no-object-names", "--branches", "--tags"]);
  return { refs, objects: pairs(await run(["cat-file", "--batch-check"], reachable)) };
}

function differences(what: string, a: Map<string, string>, b: Map<string, string>): string[] {
  const found: string[] = [];
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined) found.push(`${what} ${key} (${value}) is missing in the second repository`);
    else if (other !== value)
      found.push(`${what} ${key} is ${value} in the first and ${other} in the second`);
  }
  for (const [key, value] of b) {
    if (!a.has(key)) found.push(`${what} ${key} (${value}) is missing in the first repository`);
  }
  return found;
}

/**
 * Compares every reference under refs/heads and refs/tags, and every object reachable from them (id, type, size;
 * git checks an id against the content when objects arrive). Three git processes for each repository.
 *
 * @param first a repository's git directory
 * @param second another's, e.g. of a `git clone --mirror`
 * @throws when either is not a repository, or is missing an object
 */
export async function compareRepositories(
  first: string,
  second: string,
  git: ServerGit,
): Promise<Comparison> {
  const [a, b] = await Promise.all([contents(first, git), contents(second, git)]);
  const found = [...differences("reference", a.refs, b.refs), ...differences("object", a.objects, b.objects)];
  return {
    equal: found.length === 0,
    refs: a.refs.size,
    objects: a.objects.size,
    differences: found.slice(0, MAX_DIFFERENCES),
  };
}
