/**
 * What CodeCommit takes in a push, beside what git takes
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html). Its limit of 2 GB for one file is not imitated.
 * How CodeCommit words a refusal to git is written nowhere; these are the words of the page.
 */

/** The most references that one push may create, delete and update. */
export const maxUpdates = 4000;

/** Why a push of more references is refused ("Git error: Too many reference update commands" in the user guide). */
export const tooManyUpdates =
  "Too many reference update commands: CodeCommit takes at most 4,000 in one push; " +
  "push branches and tags separately, or in several parts";

/** Why CodeCommit takes no branch of this name; undefined for a good one, and for a tag, of which the page says nothing. */
export function branchProblem(reference: string): string | undefined {
  const name = /^refs\/heads\/([^]*)$/.exec(reference)?.[1];
  if (name === undefined) return undefined;
  if (Array.from(name).length > 256) return "Branch names are between 1 and 256 characters in length";
  if (/^[0-9a-f]{40}$/i.test(name))
    return "Branch names of exactly 40 hexadecimal characters are not allowed";
  if (name === "@") return "Branch names cannot consist of the single character @";
  // What else the page forbids, git forbids as well (git-check-ref-format).
  return undefined;
}

/**
 * A pre-receive hook that refuses file paths: of each new object, where git meets it first, and of all files of each new tip.
 * Where nothing is too long or too deep, grep finds nothing, which is its code 1.
 */
export const pathHook = `#!/bin/sh
paths() {
  # Each line is: old id, new id, reference. What is deleted has a new id of zeros.
  news=$(while read -r _ new _; do case $new in *[!0]*) echo "$new";; esac; done)
  [ -n "$news" ] || return
  git rev-list --objects $news --not --all | sed 's/^[0-9a-f]* *//'
  for new in $news; do git -c core.quotePath=false ls-tree -r --name-only "$new^{tree}" 2>/dev/null; done
}
found=$(paths | grep -a -m 1 -E '^([^/]+/){21}|^.{4097}')
[ -n "$found" ] || exit 0
echo "File paths are between 1 and 4,096 characters in length, and cannot exceed 20 directories in depth:" >&2
printf '%.300s\\n' "$found" >&2
exit 1
`;
