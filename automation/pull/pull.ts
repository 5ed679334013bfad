/** `git airlock pull`: fetch into quarantine, check all, and only then take all. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { UsageError } from "../usageError";
import { hasSubmodules, readCommits, readFiles, type Files, type ReadChange } from "./changes";
import { GitError, git, type Clone } from "./git";
import { dropIncoming, fetchIncoming, firstBranch } from "./incoming";
import { alone } from "./lock";
import { checkUrl, type PullOptions } from "./options";
import { SEEN, compare, readTaken, readTips, type RefChange, type Tips } from "./refs";
import { checkCommits, checkTags, signerSettings, type Checked } from "./signatures";
import { take } from "./take";
import { planStep, type Step } from "./workTree";

/** The clone's setting that says that its signatures are checked. */
const CHECKED = "airlock.checksSignatures";

/** What came of a pull. */
export interface Pulled {
  outcome: "taken" | "up to date" | "refused";
  changes: ReadChange[];
  /** How the signatures came out; null where none were asked for. */
  signatures: Checked | null;
  /** What happens, or would have happened, to the files; null where they stay. */
  files: (Files & Step) | null;
  /** What else one should know. */
  notes: string[];
  /** Why it was refused, beside changes that nobody consented to and signatures that are not good. */
  problems: string[];
}

/** Whether a change takes something away that was there. */
export function isRefusable({ change }: RefChange): boolean {
  return change === "rewritten" || change === "deleted" || change === "moved";
}

/** Whether the user named exactly what the source holds now. */
export function isAccepted(change: RefChange, { acceptRewrite }: PullOptions): boolean {
  return acceptRewrite.get(change.ref) === (change.new ?? "deleted");
}

/** @throws GitError, UsageError */
export async function pull(options: PullOptions, stopped: AbortSignal): Promise<Pulled> {
  const { folder, url } = options;
  checkSigners(options);
  if (existsSync(join(folder, ".git"))) {
    const clone = { folder, stopped };
    const from = await origin(clone, url);
    return alone(clone, () => update(clone, from, options));
  }
  if (existsSync(folder))
    throw new UsageError(
      `${folder} is there and is no clone; name a folder that is not there yet, or a clone.`,
    );
  if (url === undefined)
    throw new UsageError(`${folder} is not there; the first time give git airlock pull URL FOLDER.`);
  return cloneAnew(url, options, stopped);
}

/** Beside the folder and renamed at the end: killed half-way, nothing looks like a clone. */
async function cloneAnew(url: string, options: PullOptions, stopped: AbortSignal): Promise<Pulled> {
  const { folder, ref } = options;
  let around: string;
  try {
    around = mkdtempSync(`${folder}.airlock-`);
  } catch (error) {
    throw new UsageError(`${dirname(folder)} cannot be written: ${String(error)}`);
  }
  const clone = { folder: join(around, basename(folder)), stopped };
  try {
    mkdirSync(clone.folder);
    await git(clone, ["init", "--quiet", "--template=", "--initial-branch=main"]);
    await git(clone, ["config", "remote.origin.url", url]);
    // Without the usual "+": a plain "git fetch" refuses rewritten branches too.
    await git(clone, ["config", "remote.origin.fetch", "refs/heads/*:refs/remotes/origin/*"]);
    const pulled = await update(clone, url, options, async (incoming) => {
      const branch = firstBranch(incoming, ref);
      const name = branch.slice("refs/heads/".length);
      await git(clone, ["symbolic-ref", "HEAD", branch]);
      await git(clone, ["config", `branch.${name}.remote`, "origin"]);
      await git(clone, ["config", `branch.${name}.merge`, branch]);
    });
    if (pulled.outcome !== "refused") renameSync(clone.folder, folder);
    return pulled;
  } finally {
    rmSync(around, { recursive: true, force: true });
  }
}

/** @param onIncoming told what came in, before anything is decided */
async function update(
  clone: Clone,
  url: string,
  options: PullOptions,
  onIncoming: (incoming: Tips) => Promise<void> = () => Promise.resolve(),
): Promise<Pulled> {
  // To take and to clear away is quicker than to be stopped at it.
  const atOnce = { ...clone, stopped: new AbortController().signal };
  try {
    await checkHabit(clone, options);
    const incoming = await fetchIncoming(clone, url, options.ref);
    await onIncoming(incoming);
    const seen = await readTips(clone, SEEN);
    const isInView = (ref: string) =>
      options.ref === undefined || ref === options.ref || ref.startsWith("refs/tags/");
    const taken = new Map([...(await readTaken(clone, seen, incoming))].filter(([ref]) => isInView(ref)));
    const changes = await compare(clone, taken, incoming);
    const trusted = [...seen.values()].map(({ oid }) => oid);
    const untaken = new Map([...incoming].filter(([ref, { oid }]) => seen.get(ref)?.oid !== oid));
    const signatures = await checkSignatures(clone, options, untaken, incoming, trusted);
    const accepted = changes.filter((change) => isRefusable(change) && isAccepted(change, options));
    const plan = await planStep(clone, incoming, accepted);
    const step = "step" in plan ? plan.step : undefined;
    const isRefused =
      changes.filter(isRefusable).length > accepted.length ||
      (signatures?.bad.length ?? 0) > 0 ||
      "problem" in plan;
    const before = [...taken.values()].map(({ oid }) => oid);
    const pulled: Pulled = {
      outcome: isRefused ? "refused" : changes.length > 0 || step !== undefined ? "taken" : "up to date",
      changes: await readCommits(clone, changes, before),
      signatures,
      files: step === undefined ? null : { ...step, ...(await readFiles(clone, step)) },
      notes: "note" in plan ? [plan.note] : [],
      problems: "problem" in plan ? [plan.problem] : [],
    };
    if (step !== undefined && (await hasSubmodules(clone, step.to)))
      pulled.notes.push("There is a .gitmodules file; submodules are not fetched.");
    const view = new Set([...taken.keys(), ...incoming.keys()]);
    clone.stopped.throwIfAborted();
    if (!isRefused && signatures !== null) await git(clone, ["config", CHECKED, "true"]);
    if (!isRefused) await take(atOnce, seen, incoming, view, step);
    return pulled;
  } finally {
    await dropIncoming(atOnce);
  }
}

/** What was taken without a check is trusted from then on: so a clone that was checked once is checked always. */
async function checkHabit(clone: Clone, { allowedSigners }: PullOptions): Promise<void> {
  if (allowedSigners !== undefined) return;
  if ((await git(clone, ["config", "--default=", "--get", CHECKED])).trim() === "") return;
  throw new UsageError(
    `Signatures were checked in ${clone.folder} before; give --allowed-signers FILE again. To trust what comes in from now on ` +
      `without them: git -C FOLDER config --unset ${CHECKED}`,
  );
}

async function checkSignatures(
  clone: Clone,
  { allowedSigners, require, sinceCommit }: PullOptions,
  untaken: Tips,
  incoming: Tips,
  trusted: string[],
): Promise<Checked | null> {
  if (allowedSigners === undefined) return null;
  const settings = await signerSettings(clone, allowedSigners);
  if (require === "tags") return checkTags(clone, untaken, incoming, settings);
  const since = sinceCommit === undefined ? [] : [sinceCommit];
  for (const oid of since) {
    const holding = await git(clone, ["for-each-ref", "--contains", oid, "refs/airlock/incoming/"]);
    if (holding === "")
      throw new UsageError(`No branch or tag of the source holds the commit ${oid} of --since-commit.`);
  }
  return checkCommits(clone, untaken, [...trusted, ...since], settings);
}

/** Where the clone has come from, and must still come from. The first git command here: it checks whose clone it is. */
async function origin(clone: Clone, given?: string): Promise<string> {
  await git(clone, ["rev-parse", "--git-dir"], { isRemote: true });
  const known = (await git(clone, ["config", "--default=", "--get", "remote.origin.url"])).trim();
  if (known === "")
    throw new UsageError(`${clone.folder} has no remote "origin"; clone it with git airlock pull.`);
  checkUrl(known);
  if (given !== undefined && given !== known)
    throw new UsageError(`${clone.folder} has come from another URL than was given; name another folder.`);
  if ((await git(clone, ["rev-parse", "--is-shallow-repository"])).trim() === "true")
    throw new UsageError(
      `${clone.folder} is a shallow clone, where history cannot be compared; clone it anew.`,
    );
  return known;
}

/** What is checked must not bring its own keys, and nobody else may add some. */
function checkSigners({ allowedSigners, folder }: PullOptions): void {
  if (allowedSigners === undefined) return;
  let file: string;
  try {
    file = realpathSync(allowedSigners);
    if (!statSync(file).isFile()) throw new Error("it is no file");
    if (mayOthersWrite(file)) throw new Error(`others may write ${file}, or its folder; chmod go-w both`);
  } catch (error) {
    throw new UsageError(
      `--allowed-signers cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const within = existsSync(folder) ? realpathSync(folder) : folder;
  if (`${file}${sep}`.startsWith(`${within}${sep}`))
    throw new UsageError(
      `--allowed-signers lies in the clone itself, so what is checked could bring its own keys; keep the file outside of ${folder}.`,
    );
}

/** Whether others may change a file, or put another one in its place. Windows knows no such modes. */
function mayOthersWrite(file: string): boolean {
  if (process.platform === "win32") return false;
  const folder = statSync(dirname(file)).mode;
  // In a folder like /tmp nobody can replace what is another's.
  const isSticky = (folder & 0o1000) !== 0;
  return (statSync(file).mode & 0o022) !== 0 || (!isSticky && (folder & 0o022) !== 0);
}

/** @throws GitError where git or ssh-keygen is missing or too old */
export async function checkTools({ allowedSigners }: PullOptions, stopped: AbortSignal): Promise<void> {
  const version = await git({ folder: process.cwd(), stopped }, ["--version"]);
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
