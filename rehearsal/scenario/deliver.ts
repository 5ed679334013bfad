/** Carries a git repository in: developer, GitLab, mirror, CodeCommit, isolated terminal; then compares both ends. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { compareRepositories, type Comparison } from "../git/compareRepositories";
import type { ServerGit } from "../git/bareRepository";
import { carryingProblem } from "../git/carriable";
import { gitEnvironment, gitOutput, type GitResult, Processes } from "../git/gitProcess";
import type { SettingsStatus } from "../gitlab/settings";
import { RehearsalError } from "../rehearsalError";
import type { MirroredTestbed } from "./testbed";

/** What went in and came out. */
export interface Delivery {
  gitlabProject: string;
  gitlabUrl: string;
  airlockUrl: string;
  /** Where GitLab's pushes arrived from. */
  pushedFrom: string[];
  /** Airlock repositories whose references the host listed, and found equal to its project's. */
  equalByHost: number;
  /** Both ends compared: every branch, tag and object. */
  comparison: Comparison;
}

/**
 * Takes a mirror copy of the repository, with this user's own git and its credentials. Throws a RehearsalError for what is not a repository, or none that can be carried; when aborted,
 * the reason, once git has ended.
 */
export async function fetchRepository(repository: string, into: string, aborted: AbortSignal): Promise<void> {
  aborted.throwIfAborted();
  const child = spawn("git", ["clone", "--quiet", "--mirror", "--", repository, into], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = () => void child.kill();
  aborted.addEventListener("abort", stop);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    // Not "exit": whatever git started has then ended as well, and writes into the folder no more.
    child.once("close", resolve);
  });
  aborted.removeEventListener("abort", stop);
  aborted.throwIfAborted();
  if (code !== 0)
    throw new RehearsalError(
      `"${repository}" is not a git repository that can be read here. ${stderr.trim()}`.trim(),
    );
  if (existsSync(join(into, "shallow")))
    throw new RehearsalError(
      `"${repository}" is a shallow clone, which no GitLab takes. Run "git fetch --unshallow" in it, or pass another ` +
        `repository: npm start -- --repo PATH_OR_URL`,
    );
  const problem = await withGit(into, aborted, (git) => carryingProblem(into, git));
  if (problem !== undefined)
    throw new RehearsalError(`"${repository}" is not a git repository that can be carried in: ${problem}`);
}

/**
 * Throws a RehearsalError for a mirror copy without a branch or tag: nothing would show that code goes in. A GitLab project
 * that is still empty is not a fault; its mirror just waits.
 */
export async function requireContent(repository: string, copy: string, aborted: AbortSignal): Promise<void> {
  const refs = await withGit(copy, aborted, (git) =>
    gitOutput(["-C", copy, "for-each-ref", "--count=1", "refs/heads", "refs/tags"], git),
  );
  if (refs === "")
    throw new RehearsalError(
      `"${repository}" has no commits to carry: it has neither a branch nor a tag. Commit something in it, or pass another ` +
        "repository: npm start -- --repo PATH_OR_URL",
    );
}

/** Runs git on a copy, far from this user's own configuration. */
async function withGit<T>(
  copy: string,
  aborted: AbortSignal,
  work: (git: ServerGit) => Promise<T>,
): Promise<T> {
  const processes = new Processes();
  const stop = () => void processes.close();
  aborted.addEventListener("abort", stop);
  try {
    return await work({ env: gitEnvironment(copy), processes });
  } catch (error) {
    aborted.throwIfAborted();
    throw error;
  } finally {
    aborted.removeEventListener("abort", stop);
  }
}

function required(result: GitResult, what: string): void {
  if (result.code !== 0) throw new RehearsalError(`${what} failed: ${result.stderr.trim()}`);
}

/** Where each step of the way is reported. */
export interface DeliverySteps {
  /** The host has put this many of GitLab's settings right, and made this many administrators; not where others do. */
  settingsKept(status: SettingsStatus): void;
  pushed(refs: string[], gitlabUrl: string): void;
  /** The host has set this many mirrors. */
  mirrorsSet(count: number): void;
  mirrored(airlockUrl: string, from: string[]): void;
  /** The host has listed this many airlock repositories' references, and found them equal. */
  tipsCompared(equal: number): void;
  cloned(airlockUrl: string): void;
}

/** Makes the projects of a target's airlock repositories, where another target has not had them made already. */
export async function prepareProjects({
  gitlab,
  repositories,
  airlockDirectory,
}: MirroredTestbed): Promise<void> {
  for (const { gitlabProject, name } of repositories) {
    if (!gitlab.projects.includes(gitlabProject)) await gitlab.createProject(gitlabProject);
    await airlockDirectory(name);
  }
}

/** Carries the mirror copy through the target's first airlock repository. Throws a RehearsalError. */
export async function deliver(
  testbed: MirroredTestbed,
  copy: string,
  steps: DeliverySteps,
): Promise<Delivery> {
  const { gitlab, codeCommit, workTerminal, isolatedTerminal } = testbed;
  const { gitlabProject, cloneUrlHttp: airlockUrl } = testbed.airlock;
  const settings = await testbed.agent.keepSettings();
  if (settings?.outcome === "failed")
    throw new RehearsalError(`GitLab's settings: ${settings.problems.join("; ")}`);
  if (settings) steps.settingsKept(settings);
  const gitlabUrl = `https://${gitlab.hostname}/${gitlabProject}.git`;
  await prepareProjects(testbed);
  const listing = ["for-each-ref", "--format=%(HEAD)%(refname)", "refs/heads", "refs/tags"];
  const listed = await workTerminal.git(listing, { cwd: copy });
  required(listed, "Listing the repository's branches and tags");
  const lines = listed.stdout.split("\n").filter((line) => line !== "");
  const refs = lines.map((line) => line.slice(1));
  if (refs.length > 0) {
    // The first branch to arrive becomes GitLab's default branch, so the repository's own goes ahead.
    const head = lines
      .filter((line) => line.startsWith("*"))
      .map((line) => `${line.slice(1)}:${line.slice(1)}`);
    const refspecs = [...head, "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"];
    const push = ["push", "--quiet", gitlabUrl, ...refspecs];
    required(
      await workTerminal.git(push, { cwd: copy, credential: testbed.developer }),
      "The developer's push to GitLab",
    );
  }
  steps.pushed(refs, gitlabUrl);

  const before = codeCommit.audit.length;
  const { outcome, problems, counts } = await testbed.agent.runAssociation();
  if (outcome !== "succeeded") throw new RehearsalError(`GitLab's mirrors: ${problems.join("; ")}`);
  steps.mirrorsSet(counts["created"] ?? 0);
  const arrivals = codeCommit.audit.slice(before).map(({ arrival }) => arrival);
  const pushedFrom = [...new Set(arrivals.flatMap((a) => ("sourceIp" in a ? [a.sourceIp] : [])))].sort();
  steps.mirrored(airlockUrl, pushedFrom);
  const equalByHost = counts["synchronized"] ?? 0;
  steps.tipsCompared(equalByHost);

  const clone = join(isolatedTerminal.home, "clone.git");
  const cloning = ["clone", "--quiet", "--mirror", airlockUrl, clone];
  required(
    await isolatedTerminal.git(cloning, { credential: testbed.pullCredential }),
    "The isolated terminal's clone",
  );
  steps.cloned(airlockUrl);

  const comparison = await compareRepositories(copy, clone, testbed.localGit);
  return { gitlabProject, gitlabUrl, airlockUrl, pushedFrom, equalByHost, comparison };
}
