/** The programs that a pull needs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { GitError, git } from "./git";
import type { PullOptions } from "./options";

/** @throws GitError where git or ssh-keygen is missing or too old */
export async function checkTools({ allowedSigners }: PullOptions, stopped: AbortSignal): Promise<void> {
  const version = await git({ folder: process.cwd(), stopped, conventions: [] }, ["--version"]);
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 34))
    throw new GitError(`git 2.34 or newer is needed; this is ${version.trim()}.`, -1);
  if (allowedSigners !== undefined && !isOnPath("ssh-keygen"))
    throw new GitError("ssh-keygen is needed to check signatures, and is not on PATH; install OpenSSH.", -1);
}

function isOnPath(program: string): boolean {
  const names = [program, `${program}.exe`];
  return (process.env["PATH"] ?? "")
    .split(process.platform === "win32" ? ";" : ":")
    .some((folder) => names.some((name) => existsSync(join(folder, name))));
}
