/** Host names of AWS's services. */

/**
 * Where git reaches CodeCommit.
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/regions.html#regions-git
 */
export function codeCommitHost(region: string): string {
  return `git-codecommit.${region}.amazonaws.com`;
}

/** The HTTPS clone URL of a repository. */
export function codeCommitCloneUrl(region: string, repository: string): string {
  return `https://${codeCommitHost(region)}/v1/repos/${repository}`;
}
