/** The clone that a pull works in: one that is there, or a new one. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../usageError";
import { readConventions } from "./conventions";
import { GitError, git, type Clone } from "./git";
import { firstBranch } from "./incoming";
import { checkUrl } from "./options";
import type { Tips } from "./refs";
import { bundleFormat } from "./source";

/** A clone with what is known of it. */
export async function openClone(folder: string, stopped: AbortSignal): Promise<Clone> {
  const clone = { folder, stopped, conventions: [] };
  // The first git command here runs with the user's settings: it checks whose clone it is.
  await git(clone, ["rev-parse", "--git-dir"], { isRemote: true });
  return { ...clone, conventions: await readConventions(clone) };
}

/** Where the clone has come from, and must still come from. @throws UsageError */
export async function origin(clone: Clone, given?: string): Promise<string> {
  const known = (await git(clone, ["config", "--default=", "--get", "remote.origin.url"])).trim();
  if (known === "")
    throw new UsageError(`${clone.folder} has no remote "origin"; clone it with git airlock pull.`);
  checkUrl(known);
  if (given !== undefined && given !== known)
    throw new UsageError(`${clone.folder} has come from another URL than was given; name another folder.`);
  if ((await git(clone, ["rev-parse", "--is-shallow-repository"])).trim() === "true")
    throw new UsageError(
      `${clone.folder} is a shallow clone, where history cannot be compared; clone it anew.`,
    );
  return known;
}

/** Fills a new clone, and says whether it is to stay. */
export type Fill<Result> = (
  clone: Clone,
  onIncoming: (incoming: Tips) => Promise<void>,
) => Promise<{ result: Result; stays: boolean }>;

/**
 * Makes a clone, in the source's hash. Git tells that only once it was asked for objects in another; a bundle says it.
 * @param ref the branch that is checked out, where the user names one
 */
export async function cloneAnew<Result>(
  place: { url: string; folder: string; ref?: string },
  stopped: AbortSignal,
  fill: Fill<Result>,
): Promise<Result> {
  const format = bundleFormat(place.url) ?? "sha1";
  try {
    return await cloneIn(format, place, stopped, fill);
  } catch (error) {
    const other = /mismatched algorithms: client \w+; server (sha\d+)/.exec(
      error instanceof GitError ? error.message : "",
    );
    if (other?.[1] === undefined || other[1] === format) throw error;
    return cloneIn(other[1], place, stopped, fill);
  }
}

/** Beside the folder and renamed at the end: killed half-way, nothing looks like a clone. */
async function cloneIn<Result>(
  format: string,
  { url, folder, ref }: { url: string; folder: string; ref?: string },
  stopped: AbortSignal,
  fill: Fill<Result>,
): Promise<Result> {
  let around: string;
  try {
    around = mkdtempSync(`${folder}.airlock-`);
  } catch (error) {
    throw new UsageError(`${dirname(folder)} cannot be written: ${String(error)}`);
  }
  try {
    const inner = join(around, basename(folder));
    mkdirSync(inner);
    const init = ["init", "--quiet", "--template=", "--initial-branch=main", `--object-format=${format}`];
    await git({ folder: inner, stopped, conventions: [] }, init);
    const clone = await openClone(inner, stopped);
    await git(clone, ["config", "remote.origin.url", url]);
    // Without the usual "+": a plain "git fetch" refuses rewritten branches too.
    await git(clone, ["config", "remote.origin.fetch", "refs/heads/*:refs/remotes/origin/*"]);
    const { result, stays } = await fill(clone, async (incoming) => {
      const branch = firstBranch(incoming, ref);
      const name = branch.slice("refs/heads/".length);
      await git(clone, ["symbolic-ref", "HEAD", branch]);
      await git(clone, ["config", `branch.${name}.remote`, "origin"]);
      await git(clone, ["config", `branch.${name}.merge`, branch]);
    });
    if (stays) renameSync(inner, folder);
    return result;
  } finally {
    rmSync(around, { recursive: true, force: true });
  }
}

/** Whether a folder holds a clone with files. */
export function isClone(folder: string): boolean {
  return existsSync(join(folder, ".git"));
}
