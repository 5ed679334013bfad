/** Whether a repository can be carried at all: what GitLab, its mirror or CodeCommit cannot take, found before any push. */
import type { ServerGit } from "./bareRepository";
import { branchProblem } from "./codeCommitLimits";
import { gitOutput, runGit } from "./gitProcess";

/** The full names of branches and tags, as bytes: git knows no encoding. One character a byte. */
async function referenceNames(directory: string, git: ServerGit): Promise<string[]> {
  const args = ["-C", directory, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags"];
  const listed = await gitOutput(args, { ...git, encoding: "latin1" });
  return listed.split("\n").filter((line) => line !== "");
}

function utf8(bytes: string): string | undefined {
  const text = Buffer.from(bytes, "latin1").toString();
  return Buffer.from(text).toString("latin1") === bytes ? text : undefined;
}

/** What is wrong with the names, the first found. */
function nameProblem(names: readonly string[]): string | undefined {
  const known = new Set(names);
  for (const bytes of names) {
    const name = utf8(bytes);
    if (name === undefined)
      return (
        `it has a reference whose name is not UTF-8, ${JSON.stringify(Buffer.from(bytes, "latin1").toString())}: GitLab ` +
        "takes names for text. Give it another name (git branch -m, or git tag and git tag -d)."
      );
    const problem = branchProblem(name);
    if (problem !== undefined)
      return `it has the branch ${JSON.stringify(name)}, which CodeCommit does not take: ${problem}. Give it another name (git branch -m).`;
    // A mirror pushes full names, and git looks for each also below refs/heads/ and refs/tags/ (gitrevisions).
    const shadowed = /^refs\/(?:heads|tags)\/(refs\/(?:heads|tags)\/.+)$/.exec(bytes)?.[1];
    if (shadowed !== undefined && known.has(shadowed))
      return (
        `it has both ${utf8(shadowed) ?? shadowed} and ${name}, between which git cannot tell when a mirror pushes the first. ` +
        "Give the second one another name, or delete it."
      );
  }
  return undefined;
}

/**
 * Why the repository cannot be carried, and what to do; undefined where it can. Walks all of its objects once, as git itself does after a fetch.
 * @param directory a bare repository's folder, e.g. of a mirror clone
 */
export async function carryingProblem(directory: string, git: ServerGit): Promise<string | undefined> {
  const format = (await gitOutput(["-C", directory, "rev-parse", "--show-object-format"], git)).trim();
  if (format !== "sha1")
    return (
      `it is in git's object format ${format}, and AWS documents CodeCommit for SHA-1 alone. Carry a repository that was made ` +
      "with git init --object-format=sha1; history can be moved with git fast-export and git fast-import."
    );
  const names = await referenceNames(directory, git);
  const problem = nameProblem(names);
  if (problem !== undefined) return problem;
  const walk = ["-C", directory, "rev-list", "--objects", "--quiet", "--branches", "--tags"];
  const walked = await runGit(walk, git);
  if (walked.code === 0) return undefined;
  return (
    "it lacks objects that its branches or tags need, as a partial clone does. Fetch them with " +
    '"git fetch --refetch --no-filter" in it, or pass another repository: npm start -- --repo PATH_OR_URL ' +
    `(${walked.stderr.trim()})`
  );
}
