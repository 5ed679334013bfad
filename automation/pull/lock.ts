/** One pull at a time in one clone. */
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { GitError, git, lines, type Clone } from "./git";
import { clearLeftovers } from "./leftovers";
import { beganAt, isThere } from "./processes";

/** Runs something while no other pull works in the clone. What a pull or a git that was killed has left counts for nothing. */
export async function alone<Result>(clone: Clone, work: () => Promise<Result>): Promise<Result> {
  const told = lines(await git(clone, ["rev-parse", "--git-common-dir", "--git-dir"]));
  const [common = clone.folder, own = common] = told.map((folder) =>
    realpathSync(resolve(clone.folder, folder)),
  );
  const file = resolve(common, "airlock-pull.lock");
  const wasKilled = existsSync(file) && !isTaken(file);
  if (wasKilled) rmSync(file, { force: true });
  try {
    writeFileSync(file, `${process.pid} ${beganAt(process.pid)}`, { flag: "wx" });
  } catch {
    throw new GitError(`Another git airlock pull is at work here. If none is, remove ${file}.`, -1);
  }
  try {
    await clearLeftovers(clone, [...new Set([common, own])], wasKilled);
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Whether the process that wrote the file is there, and not another one that was given its id. */
function isTaken(file: string): boolean {
  let written: string;
  try {
    written = readFileSync(file, "utf8");
  } catch {
    return false;
  }
  const [id = "", began = ""] = written.split(" ");
  const pid = Number(id);
  // Just made, and not written yet.
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  return isThere(pid) && (began === "" || began === beganAt(pid));
}
