/** Finds Git LFS pointer files, whose content CodeCommit cannot hold. */
import type { ServerGit } from "./bareRepository";
import { gitOutput } from "./gitProcess";

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer begins so, and is shorter than 1,024 bytes. */
const POINTER = "version https://git-lfs.github.com/spec/v1\n";
const MAX_POINTER_BYTES = 1023;

interface SmallBlob {
  id: string;
  path: string;
}

/** Blobs of a pointer's size in the trees of these commits, each once, with one path. */
async function smallBlobs(directory: string, tips: string[], git: ServerGit): Promise<SmallBlob[]> {
  const objects = await gitOutput(["-C", directory, "rev-list", "--objects", "--no-walk", "--stdin"], {
    ...git,
    input: tips.map((tip) => `${tip}\n`).join(""),
  });
  const sized = await gitOutput(
    ["-C", directory, "cat-file", "--batch-check=%(objecttype) %(objectsize) %(objectname) %(rest)"],
    { ...git, input: objects },
  );
  return sized.split("\n").flatMap((line) => {
    const [, size, id, path] = /^blob ([0-9]+) ([0-9a-f]+) (.*)$/.exec(line) ?? [];
    const fits = Number(size) > POINTER.length && Number(size) <= MAX_POINTER_BYTES;
    return id !== undefined && path !== undefined && fits ? [{ id, path }] : [];
  });
}

/**
 * Paths of LFS pointer files in the trees of these commits (ids; history is not searched), sorted.
 * Three git processes, however many commits.
 */
export async function lfsPointers(directory: string, tips: string[], git: ServerGit): Promise<string[]> {
  const blobs = await smallBlobs(directory, tips, git);
  if (blobs.length === 0) return [];
  const contents = await gitOutput(["-C", directory, "cat-file", "--batch=%(objectname)"], {
    ...git,
    input: blobs.map(({ id }) => `${id}\n`).join(""),
  });
  // The header line of each object is its id alone, so a pointer shows as an id followed by its first line.
  const starts = contents.matchAll(new RegExp(`^([0-9a-f]+)\n${POINTER}`, "gm"));
  const pointers = new Set([...starts].map(([, id]) => id));
  const found = blobs.filter(({ id }) => pointers.has(id));
  return found.map(({ path }) => path).sort();
}
