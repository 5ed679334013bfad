/** Names of AWS services as VPC endpoints call them. */

/** Whether the service is the one that speaks git; the CodeCommit API is another one. */
export function isGitService(serviceName: string | undefined): boolean {
  return serviceName?.endsWith(".git-codecommit") === true;
}
