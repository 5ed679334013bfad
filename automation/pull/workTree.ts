/** What has to happen to the files of the branch that is checked out. */
import { GitError, asks, git, zeroTerminated, type Clone } from "./git";
import type { RefChange, Tips } from "./refs";

/** The step that the working tree takes. */
export interface Step {
  branch: string;
  /** The commit that it is at; null when nothing is checked out yet. */
  from: string | null;
  to: string;
}

/** The step, or why there is none. */
export type Plan = { step: Step } | { note: string } | { problem: string } | { isThere: true };

/** Most files that one message names. */
const MOST_FILES = 5;

/**
 * Looks what the branch that is checked out needs, and whether that would cost anybody their work. Changes nothing.
 * @param accepted changes that would be refused, had the user not consented
 */
export async function planStep(clone: Clone, incoming: Tips, accepted: readonly RefChange[]): Promise<Plan> {
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
  if (from !== null && !(await isBehind(clone, step, from, accepted)))
    return {
      problem: `${branch} has commits here that the source does not have. Keep them on a branch of their own (git branch NAME), then go back: git reset --hard to what was taken.`,
    };
  const dirty = await changedFiles(clone, step);
  if (dirty.length > 0) {
    const more = dirty.length > MOST_FILES ? ` and ${dirty.length - MOST_FILES} more` : "";
    return {
      problem: `Files were changed here: ${dirty.slice(0, MOST_FILES).join(", ")}${more}. Commit them to a branch of their own, put them away (git stash), or give them up (git restore --staged --worktree .). A pull that was killed can leave this too.`,
    };
  }
  try {
    await moveFiles(clone, step, "--dry-run");
  } catch (error) {
    if (!(error instanceof GitError) || clone.stopped.aborted) throw error;
    return { problem: `The files cannot be updated. ${error.message}` };
  }
  return { step };
}

async function isBehind(clone: Clone, { branch, to }: Step, from: string, accepted: readonly RefChange[]) {
  const old = accepted.find(({ ref }) => ref === branch)?.old;
  for (const later of [to, old ?? to])
    if (await asks(clone, ["merge-base", "--is-ancestor", from, later])) return true;
  return false;
}

/** Tracked files that are not as committed. A pull that was killed in the middle may have left them as they are to be. */
async function changedFiles(clone: Clone, { from, to }: Step): Promise<string[]> {
  // Exits with 1 when something differs, which the next command tells better.
  await asks(clone, ["update-index", "-q", "--refresh"]);
  const inTree = zeroTerminated(await git(clone, ["diff-files", "-z", "--name-only"]));
  const staged = async (tree: string) =>
    zeroTerminated(await git(clone, ["diff-index", "-z", "--cached", "--name-only", tree]));
  const fromHead = await staged(from ?? (await emptyTree(clone)));
  if (fromHead.length > 0 && (await staged(to)).length === 0) return inTree;
  return [...new Set([...fromHead, ...inTree])];
}

/** Brings files and index from one commit to the other; git overwrites no file that it does not know. @throws GitError */
export async function moveFiles(clone: Clone, { from, to }: Step, ...options: string[]): Promise<void> {
  await git(clone, ["read-tree", "-m", "-u", ...options, from ?? (await emptyTree(clone)), to]);
}

/** The id of the tree without files, in the clone's hash. */
export async function emptyTree(clone: Clone): Promise<string> {
  return (await git(clone, ["hash-object", "-w", "-t", "tree", "--stdin"])).trim();
}
