/**
 * Whether what comes in is signed by those who may. Git decides, with ssh-keygen; how they do: `gpg.ssh.allowedSignersFile`
 * in git-config(1), ALLOWED SIGNERS in ssh-keygen(1). Since git 2.35 the validity of a key is judged at the date that the
 * commit or tag itself bears.
 */
import { existsSync } from "node:fs";
import { GitError, git, lines, run, type Clone } from "./git";
import { peel, revisions } from "./history";
import { printableLines } from "./printable";
import type { Tip, Tips } from "./refs";

/** A commit or tag that is not signed as it must be. */
export interface Unsigned {
  oid: string;
  author: string;
  subject: string;
  /** What is wrong with its signature. */
  why: string;
}

/** Who signed what was good. */
export interface Signer {
  /** The name by which the signers' file allows the key. */
  principal: string;
  /** The key's fingerprint, `SHA256:…`. */
  key: string;
  /** How many commits or tags. */
  count: number;
}

/** By commit, or by reference where tags are signed, who signed it well. */
export type SignedBy = ReadonlyMap<string, Omit<Signer, "count">>;

/** How the signatures came out, and of what each is. */
export interface CheckedEach {
  checked: Checked;
  signedBy: SignedBy;
}

/** How the signatures came out. */
export interface Checked {
  count: number;
  bad: Unsigned[];
  signers: Signer[];
}

/** Counts signatures by who made them. */
export class Signers {
  readonly #signers = new Map<string, Signer>();

  add(principal: string, key: string): void {
    const id = `${key} ${principal}`;
    const known = this.#signers.get(id);
    this.#signers.set(id, { principal, key, count: (known?.count ?? 0) + 1 });
  }

  all(): Signer[] {
    return [...this.#signers.values()];
  }
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
  U: "its key is not an allowed signer's, or was not at the time",
  N: "not signed with an ssh key",
};

/** Checks every commit that is reachable from the tips and not from what is trusted. */
export async function checkCommits(
  clone: Clone,
  tips: Tips,
  trusted: readonly string[],
  settings: readonly string[],
): Promise<CheckedEach> {
  const bad: Unsigned[] = [];
  const signers = new Signers();
  const signedBy = new Map<string, Omit<Signer, "count">>();
  const oids = [...tips.values()].map(({ oid }) => oid);
  const peeled = await peel(clone, oids);
  for (const [ref, { oid }] of tips)
    if (peeled.get(oid)?.type !== "commit")
      bad.push(unsignedRef(ref, oid, "points at no commit, so no commit's signature covers it"));
  if (oids.length === 0) return { checked: { count: 0, bad, signers: [] }, signedBy };
  const format = "--format=%H%x00%G?%x00%GF%x00%GS%x00%an%x00%s";
  const plain = ["--no-show-signature", "--no-patch", "--no-notes", "--no-color", "--no-follow"];
  const input = revisions(oids, trusted);
  const log = lines(await git(clone, ["log", ...plain, format, "--stdin"], { input, settings }));
  for (const line of log) {
    const [oid = "", grade = "", key = "", principal = "", author = "", subject = ""] = line.split("\0");
    if (grade === "G" && key.startsWith("SHA256:")) {
      signers.add(principal, key);
      signedBy.set(oid, { principal, key });
    } else bad.push({ oid, author, subject, why: GRADES[grade] ?? "its signature cannot be checked" });
  }
  return { checked: { count: log.length, bad, signers: signers.all() }, signedBy };
}

/** Checks that each tag is signed, and that a signed tag is on the tip of each branch. */
export async function checkTags(
  clone: Clone,
  tips: Tips,
  incoming: Tips,
  settings: readonly string[],
): Promise<CheckedEach> {
  const bad: Unsigned[] = [];
  const signers = new Signers();
  const signedBy = new Map<string, Omit<Signer, "count">>();
  const covering = new Map<string, [string, Tip][]>();
  for (const [ref, tag] of incoming) {
    if (!ref.startsWith("refs/tags/") || tag.type !== "tag") continue;
    covering.set(tag.peeled, [...(covering.get(tag.peeled) ?? []), [ref, tag]]);
  }
  // A tag can be asked about for itself and for a branch; it is verified once.
  const verified = new Map<string, Verified | undefined>();
  const check = async (ref: string, { oid, type }: Tip, of = ref) => {
    if (type !== "tag") return false;
    if (!verified.has(oid)) verified.set(oid, await verifyTag(clone, oid, settings));
    const signed = verified.get(oid);
    // A signature covers the name inside of the tag: an old release under a new name must not pass.
    if (signed === undefined || `refs/tags/${signed.name}` !== ref) return false;
    signers.add(signed.principal, signed.key);
    signedBy.set(of, { principal: signed.principal, key: signed.key });
    return true;
  };
  let count = 0;
  for (const [ref, tip] of tips) {
    count++;
    if (ref.startsWith("refs/tags/")) {
      if (!(await check(ref, tip)))
        bad.push(unsignedRef(ref, tip.oid, "this tag is not signed by an allowed signer"));
      continue;
    }
    let isCovered = false;
    for (const [name, tag] of covering.get(tip.oid) ?? []) isCovered ||= await check(name, tag, ref);
    if (!isCovered) bad.push(unsignedRef(ref, tip.oid, "no tag on its tip is signed by an allowed signer"));
  }
  return { checked: { count, bad, signers: signers.all() }, signedBy };
}

function unsignedRef(ref: string, oid: string, why: string): Unsigned {
  return { oid, author: "", subject: ref, why };
}

/** A tag whose signature is good. */
interface Verified {
  /** The name that is written in the tag. */
  name: string;
  principal: string;
  key: string;
}

/** What ssh-keygen says of a good signature, as git passes it on. */
const GOOD = /^Good "git" signature for (.*) with \S+ key (SHA256:\S+)$/m;

async function verifyTag(
  clone: Clone,
  oid: string,
  settings: readonly string[],
): Promise<Verified | undefined> {
  const { code, stdout, stderr } = await run(clone, ["verify-tag", "--verbose", oid], { settings });
  const [, principal, key] = GOOD.exec(stderr) ?? [];
  const name = /^tag (.*)$/m.exec(stdout.split("\n\n", 1)[0] ?? "")?.[1];
  if (code === 0 && name !== undefined && principal !== undefined && key !== undefined)
    return { name, principal, key };
  if (code === 0 || code === 1) return undefined;
  throw new GitError(`git verify-tag failed: ${printableLines(stderr).trim()}`, code);
}
