/** The clone's references: what the source holds now, what was taken before, and the difference. */
import { GitError, git, lines, type Clone } from "./git";
import { History, commonBase } from "./history";
import { inTheWay, together } from "./names";

/** Where the source's references wait until they are checked; nothing else reads them. */
export const INCOMING = "refs/airlock/incoming/";
/** What was taken the last time. Kept apart from origin/…, which a fetch by hand would move. */
export const SEEN = "refs/airlock/seen/";
/** Records of {@link SEEN} whose names had to make room, see {@link apart}; only while a pull changes references. */
export const DISPLACED = "refs/airlock/displaced/";

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
      throw new GitError("The name of a branch or tag is not UTF-8, so it cannot be told from others.", -1);
    tips.set(name + ref.slice(prefix.length), { oid, type, peeled });
  }
  return tips;
}

/** The records of what was taken. A run that was killed may have left some of them displaced. */
export async function readSeen(clone: Clone): Promise<Tips> {
  const displaced = await readTips(clone, DISPLACED, "");
  const named = [...displaced].map(([name, tip]): [string, Tip] => [`refs/${together(name)}`, tip]);
  return new Map([...named, ...(await readTips(clone, SEEN))]);
}

/**
 * What the clone took the last time. A clone that was made by git alone has no such record; there it is what git
 * fetched. A tag that is here counts as taken even if somebody made it by hand: it must not be overwritten, nor make room
 * for others.
 */
export async function readTaken(clone: Clone, seen: Tips, incoming: Tips): Promise<Tips> {
  const tags = await readTips(clone, "refs/tags/", "refs/tags/");
  const before = seen.size > 0 ? seen : await readTips(clone, "refs/remotes/origin/", "refs/heads/");
  const excluded = new Set(inTheWay(tags.keys(), [...incoming.keys()]));
  const own = [...tags].filter(([ref]) => incoming.has(ref) || excluded.has(ref));
  const taken = new Map([...own, ...before]);
  // The remote's HEAD, as "git clone" notes it, is not a branch.
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
  const differing = [...new Set([...taken.keys(), ...incoming.keys()])]
    .sort()
    .map((ref) => ({ ref, old: taken.get(ref)?.oid ?? null, new: incoming.get(ref)?.oid ?? null }))
    .filter(({ old, new: now }) => old !== now);
  const ends = differing.flatMap(({ old, new: now }) => (old === null || now === null ? [] : [old, now]));
  const moved = await History.read(clone, ends, await commonBase(clone, ends));
  const gone = differing.flatMap(({ old, new: now }) => (old !== null && now === null ? [old] : []));
  const kept = [...incoming.values()].map(({ oid }) => oid);
  const deleted = await History.read(clone, gone, kept);
  return differing.map(({ ref, old, new: now }) => {
    const change = { ref, old, new: now };
    if (old === null) return { ...change, change: "new", lost: 0 };
    if (now === null) return { ...change, change: "deleted", lost: deleted.reach(old).size };
    const lost = moved.countWithout(old, now);
    if (ref.startsWith("refs/tags/")) return { ...change, change: "moved", lost };
    return { ...change, change: lost === 0 ? "fast-forwarded" : "rewritten", lost };
  });
}
