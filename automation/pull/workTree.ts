/** What has to happen to the files of the branch that is checked out. */
import { changedFiles } from "./changed";
import { GitError, asks, git, zeroTerminated, type Clone } from "./git";
import { inTheWay } from "./names";
import type { Tips } from "./refs";

/** The step that the working tree takes. */
export interface Step {
  branch: string;
  /** The commit that it is at; null when nothing is checked out yet. */
  from: string | null;
  to: string;
  /** Whether git takes files for changed that are as it wrote them, so that it would not move them by itself. */
  overwrites?: boolean;
}

/** The step, or why there is none. */
export type Plan = { step: Step } | { note: string } | { problem: string } | { isThere: true };

/** Most files that one message names. */
const MOST_FILES = 5;

/**
 * Finds what the branch that is checked out needs, and whether that would cost anybody their work. Changes nothing.
 * @param taken what the source held the last time: a branch that was rewritten there is not the reader's doing
 */
export async function planStep(clone: Clone, incoming: Tips, taken: Tips): Promise<Plan> {
  if (!(await asks(clone, ["symbolic-ref", "--quiet", "HEAD"])))
    return { note: "No branch is checked out (HEAD is detached); the files stay as they are." };
  const branch = (await git(clone, ["symbolic-ref", "HEAD"])).trim();
  const to = incoming.get(branch)?.oid;
  if (to === undefined)
    return {
      note: `What is checked out, ${branch}, is not among what was looked at; the files stay as they are.`,
    };
  const from = (await asks(clone, ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]))
    ? (await git(clone, ["rev-parse", "HEAD^{commit}"])).trim()
    : null;
  if (from === to) return { isThere: true };
  const step = { branch, from, to };
  const old = taken.get(branch)?.oid;
  if (from !== null && !(await isBehind(clone, from, [to, ...(old === undefined ? [] : [old])])))
    return {
      problem: `${branch} has commits here that the source does not have. Keep them on a branch of their own (git branch NAME), then go back: git reset --hard ${old ?? `origin/${branch.slice("refs/heads/".length)}`}`,
    };
  const { files, seeming } = await changedHere(clone, step);
  if (files.length > 0) {
    const more = files.length > MOST_FILES ? ` and ${files.length - MOST_FILES} more` : "";
    return {
      problem: `Files were changed here: ${files.slice(0, MOST_FILES).join(", ")}${more}. Commit them to a branch of their own, put them away (git stash), or give them up (git restore --staged --worktree .).`,
    };
  }
  if (seeming.length === 0) return dryRun(clone, step);
  const unknown = await untracked(clone, step);
  if (unknown === undefined) return { step: { ...step, overwrites: true } };
  return {
    problem: `The files cannot be updated: ${unknown} is there, and git does not know it. Move it away.`,
  };
}

async function dryRun(clone: Clone, step: Step): Promise<Plan> {
  try {
    await moveFiles(clone, step, "--dry-run");
  } catch (error) {
    if (!(error instanceof GitError) || clone.stopped.aborted) throw error;
    return { problem: `The files cannot be updated. ${error.message}` };
  }
  return { step };
}

async function isBehind(clone: Clone, from: string, later: readonly string[]): Promise<boolean> {
  for (const tip of later) if (await asks(clone, ["merge-base", "--is-ancestor", from, tip])) return true;
  return false;
}

/** Tracked files that are not as committed. A pull that was killed in the middle may have left them as they are to be. */
async function changedHere(clone: Clone, { from, to }: Step) {
  const { files, seeming } = await changedFiles(clone);
  const staged = async (tree: string) =>
    zeroTerminated(await git(clone, ["diff-index", "-z", "--cached", "--name-only", tree]));
  const fromHead = await staged(from ?? (await emptyTree(clone)));
  if (fromHead.length > 0 && (await staged(to)).length === 0) return { files, seeming };
  return { files: [...new Set([...fromHead, ...files])], seeming };
}

/** A file that git does not know where one arrives; git itself would look, were it not to overwrite. */
async function untracked(clone: Clone, { from, to }: Step): Promise<string | undefined> {
  const options = ["-r", "-z", "--no-renames", "--no-ext-diff", "--name-only", "--diff-filter=A"];
  const tree = from ?? (await emptyTree(clone));
  const arriving = zeroTerminated(await git(clone, ["diff-tree", ...options, tree, to]));
  const others = zeroTerminated(await git(clone, ["ls-files", "--others", "-z"]));
  const isArriving = new Set(arriving);
  return others.find((path) => isArriving.has(path)) ?? inTheWay(others, arriving)[0];
}

/** Brings files and index from one commit to the other; git overwrites no file that it does not know. @throws GitError */
export async function moveFiles(clone: Clone, step: Step, ...options: string[]): Promise<void> {
  if (step.overwrites === true) await overwriteFiles(clone, step.to);
  else
    await git(clone, ["read-tree", "-m", "-u", ...options, step.from ?? (await emptyTree(clone)), step.to]);
}

/** Brings files and index to a tree, whatever stands there: only where it is known that nobody's work does. */
export async function overwriteFiles(clone: Clone, tree: string): Promise<void> {
  await git(clone, ["read-tree", "--reset", "-u", tree]);
}

/** The id of the tree without files, in the clone's hash. */
export async function emptyTree(clone: Clone): Promise<string> {
  return (await git(clone, ["hash-object", "-w", "-t", "tree", "--stdin"])).trim();
}
