/** The clone's references: what the source holds now, what was taken before, and the difference. */
import { GitError, asks, git, lines, type Clone } from "./git";

/** Where the source's references wait until they are checked; nothing else reads them. */
export const INCOMING = "refs/airlock/incoming/";
/** What was taken the last time. Kept apart from origin/…, which a fetch by hand would move. */
export const SEEN = "refs/airlock/seen/";

/** What a reference points at. */
export interface Tip {
  oid: string;
  type: string;
  /** What a tag object points at in turn; empty for anything else. */
  peeled: string;
}

/** By full reference at the source, e.g. "refs/heads/main". */
export type Tips = ReadonlyMap<string, Tip>;

/** The references below a prefix, by the names that they have at the source. */
export async function readTips(clone: Clone, prefix: string, name = "refs/"): Promise<Tips> {
  const format = "%(objectname)%00%(objecttype)%00%(*objectname)%00%(refname)";
  const tips = new Map<string, Tip>();
  for (const line of lines(await git(clone, ["for-each-ref", `--format=${format}`, prefix]))) {
    const [oid = "", type = "", peeled = "", ref = ""] = line.split("\0");
    if (ref.includes("\ufffd"))
      throw new GitError("The name of a branch or tag is no UTF-8, so it cannot be told from others.", -1);
    tips.set(name + ref.slice(prefix.length), { oid, type, peeled });
  }
  return tips;
}

/**
 * What the clone took the last time. A clone that was made by git alone has no such record; there it is what git
 * fetched. A tag that is here counts as taken even if somebody made it by hand: it must not be overwritten.
 */
export async function readTaken(clone: Clone, seen: Tips, incoming: Tips): Promise<Tips> {
  const tags = await readTips(clone, "refs/tags/", "refs/tags/");
  const before = seen.size > 0 ? seen : await readTips(clone, "refs/remotes/origin/", "refs/heads/");
  const own = [...tags].filter(([ref]) => incoming.has(ref));
  const taken = new Map([...own, ...before]);
  // The remote's HEAD, as "git clone" notes it, is no branch.
  if (seen.size === 0) taken.delete("refs/heads/HEAD");
  return taken;
}

/** How a reference at the source differs from what was taken. */
export interface RefChange {
  ref: string;
  change: "new" | "fast-forwarded" | "rewritten" | "moved" | "deleted";
  /** The tip that was taken. */
  old: string | null;
  /** The tip at the source now. */
  new: string | null;
  /** How many commits would be lost. */
  lost: number;
}

/** What has changed at the source, by reference; only what differs. */
export async function compare(clone: Clone, taken: Tips, incoming: Tips): Promise<RefChange[]> {
  const changes: RefChange[] = [];
  for (const ref of [...new Set([...taken.keys(), ...incoming.keys()])].sort()) {
    const old = taken.get(ref)?.oid ?? null;
    const now = incoming.get(ref)?.oid ?? null;
    if (old === now) continue;
    changes.push({ ref, old, new: now, ...(await judge(clone, ref, old, now, incoming)) });
  }
  return changes;
}

async function judge(
  clone: Clone,
  ref: string,
  old: string | null,
  now: string | null,
  incoming: Tips,
): Promise<Pick<RefChange, "change" | "lost">> {
  if (old === null) return { change: "new", lost: 0 };
  if (now === null) {
    const kept = [...incoming.values()].map(({ oid }) => oid);
    return { change: "deleted", lost: await count(clone, [old], kept) };
  }
  if (ref.startsWith("refs/tags/")) return { change: "moved", lost: await count(clone, [old], [now]) };
  if (await asks(clone, ["merge-base", "--is-ancestor", old, now]))
    return { change: "fast-forwarded", lost: 0 };
  return { change: "rewritten", lost: await count(clone, [old], [now]) };
}

async function count(clone: Clone, of: string[], without: string[]): Promise<number> {
  return Number(await git(clone, ["rev-list", "--count", "--stdin"], { input: revisions(of, without) }));
}

/** What git reads on standard input: commits reachable from these, and not from those. */
export function revisions(of: readonly string[], without: readonly string[]): string {
  return [...of, ...without.map((oid) => `^${oid}`)].map((line) => `${line}\n`).join("");
}
