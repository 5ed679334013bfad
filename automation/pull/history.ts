/** A part of the history, read at once, in which many questions cost no process each. */
import { git, lines, run, type Clone } from "./git";

export interface Commit {
  oid: string;
  author: string;
  /** When it was written, in ISO 8601. */
  date: string;
  subject: string;
}

/** What git reads on standard input: commits reachable from these, and not from those. */
export function revisions(of: readonly string[], without: readonly string[]): string {
  return [...of, ...without.map((oid) => `^${oid}`)].map((line) => `${line}\n`).join("");
}

/** What each object is once tags are followed to their end: its kind and id. Absent where it is not here. */
export async function peel(
  clone: Clone,
  oids: readonly string[],
): Promise<Map<string, { oid: string; type: string }>> {
  if (oids.length === 0) return new Map();
  const input = oids.map((oid) => `${oid}^{}\n`).join("");
  const told = lines(await git(clone, ["cat-file", "--batch-check=%(objectname) %(objecttype)"], { input }));
  const found = oids.map((oid, at): [string, { oid: string; type: string }] => {
    const [peeled = "", type = ""] = (told[at] ?? "").split(" ");
    return [oid, { oid: peeled, type }];
  });
  return new Map(found.filter(([, { type }]) => type !== "missing"));
}

/** The commits that are reachable from some and not from others. */
export class History {
  private constructor(
    /** By commit, the newest first, as git lists them. */
    private readonly commits: ReadonlyMap<string, { at: number; parents: readonly string[] }>,
    private readonly peeled: ReadonlyMap<string, { oid: string }>,
  ) {}

  static async read(clone: Clone, of: readonly string[], without: readonly string[]): Promise<History> {
    const commits = new Map<string, { at: number; parents: string[] }>();
    if (of.length === 0) return new History(commits, new Map());
    const input = revisions(of, without);
    for (const line of lines(await git(clone, ["rev-list", "--parents", "--stdin"], { input }))) {
      const [oid = "", ...parents] = line.split(" ");
      commits.set(oid, { at: commits.size, parents });
    }
    return new History(commits, await peel(clone, of));
  }

  /** What is reachable from a tip within this part, and was not reached before. */
  reach(tip: string, before: ReadonlySet<string> = new Set()): Set<string> {
    const reached = new Set<string>();
    const open = [this.peeled.get(tip)?.oid ?? tip];
    for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
      const commit = this.commits.get(oid);
      if (commit === undefined || reached.has(oid) || before.has(oid)) continue;
      reached.add(oid);
      open.push(...commit.parents);
    }
    return reached;
  }

  /** How many commits are reachable from one tip, and not from the other. */
  countWithout(tip: string, other: string): number {
    return this.reach(tip, this.reach(other)).size;
  }

  /** Commits in git's order, the newest first. */
  sorted(commits: ReadonlySet<string>): string[] {
    const at = (oid: string) => this.commits.get(oid)?.at ?? 0;
    return [...commits].sort((one, other) => at(one) - at(other));
  }
}

/**
 * What all these commits have in common, so that a history need not be read to its beginning to compare them. Nothing
 * where they have nothing in common.
 */
export async function commonBase(clone: Clone, oids: readonly string[]): Promise<string[]> {
  const commits = new Set(
    [...(await peel(clone, oids)).values()].filter(({ type }) => type === "commit").map(({ oid }) => oid),
  );
  if (commits.size === 0 || commits.size > MOST_ARGUMENTS) return [];
  const { code, stdout } = await run(clone, ["merge-base", "--octopus", ...commits]);
  return code === 0 ? lines(stdout) : [];
}

/** Command lines are not endless: 128 KiB at the least, for ids of up to 65 bytes. */
const MOST_ARGUMENTS = 1000;

/** What people want to know of commits, by id. */
export async function describe(clone: Clone, oids: readonly string[]): Promise<Map<string, Commit>> {
  if (oids.length === 0) return new Map();
  const options = ["--no-walk=unsorted", "--no-commit-header", "--format=%H%x00%an%x00%aI%x00%s", "--stdin"];
  const list = lines(await git(clone, ["rev-list", ...options], { input: revisions(oids, []) }));
  return new Map(
    list.map((line) => {
      const [oid = "", author = "", date = "", subject = ""] = line.split("\0");
      return [oid, { oid, author, date, subject }];
    }),
  );
}
