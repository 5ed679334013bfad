/** One pull at a time in one clone. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { GitError, git, type Clone } from "./git";

/** Runs something while no other pull works in the clone. The lock of a process that is gone counts for nothing. */
export async function alone<Result>(clone: Clone, work: () => Promise<Result>): Promise<Result> {
  const folder = (await git(clone, ["rev-parse", "--git-common-dir"])).trim();
  const file = resolve(clone.folder, folder, "airlock-pull.lock");
  if (!isTaken(file)) rmSync(file, { force: true });
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
  } catch {
    throw new GitError(`Another git airlock pull is at work here. If none is, remove ${file}.`, -1);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function isTaken(file: string): boolean {
  try {
    // Signal 0 reaches nobody; it asks whether the process is there.
    process.kill(Number(readFileSync(file, "utf8")) || process.pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
