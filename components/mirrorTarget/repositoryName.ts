/** From the path of a GitLab project to the name of its CodeCommit repository, never two to the same. */
import { createHash } from "node:crypto";

/**
 * Longest name of a CodeCommit repository
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html, "Repository names").
 */
const LONGEST_NAME = 100;

/** 160 bits of SHA-256 in hexadecimal: some 10^24 paths before two of them are likely to share a digest. */
const DIGEST_LENGTH = 40;

/** Longest `repositoryPrefix`: leaves a digest and a readable part of the path in every name. */
export const LONGEST_PREFIX = 40;

/**
 * Whether CodeCommit takes the text as a repository's name: 1 to 100 of `[A-Za-z0-9._-]`, not ending in `.git`
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html). `.` and `..` are refused on top, because
 * an HTTP client takes them out of the clone URL.
 */
export function isRepositoryName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(name) && !/^\.\.?$|\.git$/i.test(name);
}

/**
 * The repository name of a GitLab project: its path with `/` written as `.`, so "platform/network" becomes
 * "platform.network". Behind a prefix it becomes "<prefix>-platform.network".
 *
 * What else stands before a separator is escaped, as quotes are on a Windows command line: `_` is doubled directly
 * before `/` and `.`, and a `.` of the path gets one more `_` before it. Reading back, an even number of `_` before a
 * `.` means `/`, an odd one means `.`; so no two paths share a name. A name that would be too long or would end in
 * `.git` is made of the path's end and a digest instead. It holds no `.` behind the prefix, whereas every other name
 * does (each path has a `/`): the two sorts never meet.
 *
 * GitLab ignores case in paths and CodeCommit does not, so the case is kept as given, but paths that differ get names
 * that differ in more than case.
 *
 * @param gitlabProject a path in which `gitlabProjectProblem` finds nothing wrong
 * @param prefix at most `LONGEST_PREFIX` characters
 */
export function repositoryName(gitlabProject: string, prefix?: string): string {
  const head = prefix === undefined ? "" : `${prefix}-`;
  const name = head + escapePath(gitlabProject);
  if (name.length <= LONGEST_NAME && isRepositoryName(name)) return name;
  return head + digestPath(gitlabProject, LONGEST_NAME - head.length);
}

function escapePath(path: string): string {
  return path.replace(
    /(_*)([/.])/g,
    (_, underscores: string, separator: string) =>
      underscores + underscores + (separator === "/" ? "." : "_."),
  );
}

function digestPath(path: string, length: number): string {
  const digest = createHash("sha256").update(path.toLowerCase()).digest("hex").slice(0, DIGEST_LENGTH);
  const end = path.replace(/[^A-Za-z0-9]+/g, "-").slice(-(length - DIGEST_LENGTH - 1));
  return `${end.replace(/^-+/, "")}-${digest}`;
}
