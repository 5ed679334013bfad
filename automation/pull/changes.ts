/** What comes in, for people to read: commits and files. */
import { git, zeroTerminated, type Clone } from "./git";
import { History, commonBase, describe, type Commit } from "./history";
import type { RefChange } from "./refs";
import { emptyTree, type Step } from "./workTree";

/** A change with the commits that come with it. */
export type ReadChange = RefChange & { commits: Commit[] };

/** Adds the commits. One that comes with several new references is listed once, with the first. */
export async function readCommits(
  clone: Clone,
  changes: readonly RefChange[],
  taken: readonly string[],
): Promise<ReadChange[]> {
  const ends = changes.flatMap(({ old, new: now }) => (old === null || now === null ? [] : [old, now]));
  const moved = await History.read(clone, ends, await commonBase(clone, ends));
  const tips = changes.flatMap(({ old, new: now }) => (old === null && now !== null ? [now] : []));
  const added = await History.read(clone, tips, [...taken, ...ends]);
  const listed = new Set<string>();
  const oids = changes.map(({ old, new: now }) => {
    if (now === null) return [];
    const found = old === null ? added.reach(now, listed) : moved.reach(now, moved.reach(old));
    if (old === null) for (const oid of found) listed.add(oid);
    return (old === null ? added : moved).sorted(found);
  });
  const described = await describe(clone, [...new Set(oids.flat())]);
  return changes.map((change, at) => ({
    ...change,
    commits: (oids[at] ?? []).flatMap((oid) => described.get(oid) ?? []),
  }));
}

/** The paths of the branch that is checked out. */
export interface Files {
  added: string[];
  changed: string[];
  deleted: string[];
}

export async function readFiles(clone: Clone, { from, to }: Step): Promise<Files> {
  const options = ["-r", "-z", "--no-renames", "--no-ext-diff", "--name-status"];
  const fields = zeroTerminated(
    await git(clone, ["diff-tree", ...options, from ?? (await emptyTree(clone)), to]),
  );
  const files: Files = { added: [], changed: [], deleted: [] };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [status, path = ""] = fields.slice(at, at + 2);
    files[status === "A" ? "added" : status === "D" ? "deleted" : "changed"].push(path);
  }
  return files;
}

/** Whether a commit names submodules. */
export async function hasSubmodules(clone: Clone, commit: string): Promise<boolean> {
  return (await git(clone, ["ls-tree", "--name-only", commit, ".gitmodules"])) !== "";
}
