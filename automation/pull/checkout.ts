/** Files as git would write them, to compare with those that are there. */
import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { git, type Clone } from "./git";

/** What stands at a path: a file's bytes, a link's target; nothing where nothing is, or something else. */
export function bytesAt(path: string): { kind: "file" | "link"; bytes: Buffer } | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true) return { kind: "file", bytes: readFileSync(path) };
  if (found?.isSymbolicLink() === true)
    return { kind: "link", bytes: readlinkSync(path, { encoding: "buffer" }) };
  return undefined;
}

/** The id that git gives to these bytes, in the hash that another id is in. */
export function blobId(bytes: Buffer, like: string): string {
  const hash = createHash(like.length === 40 ? "sha1" : "sha256");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * Writes some of an index's files as a checkout would, elsewhere.
 * @param index an index in place of the clone's own
 * @param compare told the folder that they are in, which is gone afterwards
 */
export async function asCheckedOut<Result>(
  clone: Clone,
  paths: readonly string[],
  compare: (folder: string) => Result,
  index?: string,
): Promise<Result> {
  const gitFolder = (await git(clone, ["rev-parse", "--absolute-git-dir"])).trim();
  const folder = mkdtempSync(join(gitFolder, "airlock-checkout-"));
  try {
    const input = paths.map((path) => `${path}\0`).join("");
    const variables: Record<string, string> = index === undefined ? {} : { GIT_INDEX_FILE: index };
    await git(clone, ["checkout-index", "-q", "-z", "--stdin", `--prefix=${folder}/`], { input, variables });
    return compare(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
