/**
 * Locks of a git that was killed. Git never removes another git's lock, and asks people to; here that is safe to do where
 * the system shows that no git works in the clone. https://git-scm.com/docs/api-lockfile
 */
import { existsSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { GitError, type Clone } from "./git";
import { gitsIn } from "./processes";

/** How long a git that has outlived its pull, or that somebody else runs, is waited for. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 100;

/**
 * @param folders the clone's own git folder and the one that it shares with others
 * @param wasKilled whether a pull was: a git that it started may still be there
 * @throws GitError where a lock is, or may be, somebody's
 */
export async function clearLeftovers(
  clone: Clone,
  folders: readonly string[],
  wasKilled: boolean,
): Promise<void> {
  const places = [...new Set([...folders, clone.folder, realpathSync(clone.folder)])];
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const locks = folders.flatMap(locksIn);
    if (locks.length === 0 && !wasKilled) return;
    const gits = gitsIn(places);
    // A lock whose git has ended by itself meanwhile is gone, and one that is new is another file.
    if (gits?.length === 0) {
      for (const { file, id } of locks) if (identity(file) === id) rmSync(file);
      return;
    }
    const first = locks[0]?.file;
    if (first !== undefined && gits === undefined)
      throw new GitError(
        `There is a lock, ${first}. Another git may be at work here, or one was killed; this system does not tell which. If none is, remove the file.`,
        -1,
      );
    if (gits === undefined || clone.stopped.aborted) return;
    if (Date.now() > until) {
      // Without a lock it only reads, as git log does while people page through it.
      if (first === undefined) return;
      throw new GitError(
        `Another git is at work here (process ${gits.join(", ")}) and holds ${first}. Try again when it has ended.`,
        -1,
      );
    }
    await wait(LOOK_EVERY_MS);
  }
}

interface Lock {
  file: string;
  /** What tells it from a later one of the same name. */
  id: string;
}

/** What stops git: its locks, and the list of references that it had begun to write anew. */
function locksIn(folder: string): Lock[] {
  const names = readdirSync(folder).filter((name) => name !== "airlock-pull.lock");
  for (const below of ["refs", "reftable"]) {
    if (!existsSync(join(folder, below))) continue;
    const found = readdirSync(join(folder, below), { recursive: true, encoding: "utf8" });
    names.push(...found.map((name) => join(below, name)));
  }
  return names
    .filter((name) => name.endsWith(".lock") || name === "packed-refs.new")
    .flatMap((name) => {
      const file = join(folder, name);
      const id = identity(file);
      return id === undefined ? [] : [{ file, id }];
    });
}

function identity(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true ? `${found.ino} ${found.mtimeMs}` : undefined;
}
