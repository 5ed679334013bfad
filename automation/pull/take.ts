/** Takes what was checked: all references in one transaction, with the files in its middle. */
import { once } from "node:events";
import { GitError, startGit, type Clone } from "./git";
import { SEEN, readTips, type Tips } from "./refs";
import { moveFiles, type Step } from "./workTree";

/**
 * Writes the record of what was taken, origin/…, the tags and the branch that is checked out. Git first locks all
 * references, where another process that changed one meanwhile is found out; then the files are moved; then all
 * references change at once. Killed at any moment, git lets go of the locks and no reference has changed.
 * @param view the references that were looked at
 * @throws GitError
 */
export async function take(clone: Clone, seen: Tips, incoming: Tips, view: ReadonlySet<string>, step?: Step) {
  const commands = await updates(clone, seen, incoming, view);
  if (step !== undefined) commands.push(update(step.branch, step.to, step.from ?? zeros(step.to)));
  if (commands.length === 0) return;
  const child = startGit(clone, ["update-ref", "-m", "git airlock pull", "-z", "--stdin"]);
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
  child.stdin.write(["start\0", ...commands, "prepare\0"].join(""));
  while (!answered.includes("prepare: ok\n")) {
    const ended = await Promise.race([once(child.stdout, "data").then(() => false), closed.then(() => true)]);
    if (ended) throw failed();
  }
  try {
    if (step !== undefined) await moveFiles(clone, step);
  } catch (error) {
    child.stdin.end("abort\0");
    throw error;
  }
  child.stdin.end("commit\0");
  await closed;
  if (!answered.includes("commit: ok\n")) throw failed();
}

function update(ref: string, to: string, from = ""): string {
  return `update ${ref}\0${to}\0${from}\0`;
}

function zeros(like: string): string {
  return "0".repeat(like.length);
}

async function updates(
  clone: Clone,
  seen: Tips,
  incoming: Tips,
  view: ReadonlySet<string>,
): Promise<string[]> {
  const here = new Map([
    ...(await readTips(clone, "refs/remotes/origin/", "refs/remotes/origin/")),
    ...(await readTips(clone, "refs/tags/", "refs/tags/")),
  ]);
  const commands: string[] = [];
  for (const ref of view) {
    const now = incoming.get(ref)?.oid;
    const before = seen.get(ref)?.oid;
    if (now === before) continue;
    const record = SEEN + ref.slice("refs/".length);
    const own = ref.replace(/^refs\/heads\//, "refs/remotes/origin/");
    const ownTip = here.get(own)?.oid;
    if (now === undefined) {
      if (before !== undefined) commands.push(`delete ${record}\0${before}\0`);
      if (ownTip !== undefined) commands.push(`delete ${own}\0${ownTip}\0`);
      continue;
    }
    commands.push(update(record, now, before ?? zeros(now)));
    if (ownTip !== now) commands.push(update(own, now, ownTip ?? zeros(now)));
  }
  return commands;
}
