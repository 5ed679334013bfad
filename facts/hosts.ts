/** Host names of AWS's services. */

/**
 * Where a service of a region answers, e.g. "ssm".
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html#regional-endpoints
 */
export function serviceHost(service: string, region: string): string {
  return `${service}.${region}.amazonaws.com`;
}

/**
 * Where git reaches CodeCommit.
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/regions.html#regions-git
 */
export function codeCommitHost(region: string): string {
  return serviceHost("git-codecommit", region);
}

/** The HTTPS clone URL of a repository. */
export function codeCommitCloneUrl(region: string, repository: string): string {
  return `https://${codeCommitHost(region)}/v1/repos/${repository}`;
}
