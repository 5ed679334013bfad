/** Carries a git repository in: developer, GitLab, mirror, CodeCommit, isolated terminal; then compares both ends. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Comparison } from "./git/compareRepositories";
import { compareRepositories } from "./git/compareRepositories";
import { gitEnvironment, gitOutput, Processes, type GitResult } from "./git/gitProcess";
import type { Stage } from "./stage";

/** What went in and came out. */
export interface Delivery {
  gitlabProject: string;
  gitlabUrl: string;
  airlockUrl: string;
  /** Where GitLab's pushes arrived from. */
  pushedFrom: string[];
  /** Both ends compared: every branch, tag and object. */
  comparison: Comparison;
}

/** The way in ended early. The message says where and why, for people. */
export class DeliveryError extends Error {}

/**
 * Takes a mirror copy of the repository, with this user's own git and its credentials. Progress goes to standard error
 * where that is a terminal. Throws a DeliveryError for what is no repository, or not a whole one.
 */
export async function fetchRepository(repository: string, into: string, aborted: AbortSignal): Promise<void> {
  const child = spawn("git", ["clone", "--mirror", "--", repository, into], {
    stdio: ["ignore", "ignore", process.stderr.isTTY ? "inherit" : "pipe"],
    signal: aborted,
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new DeliveryError(
      `"${repository}" is not a git repository that can be read here. ${stderr.trim()}`,
    );
  const options = { cwd: into, env: gitEnvironment(into), processes: new Processes() };
  if ((await gitOutput(["rev-parse", "--is-shallow-repository"], options)).trim() === "true")
    throw new DeliveryError(
      `"${repository}" is a shallow clone, which no GitLab takes. Run "git fetch --unshallow" in it, or pass another ` +
        `repository: npm start -- --repo PATH_OR_URL`,
    );
}

function required(result: GitResult, what: string): void {
  if (result.code !== 0) throw new DeliveryError(`${what} failed: ${result.stderr.trim()}`);
}

/** Where each step of the way is reported. */
export interface DeliverySteps {
  pushed(refs: string[], gitlabUrl: string): void;
  mirrored(airlockUrl: string, from: string[]): void;
  cloned(airlockUrl: string): void;
}

/** Carries the mirror copy through the first airlock repository. Throws a DeliveryError. */
export async function deliver(stage: Stage, copy: string, steps: DeliverySteps): Promise<Delivery> {
  const { gitlab, codeCommit, workTerminal, isolatedTerminal } = stage;
  const { gitlabProject, cloneUrlHttp: airlockUrl, name } = stage.airlock;
  const gitlabUrl = `https://${gitlab.hostname}/${gitlabProject}.git`;
  await gitlab.createProject(gitlabProject);
  await stage.airlockDirectory(name);

  const listed = await workTerminal.git(["for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags"], {
    cwd: copy,
  });
  required(listed, "Listing the repository's branches and tags");
  const refs = listed.stdout.split("\n").filter((ref) => ref !== "");
  if (refs.length > 0) {
    const refspecs = ["refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"];
    const push = ["push", "--quiet", gitlabUrl, ...refspecs];
    required(
      await workTerminal.git(push, { cwd: copy, credential: stage.developer }),
      "The developer's push to GitLab",
    );
  }
  steps.pushed(refs, gitlabUrl);

  gitlab.setMirror(gitlabProject, {
    ...stage.pushCredential,
    url: airlockUrl,
    keepDivergentRefs: true,
    onlyProtectedBranches: false,
  });
  const before = codeCommit.audit.length;
  const status = await gitlab.syncMirror(gitlabProject);
  if (status.updateStatus !== "finished")
    throw new DeliveryError(
      `GitLab's mirror is "${status.updateStatus}": ${status.lastError ?? "no reason given"}`,
    );
  const arrivals = codeCommit.audit.slice(before).map(({ arrival }) => arrival);
  const pushedFrom = [...new Set(arrivals.flatMap((a) => ("sourceIp" in a ? [a.sourceIp] : [])))].sort();
  steps.mirrored(airlockUrl, pushedFrom);

  const clone = join(isolatedTerminal.home, "clone.git");
  const cloning = ["clone", "--quiet", "--mirror", airlockUrl, clone];
  required(
    await isolatedTerminal.git(cloning, { credential: stage.pullCredential }),
    "The isolated terminal's clone",
  );
  if (!existsSync(clone)) throw new DeliveryError("the isolated terminal's clone left no repository");
  steps.cloned(airlockUrl);

  const processes = new Processes();
  const comparison = await compareRepositories(copy, clone, {
    env: gitEnvironment(isolatedTerminal.home),
    processes,
  });
  return { gitlabProject, gitlabUrl, airlockUrl, pushedFrom, comparison };
}
