/**
 * Whether what comes in is signed by those who may. Git decides, with ssh-keygen; how they do: `gpg.ssh.allowedSignersFile`
 * in git-config(1), ALLOWED SIGNERS in ssh-keygen(1). Since git 2.35 the validity of a key is judged at the date that the
 * commit or tag itself bears.
 */
import { existsSync } from "node:fs";
import { GitError, git, lines, type Clone } from "./git";
import { revisions, type Tips } from "./refs";

/** A commit or tag that is not signed as it must be. */
export interface Unsigned {
  oid: string;
  author: string;
  subject: string;
  /** What is wrong with its signature. */
  why: string;
}

/** How the signatures came out. */
export interface Checked {
  count: number;
  bad: Unsigned[];
}

/** Who may sign, as settings for git. */
export async function signerSettings(clone: Clone, allowedSigners: string): Promise<string[]> {
  const settings = [`gpg.ssh.allowedSignersFile=${allowedSigners}`];
  // Revoked keys are the one setting of the user that makes it stricter.
  const key = "gpg.ssh.revocationFile";
  const revoked = (
    await git(clone, ["config", "--type=path", "--default=", "--get", key], { isRemote: true })
  ).trim();
  if (revoked === "") return [...settings, `${key}=`];
  if (!existsSync(revoked)) throw new GitError(`${key} names ${revoked}, which is not there.`, -1);
  return [...settings, `${key}=${revoked}`];
}

/** Git's `%G?`; only G is good. */
const GRADES: Readonly<Record<string, string>> = {
  B: "bad signature",
  U: "signed by somebody who may not, or not then",
  N: "not signed with an ssh key",
};

/** Checks every commit that is reachable from the tips and not from what is trusted. */
export async function checkCommits(
  clone: Clone,
  tips: Tips,
  trusted: readonly string[],
  settings: readonly string[],
): Promise<Checked> {
  const bad: Unsigned[] = [];
  for (const [ref, { oid, type }] of tips) {
    const isCommit = type === "commit" || (type === "tag" && (await kind(clone, `${oid}^{}`)) === "commit");
    if (!isCommit)
      bad.push({
        oid,
        author: "",
        subject: ref,
        why: "points at no commit, so no commit's signature covers it",
      });
  }
  const oids = [...tips.values()].map(({ oid }) => oid);
  if (oids.length === 0) return { count: 0, bad };
  const format = "--format=%H%x00%G?%x00%GF%x00%an%x00%s";
  const plain = ["--no-show-signature", "--no-patch", "--no-notes", "--no-color", "--no-follow"];
  const input = revisions(oids, trusted);
  const log = lines(await git(clone, ["log", ...plain, format, "--stdin"], { input, settings }));
  for (const line of log) {
    const [oid = "", grade = "", key = "", author = "", subject = ""] = line.split("\0");
    if (grade === "G" && key.startsWith("SHA256:")) continue;
    bad.push({ oid, author, subject, why: GRADES[grade] ?? "its signature cannot be checked" });
  }
  return { count: log.length, bad };
}

async function kind(clone: Clone, object: string): Promise<string> {
  return (await git(clone, ["cat-file", "-t", object])).trim();
}

/** Checks that each tag is signed, and that a signed tag is on the tip of each branch. */
export async function checkTags(
  clone: Clone,
  tips: Tips,
  incoming: Tips,
  settings: readonly string[],
): Promise<Checked> {
  const bad: Unsigned[] = [];
  const tags = [...incoming].filter(([ref]) => ref.startsWith("refs/tags/"));
  let count = 0;
  const check = async (ref: string, oid: string, type: string) => {
    count++;
    return type === "tag" && (await isGood(clone, ref, oid, settings));
  };
  for (const [ref, { oid, type }] of tips) {
    if (ref.startsWith("refs/tags/")) {
      if (!(await check(ref, oid, type)))
        bad.push(unsignedTag(ref, oid, "this tag is not signed by one who may"));
      continue;
    }
    let isCovered = false;
    for (const [name, tag] of tags)
      isCovered ||= tag.peeled === oid && (await check(name, tag.oid, tag.type));
    if (!isCovered) bad.push(unsignedTag(ref, oid, "no tag on its tip is signed by one who may"));
  }
  return { count, bad };
}

function unsignedTag(ref: string, oid: string, why: string): Unsigned {
  return { oid, author: "", subject: ref, why };
}

/** A signature covers the name inside of the tag: an old release under a new name must not pass. */
async function isGood(clone: Clone, ref: string, oid: string, settings: readonly string[]): Promise<boolean> {
  try {
    const name = await git(clone, ["verify-tag", "--format=%(tag)", oid], { settings });
    return `refs/tags/${name.trim()}` === ref;
  } catch (error) {
    if (error instanceof GitError && error.code === 1) return false;
    throw error;
  }
}
