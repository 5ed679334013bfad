/** What comes in, for people to read: commits and files. */
import { git, lines, zeroTerminated, type Clone } from "./git";
import { revisions, type RefChange } from "./refs";
import { emptyTree, type Step } from "./workTree";

export interface Commit {
  oid: string;
  author: string;
  /** When it was written, in ISO 8601. */
  date: string;
  subject: string;
}

/** A change with the commits that come with it. */
export type ReadChange = RefChange & { commits: Commit[] };

/** Adds the commits. One that comes with several new references is told of once, with the first. */
export async function readCommits(
  clone: Clone,
  changes: readonly RefChange[],
  taken: readonly string[],
): Promise<ReadChange[]> {
  const told = [...taken];
  const read: ReadChange[] = [];
  for (const change of changes) {
    const without = change.old === null ? told : [change.old];
    read.push({ ...change, commits: change.new === null ? [] : await commits(clone, change.new, without) });
    if (change.new !== null) told.push(change.new);
  }
  return read;
}

async function commits(clone: Clone, tip: string, without: string[]): Promise<Commit[]> {
  const options = ["--no-commit-header", "--format=%H%x00%an%x00%aI%x00%s", "--stdin"];
  const list = await git(clone, ["rev-list", ...options], { input: revisions([tip], without) });
  return lines(list).map((line) => {
    const [oid = "", author = "", date = "", subject = ""] = line.split("\0");
    return { oid, author, date, subject };
  });
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
