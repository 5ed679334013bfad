/** One pull at a time in one clone. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { GitError, git, lines, type Clone } from "./git";
import { clearLeftovers } from "./leftovers";
import { takeLock, wasLeft } from "./lockFile";

/** Runs something while no other pull works in the clone. What a pull or a git that was killed has left counts for nothing. */
export async function alone<Result>(clone: Clone, work: () => Promise<Result>): Promise<Result> {
  const told = lines(await git(clone, ["rev-parse", "--git-common-dir", "--git-dir"]));
  const [common = clone.folder, own = common] = told.map((folder) =>
    realpathSync(resolve(clone.folder, folder)),
  );
  const file = resolve(common, "airlock-pull.lock");
  const wasKilled = wasLeft(file);
  const unlock = takeLock(file);
  if (unlock === undefined)
    throw new GitError(`Another git airlock pull is at work here. If none is, remove ${file}.`, -1);
  try {
    await clearLeftovers(clone, [...new Set([common, own])], wasKilled);
    return await work();
  } finally {
    unlock();
  }
}
