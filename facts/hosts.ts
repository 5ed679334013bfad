/** Host names of AWS's services. */

/**
 * The Regions where git reaches CodeCommit by an endpoint with validated cryptography, too.
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/regions.html#regions-git
 */
export const fipsRegions: readonly string[] = [
  "ca-central-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

/** What CodeCommit's git is called in host names and endpoint services. */
function gitService(fips: boolean): string {
  return fips ? "git-codecommit-fips" : "git-codecommit";
}

/**
 * Where a service of a region answers, e.g. "ssm".
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html#regional-endpoints
 */
export function serviceHost(service: string, region: string): string {
  return `${service}.${region}.amazonaws.com`;
}

/**
 * Where git reaches CodeCommit.
 * @param fips whether by the endpoint with validated cryptography
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/regions.html#regions-git
 */
export function codeCommitHost(region: string, fips = false): string {
  return serviceHost(gitService(fips), region);
}

/** The HTTPS clone URL of a repository. */
export function codeCommitCloneUrl(region: string, repository: string, fips = false): string {
  return `https://${codeCommitHost(region, fips)}/v1/repos/${repository}`;
}

/**
 * The service that a VPC endpoint for git leads to.
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/codecommit-and-interface-VPC.html
 */
export function gitEndpointService(region: string, fips = false): string {
  return `com.amazonaws.${region}.${gitService(fips)}`;
}

/** The host that a VPC endpoint for git answers for by its private DNS name; undefined for one of another service. */
export function gitHostOf(serviceName: string): string | undefined {
  const [, region, service] =
    /^com\.amazonaws\.([a-z0-9-]+)\.(git-codecommit(?:-fips)?)$/.exec(serviceName) ?? [];
  return region === undefined ? undefined : codeCommitHost(region, service === gitService(true));
}
