/** Git repositories of every kind, made fast by `git fast-import`. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { gitEnvironment } from "../../rehearsal/git/gitProcess";

/** Runs git on files, far from this machine's own configuration; returns what it printed. Throws when git fails. */
export function git(cwd: string, args: string[], input?: string | Buffer): string {
  const identity = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"];
  return execFileSync("git", [...identity, ...args], {
    cwd,
    env: gitEnvironment(cwd),
    input,
    stdio: ["pipe", "pipe", "pipe"],
    maxBuffer: 256 * 1024 * 1024,
  }).toString();
}

/** Makes a bare repository with what the parts of a fast-import stream say. Returns its directory. */
export function makeRepository(
  directory: string,
  stream: readonly (string | Buffer)[],
  branch = "main",
): string {
  mkdirSync(directory, { recursive: true });
  git(directory, ["init", "--quiet", "--bare", `--initial-branch=${branch}`, "."]);
  // Kept as one pack of uncompressed objects: what is tested is the way in, not zlib.
  const settings = ["-c", "core.compression=0", "-c", "fastimport.unpackLimit=0"];
  const input = Buffer.concat(stream.map((part) => Buffer.from(part)));
  if (input.length > 0) git(directory, [...settings, "fast-import", "--quiet"], input);
  return directory;
}

function data(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from("\n")]);
}

export interface Commit {
  branch: string;
  message?: string;
  /** Content by path. */
  files?: Readonly<Record<string, string | Buffer>>;
  author?: string;
  /** The branch that this one begins at. */
  from?: string;
}

/** A commit on top of its branch. */
export function commit({ branch, message = "change", files = {}, author = "Dev", from }: Commit): Buffer {
  const person = `${author} <dev@example.com> 1700000000 +0900\n`;
  return Buffer.concat([
    Buffer.from(`commit refs/heads/${branch}\nauthor ${person}committer ${person}`),
    data(message),
    Buffer.from(from === undefined ? "" : `from refs/heads/${from}\n`),
    ...Object.entries(files).flatMap(([path, content]) => [
      Buffer.from(`M 100644 inline ${path}\n`),
      data(content),
    ]),
    Buffer.from("\n"),
  ]);
}

/** A tag with a message of its own, on the tip of a branch. */
export function annotatedTag(name: string, branch: string, tagger = "Dev"): Buffer {
  return Buffer.concat([
    Buffer.from(
      `tag ${name}\nfrom refs/heads/${branch}\ntagger ${tagger} <dev@example.com> 1700000000 +0900\n`,
    ),
    data(`release ${name}`),
  ]);
}
