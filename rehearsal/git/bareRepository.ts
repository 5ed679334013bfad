/** Bare repositories as a git server holds them. */
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { RefUpdate } from "./refUpdates";
import { type GitOptions, gitOutput, runGit } from "./gitProcess";

/** How git is run on a server's own files: no working directory, nothing to read. */
export type ServerGit = Pick<GitOptions, "env" | "processes">;

/**
 * No housekeeping processes that would outlive the request that started them; and packs are
 * kept as they come, which spares a large file being compressed anew at every stage of its way.
 */
const SETTINGS = `[gc]
\tauto = 0
[receive]
\tautogc = false
[transfer]
\tunpackLimit = 1
`;

/**
 * Makes an empty bare repository.
 * @param preReceive the text of its hook that judges pushes
 */
export async function createBareRepository(
  directory: string,
  git: ServerGit,
  preReceive?: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  // An empty template: no sample hooks, nothing from the machine's git.
  await gitOutput(["init", "--quiet", "--bare", "--template=", directory], git);
  await appendFile(path.join(directory, "config"), SETTINGS);
  if (preReceive === undefined) return;
  await mkdir(path.join(directory, "hooks"));
  await writeFile(path.join(directory, "hooks", "pre-receive"), preReceive, { mode: 0o755 });
}

/** The branch that HEAD names, if that branch exists: `refs/heads/main`. */
export async function defaultBranch(directory: string, git: ServerGit): Promise<string | undefined> {
  const args = ["-C", directory, "for-each-ref", "--format=%(HEAD)%(refname)", "refs/heads"];
  const listed = await gitOutput(args, git);
  return /^\*(.+)$/m.exec(listed)?.[1];
}

/**
 * Makes the first branch of a push the default branch, if the repository has none yet. Git itself then refuses to
 * delete it (receive.denyDeleteCurrent).
 */
export async function adoptDefaultBranch(
  directory: string,
  updates: RefUpdate[],
  git: ServerGit,
): Promise<string | undefined> {
  const current = await defaultBranch(directory, git);
  if (current !== undefined) return current;
  for (const { ref, creates } of updates) {
    if (!creates || !ref.startsWith("refs/heads/")) continue;
    const exists = await runGit(["-C", directory, "show-ref", "--verify", "--quiet", ref], git);
    if (exists.code !== 0) continue;
    await gitOutput(["-C", directory, "symbolic-ref", "HEAD", ref], git);
    return ref;
  }
  return undefined;
}
