/** Runs git with a credential that no file holds. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Credential {
  readonly userName: string;
  readonly password: string;
}

/** What came of a run of git. */
export interface Said {
  readonly code: number;
  /** Standard error, without the password. */
  readonly text: string;
}

/** Hands a credential to git, from the environment of that one process. */
const ASKPASS = `#!/bin/sh
case "$1" in
  Username*) printf '%s\\n' "$AIRLOCK_GIT_USER" ;;
  *) printf '%s\\n' "$AIRLOCK_GIT_PASSWORD" ;;
esac
`;

/** @param env what git runs in, e.g. with a proxy's address */
export async function gitAs(
  { userName, password }: Credential,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Said> {
  const folder = mkdtempSync(join(tmpdir(), "airlock-git-"));
  try {
    writeFileSync(join(folder, "askpass"), ASKPASS, { mode: 0o700 });
    const { code, text } = await git(["-c", "credential.helper=", ...args], {
      ...env,
      GIT_ASKPASS: join(folder, "askpass"),
      GIT_TERMINAL_PROMPT: "0",
      AIRLOCK_GIT_USER: userName,
      AIRLOCK_GIT_PASSWORD: password,
    });
    return { code, text: text.replaceAll(password, "…") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether CodeCommit refused. Everything else (no route, no such name) shows nothing about policies. */
export function isRefusal({ code, text }: Said): boolean {
  return code !== 0 && /\b403\b/.test(text);
}

/** Of what git printed, the line that says why it failed. */
export function lastLine({ text }: Said): string {
  return text.trim().split("\n").at(-1) ?? "";
}

export function git(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  return new Promise((resolve) => {
    execFile("git", args, { env, timeout: 120_000 }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, text: stderr });
    });
  });
}
