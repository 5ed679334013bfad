/**
 * A push mirror, as Gitaly's UpdateRemoteMirror runs it: list the target's references, compare, push explicit
 * refspecs in batches (internal/gitaly/service/remote/update_remote_mirror.go of Gitaly 14 to 16.1, and what Gitaly 15.4
 * did when it was run beside this). Where HEAD names no branch there is no default branch, as in 16.1.
 */
import type { ServerGit } from "./bareRepository";
import { type GitResult, gitOutput, runGit } from "./gitProcess";

/** Gitaly's pushBatchSize. */
const BATCH = 10;

/** Gitaly's maxDivergentRefs: more are left alone as well, and not reported. */
const MAX_DIVERGENT = 100;

/** What a mirror run needs to know. */
export interface MirrorRun {
  /** The source: a bare repository. */
  directory: string;
  git: ServerGit;
  url: string;
  keepDivergentRefs: boolean;
  /** True: of the branches, the default branch only. */
  onlyProtectedBranches: boolean;
  /** Runs git in the source with the mirror's credential, proxy and network. */
  remoteGit(args: string[]): Promise<GitResult>;
  /** Gitaly has no order: the one in which the references of a run are pushed, the default branch aside. */
  inSomeOrder(refspecs: string[]): string[];
  /** Says why these commits or tags (ids) must not be pushed; undefined lets them pass. */
  objection(tips: string[]): Promise<string | undefined>;
}

/** What a run that came to its end left undone on purpose. */
export interface MirrorOutcome {
  /** References that the target has rewritten and that were therefore left alone; full names. */
  divergentRefs: string[];
  /** Why nothing was pushed at all, if so. */
  objection?: string;
}

type Refs = Map<string, string>;

/** Lines `<id> <name>`, space or tab between; symbolic references are not mirrored. */
function parseRefs(text: string): Refs {
  const refs: Refs = new Map();
  for (const line of text.split("\n")) {
    const [, id, name] = /^([0-9a-f]{40,64})[ \t](refs\/(?:heads|tags)\/.+)$/.exec(line) ?? [];
    if (id !== undefined && name !== undefined) refs.set(name, id);
  }
  return refs;
}

/**
 * True when the target's object is contained in the other. One that the source has never seen is not: somebody else put it
 * on the target. Where either is not a commit, as behind a tag on a blob or a tree, the whole run ends: IsAncestor in
 * internal/git/localrepo/commit.go forgives no other words of git than those of an unknown commit.
 */
async function isAncestor(run: MirrorRun, commit: string, of: string): Promise<boolean> {
  const args = ["-C", run.directory, "merge-base", "--is-ancestor", commit, of];
  const { code, stderr } = await runGit(args, run.git);
  if (code === 0 || code === 1) return code === 0;
  if (stderr.trim() === `fatal: Not a valid commit name ${commit}`) return false;
  throw new Error(
    `checking for ancestry: determine ancestry: exit status ${code}, stderr: ${JSON.stringify(stderr)}`,
  );
}

async function listTarget(run: MirrorRun): Promise<Refs> {
  const args = ["ls-remote", "--refs", "--symref", run.url, "refs/heads/*", "refs/tags/*"];
  const listed = await run.remoteGit(args);
  if (listed.code !== 0) throw new Error(`get remote references: ${listed.stderr.trim()}`);
  return parseRefs(listed.stdout);
}

/** The source's references, and its default branch where HEAD names one that exists. */
async function listSource({ directory, git }: MirrorRun): Promise<{ refs: Refs; head: string | undefined }> {
  const format = "--format=%(if)%(symref)%(then)%(else)%(objectname) %(refname)%(end)%(HEAD)";
  const args = ["-C", directory, "for-each-ref", format, "refs/heads", "refs/tags"];
  const listed = await gitOutput(args, git);
  // %(HEAD) is an asterisk for the branch that HEAD names, else a blank; no reference's name can hold either.
  const head = /^[0-9a-f]+ (\S+)\*$/m.exec(listed)?.[1];
  return { refs: parseRefs(listed.replace(/[* ]$/gm, "")), head };
}

async function compare(
  run: MirrorRun,
  local: Refs,
  remote: Refs,
  head: string | undefined,
): Promise<{ updates: string[]; deletions: string[]; divergent: string[] }> {
  const updates: string[] = [];
  const divergent: string[] = [];
  for (const [name, id] of local) {
    const there = remote.get(name);
    if (there === id) continue;
    const mayReplace = there === undefined || !run.keepDivergentRefs || (await isAncestor(run, there, id));
    (mayReplace ? updates : divergent).push(name);
  }
  const deletions: string[] = [];
  if (!run.keepDivergentRefs && head !== undefined) {
    for (const [name, id] of remote) {
      // What is not merged is kept, so that no work is lost.
      if (!local.has(name) && (await isAncestor(run, id, head))) deletions.push(name);
    }
  }
  return { updates, deletions, divergent };
}

/**
 * Runs a mirror once. Tags are mirrored always, branches if they may be; nothing outside refs/heads and refs/tags
 * ever is (GitLab's refs/keep-around, refs/merge-requests …).
 * @throws with what git said, when the target cannot be listed or refuses a batch; earlier batches have arrived
 */
export async function runMirror(run: MirrorRun): Promise<MirrorOutcome> {
  const remote = await listTarget(run);
  const { refs: local, head } = await listSource(run);

  const isSelected = (name: string) =>
    !run.onlyProtectedBranches || name.startsWith("refs/tags/") || name === head;
  const difference = await compare(run, local, remote, head);
  const updates = difference.updates.filter(isSelected);
  const divergentRefs = difference.divergent.filter(isSelected).slice(0, MAX_DIVERGENT);

  const tips = updates.flatMap((name) => local.get(name) ?? []);
  const objection = tips.length === 0 ? undefined : await run.objection(tips);
  if (objection !== undefined) return { divergentRefs, objection };

  const refspecs = run.inSomeOrder([
    ...updates.map((name) => `${name}:${name}`),
    ...difference.deletions.filter(isSelected).map((name) => `:${name}`),
  ]);
  // The default branch goes first: CodeCommit makes the first branch it gets its own default.
  const isHead = (refspec: string) => Number(refspec === `${head}:${head}`);
  refspecs.sort((a, b) => isHead(b) - isHead(a));
  const force = run.keepDivergentRefs ? [] : ["--force"];
  for (let i = 0; i < refspecs.length; i += BATCH) {
    const pushed = await run.remoteGit(["push", ...force, run.url, ...refspecs.slice(i, i + BATCH)]);
    if (pushed.code !== 0) throw new Error(`push to mirror: ${pushed.stderr.trim()}`);
  }
  return { divergentRefs };
}
