/**
 * Tries on real AWS what the proof takes for granted, with git as everybody uses it. Nothing is written: a pull lists
 * references, and a push is `--dry-run`.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where this machine stands. */
export type Place = "isolated" | "elsewhere";

export interface Credential {
  readonly userName: string;
  readonly password: string;
}

export interface LiveAccess {
  /** An airlock repository's, over HTTPS. */
  readonly cloneUrl: string;
  readonly pull: () => Promise<Credential>;
  readonly push: () => Promise<Credential>;
}

/** What was tried, and what came of it. */
export interface Trial {
  readonly what: string;
  /** "unclear" where git failed for a reason that is no refusal. */
  readonly outcome: "as claimed" | "not as claimed" | "unclear";
  readonly detail: string;
}

interface Step {
  readonly what: string;
  readonly user: "pull" | "push";
  readonly isPush: boolean;
  readonly mustSucceed: boolean;
}

const STEPS: Readonly<Record<Place, readonly Step[]>> = {
  isolated: [
    { what: "Pull through the endpoint (C1)", user: "pull", isPush: false, mustSucceed: true },
    { what: "Push through the endpoint (C5)", user: "pull", isPush: true, mustSucceed: false },
  ],
  elsewhere: [
    { what: "Pull from beside the endpoint (C3)", user: "pull", isPush: false, mustSucceed: false },
    { what: "Push from beside the NAT addresses (C2)", user: "push", isPush: true, mustSucceed: false },
  ],
};

/** Hands a credential to git, from the environment of that one process. */
const ASKPASS = `#!/bin/sh
case "$1" in
  Username*) printf '%s\\n' "$AIRLOCK_GIT_USER" ;;
  *) printf '%s\\n' "$AIRLOCK_GIT_PASSWORD" ;;
esac
`;

/**
 * Tries each step in turn.
 * @param say told of each step before it is taken
 * @param env what git runs in, e.g. with a proxy's address
 */
export async function tryLive(
  place: Place,
  access: LiveAccess,
  say: (text: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Trial[]> {
  const folder = mkdtempSync(join(tmpdir(), "airlock-live-"));
  try {
    writeFileSync(join(folder, "askpass"), ASKPASS, { mode: 0o700 });
    const author = ["-c", "user.name=airlock", "-c", "user.email=airlock@invalid"];
    await git(["init", "--quiet", folder], env);
    await git(
      ["-C", folder, ...author, "commit", "--quiet", "--allow-empty", "--message", "never sent"],
      env,
    );
    const trials: Trial[] = [];
    for (const step of STEPS[place]) {
      say(`${step.what}: git ${step.isPush ? "push --dry-run" : "ls-remote"} ${access.cloneUrl} …`);
      trials.push(await take(step, folder, access, env));
    }
    return trials;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function take(
  { what, user, isPush, mustSucceed }: Step,
  folder: string,
  access: LiveAccess,
  env: NodeJS.ProcessEnv,
): Promise<Trial> {
  const { userName, password } = await access[user]();
  const command = isPush
    ? ["push", "--dry-run", access.cloneUrl, "HEAD:refs/heads/airlock-live"]
    : ["ls-remote", access.cloneUrl];
  const { code, said } = await git(["-C", folder, "-c", "credential.helper=", ...command], {
    ...env,
    GIT_ASKPASS: join(folder, "askpass"),
    GIT_TERMINAL_PROMPT: "0",
    AIRLOCK_GIT_USER: userName,
    AIRLOCK_GIT_PASSWORD: password,
  });
  if (code === 0)
    return { what, outcome: mustSucceed ? "as claimed" : "not as claimed", detail: "it was let through" };
  // What git says of HTTP's refusal; everything else (no route, no such name) has shown nothing about policies.
  const isRefused = /\b403\b/.test(said);
  const detail = said.replaceAll(password, "…").trim().split("\n").at(-1) ?? "";
  if (!isRefused) return { what, outcome: "unclear", detail };
  return { what, outcome: mustSucceed ? "not as claimed" : "as claimed", detail: "it was refused with 403" };
}

function git(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile("git", args, { env, timeout: 120_000 }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, said: stderr });
    });
  });
}
