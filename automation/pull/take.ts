/** Takes what was checked: all references in one transaction, with the files in its middle. */
import { once } from "node:events";
import { GitError, git, startGit, type Clone } from "./git";
import { apart, inTheWay } from "./names";
import { DISPLACED, SEEN, readTips, type Tips } from "./refs";
import { finishStep, noteStep } from "./unfinished";
import { moveFiles, type Step } from "./workTree";

/** What becomes of one reference; left out, it is not there. */
interface Update {
  ref: string;
  from?: string;
  to?: string;
}

/** What a pull saw. */
export interface Looked {
  /** The record of what was taken before. */
  readonly seen: Tips;
  readonly incoming: Tips;
  /** The references that were looked at. */
  readonly view: ReadonlySet<string>;
}

/**
 * Writes the record of what was taken, origin/…, the tags and the branch that is checked out. Git first locks all
 * references, where another process that changed one meanwhile is found out; then the files are moved; then all
 * references change at once. Killed at any moment, git lets go of the locks, and the next run does the rest.
 *
 * Where `feature` has become `feature/x`, git can do no such thing at once; there the old name makes room before, and its
 * record is kept apart until the new one stands.
 * @throws GitError
 */
export async function take(clone: Clone, { seen, incoming, view }: Looked, step?: Step) {
  const here = await references(clone);
  const updates = wanted(here, seen, incoming, view);
  const blocking = new Set(
    inTheWay(
      here.keys(),
      updates.filter(({ from }) => from === undefined).map(({ ref }) => ref),
    ),
  );
  const room = [...blocking].map((ref): Update => ({ ref, from: here.get(ref) }));
  const apartFirst = room.flatMap(({ ref, from }) => displaced(ref, from, here));
  const rest = [
    // First, so that a branch that has not moved says that nothing has.
    ...(step === undefined ? [] : [{ ref: step.branch, from: step.from ?? undefined, to: step.to }]),
    ...updates.filter(({ ref }) => !blocking.has(ref)),
    ...apartFirst.map(({ ref, to }): Update => ({ ref, from: to })),
  ];
  if (room.length > 0) await change(clone, [...apartFirst, ...room]);
  try {
    if (rest.length > 0) await changeWithFiles(clone, rest, step);
  } catch (error) {
    if (room.length > 0)
      await change(
        clone,
        [...room, ...apartFirst].map(({ ref, from, to }) => ({ ref, from: to, to: from })),
      );
    throw error;
  }
}

/** All references that a pull may write, but for branches: each with what it points at. */
async function references(clone: Clone): Promise<Map<string, string>> {
  const here = new Map<string, string>();
  for (const prefix of [SEEN, DISPLACED, "refs/remotes/origin/", "refs/tags/"])
    for (const [ref, { oid }] of await readTips(clone, prefix, prefix)) here.set(ref, oid);
  return here;
}

/** A record, or a tag of the room's own, is kept apart while it makes room. */
function displaced(ref: string, oid: string | undefined, here: ReadonlyMap<string, string>): Update[] {
  const isTag = ref.startsWith("refs/tags/");
  if (!ref.startsWith(SEEN) && !isTag) return [];
  const name = ref.slice((isTag ? "refs/" : SEEN).length);
  // The record of a tag that was taken says more than the tag.
  const isKept = here.has(DISPLACED + apart(name)) || (isTag && here.has(SEEN + name));
  return isKept ? [] : [{ ref: DISPLACED + apart(name), to: oid }];
}

function wanted(
  here: ReadonlyMap<string, string>,
  seen: Tips,
  incoming: Tips,
  view: ReadonlySet<string>,
): Update[] {
  const updates: Update[] = [];
  const set = (ref: string, to: string | undefined) => {
    const from = here.get(ref);
    if (from !== to) updates.push({ ref, from, to });
  };
  for (const ref of view) {
    const name = ref.slice("refs/".length);
    const now = incoming.get(ref)?.oid;
    const apartAs = DISPLACED + apart(name);
    // What was taken before is left as it is, unless a run was killed at it.
    if (now !== undefined && now === seen.get(ref)?.oid && !here.has(apartAs)) continue;
    set(ref.replace(/^refs\/heads\//, "refs/remotes/origin/"), now);
    set(SEEN + name, now);
    set(apartAs, undefined);
  }
  return updates;
}

/** As commands of git update-ref -z --stdin. The remote's HEAD is a link to another reference, which stays. */
function commands(updates: readonly Update[]): string {
  const zeros = (like = "") => "0".repeat(like.length);
  return updates
    .map(({ ref, from, to }) => {
      const option = ref.startsWith("refs/remotes/") ? "option no-deref\0" : "";
      const what =
        to === undefined ? `delete ${ref}\0${from ?? ""}\0` : `update ${ref}\0${to}\0${from ?? zeros(to)}\0`;
      return option + what;
    })
    .join("");
}

const UPDATE_REF = ["update-ref", "-m", "git airlock pull", "-z", "--stdin"];

async function change(clone: Clone, updates: readonly Update[]): Promise<void> {
  await git(clone, UPDATE_REF, { input: commands(updates) });
}

async function changeWithFiles(clone: Clone, updates: readonly Update[], step?: Step): Promise<void> {
  const { child } = startGit(clone, UPDATE_REF);
  let said = "";
  let answered = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => (answered += text));
  child.stdin.on("error", () => undefined);
  const closed = once(child, "close");
  // The one who waits sees it; until then it must not count as unhandled.
  closed.catch(() => undefined);
  const failed = () =>
    new GitError(`The references cannot be updated: ${said.trim() || "git was stopped"}`, -1);
  child.stdin.write(`start\0${commands(updates)}prepare\0`);
  while (!answered.includes("prepare: ok\n")) {
    const ended = await Promise.race([once(child.stdout, "data").then(() => false), closed.then(() => true)]);
    if (ended) throw failed();
  }
  try {
    if (step !== undefined) {
      await noteStep(clone, step);
      await moveFiles(clone, step);
    }
  } catch (error) {
    child.stdin.end("abort\0");
    await closed;
    throw error;
  }
  child.stdin.end("commit\0");
  await closed;
  if (!answered.includes("commit: ok\n")) throw failed();
  if (step !== undefined) await finishStep(clone);
}
