/** Brings what the source holds into the clone's quarantine, and out of it again. */
import { UsageError } from "../usageError";
import { GitError, git, lines, type Clone } from "./git";
import { INCOMING, readTips, type Tips } from "./refs";
import { NO_GIT_SERVER, advice, wayTo, type Way } from "./source";

/**
 * Fetches all branches (or the one) and all tags. From here on only object ids count: what the source does meanwhile
 * changes nothing.
 * @throws GitError, UsageError where there is no such branch and never was
 */
export async function fetchIncoming(clone: Clone, url: string, ref?: string): Promise<Tips> {
  await dropIncoming(clone);
  const way = await wayTo(clone, url);
  const branches = ref ?? "refs/heads/*";
  const specs = [branches, "refs/tags/*"].map((from) => `${from}:${INCOMING}${from.slice("refs/".length)}`);
  try {
    await fetch(clone, url, specs, way);
  } catch (error) {
    const isGone =
      ref !== undefined &&
      error instanceof GitError &&
      error.message.split("\n").some((line) => line.endsWith(`fatal: couldn't find remote ref ${ref}`));
    if (!isGone) throw error;
    await fetch(clone, url, specs.slice(1), way);
  }
  const tips = await readTips(clone, INCOMING);
  if (tips.size === 0 && way.patience?.hasAnswered === false) throw new GitError(NO_GIT_SERVER, -1);
  return tips;
}

async function fetch(clone: Clone, url: string, specs: string[], way: Way): Promise<void> {
  const options = ["--atomic", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--refmap="];
  try {
    // Progress is also how it is seen that something arrives.
    await git(clone, ["fetch", ...options, "--progress", "--", url, ...specs], { isRemote: true, ...way });
  } catch (error) {
    const more = error instanceof GitError ? advice(error.message) : undefined;
    if (!(error instanceof GitError) || more === undefined) throw error;
    throw new GitError(`${error.message}\n${more}`, error.code);
  }
}

/** Empties the quarantine; a run that was killed may have left something. */
export async function dropIncoming(clone: Clone): Promise<void> {
  const left = lines(await git(clone, ["for-each-ref", "--format=%(refname)", INCOMING]));
  const input = left.map((ref) => `delete ${ref}\0\0`).join("");
  if (left.length > 0) await git(clone, ["update-ref", "-z", "--stdin"], { input });
}

/** The branch that a new clone checks out. It is chosen here, and not by the source. @throws UsageError, GitError */
export function firstBranch(incoming: Tips, ref?: string): string {
  const branches = [...incoming.keys()].filter((name) => name.startsWith("refs/heads/"));
  const wanted = ref === undefined ? ["refs/heads/main", "refs/heads/master"] : [ref];
  const found =
    wanted.find((name) => incoming.has(name)) ??
    (branches.length === 1 && ref === undefined ? branches[0] : undefined);
  if (found !== undefined) return found;
  if (ref === undefined && branches.length === 0)
    throw new GitError("The source sent no branch: it is empty, or it is a shallow repository.", -1);
  throw new UsageError(
    ref === undefined
      ? `The source has ${branches.length} branches and none is main or master; name the one to check out by --ref.`
      : `The source has no ${ref}; look there for the branch's name.`,
  );
}
