/**
 * Tries on real AWS what the proof takes for granted, with git as everybody uses it. Nothing is written: a pull lists
 * references, and a push is `--dry-run`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git, gitAs, isRefusal, lastLine, type Credential } from "./gitAs";

/** Where this machine stands. */
export type Place = "isolated" | "elsewhere";

export interface LiveAccess {
  /** An airlock repository's, over HTTPS. */
  readonly cloneUrl: string;
  readonly pull: () => Promise<Credential>;
  readonly push: () => Promise<Credential>;
}

/** What was tried, and what came of it. */
export interface Trial {
  readonly what: string;
  /** "unclear" where it failed for a reason that is not a refusal; "untried" where it takes more than this command does. */
  readonly outcome: "as claimed" | "not as claimed" | "unclear" | "untried";
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
  const command = isPush
    ? ["push", "--dry-run", access.cloneUrl, "HEAD:refs/heads/airlock-live"]
    : ["ls-remote", access.cloneUrl];
  const said = await gitAs(await access[user](), ["-C", folder, ...command], env);
  if (said.code === 0)
    return { what, outcome: mustSucceed ? "as claimed" : "not as claimed", detail: "it was let through" };
  if (!isRefusal(said)) return { what, outcome: "unclear", detail: lastLine(said) };
  return { what, outcome: mustSucceed ? "not as claimed" : "as claimed", detail: "it was refused with 403" };
}
