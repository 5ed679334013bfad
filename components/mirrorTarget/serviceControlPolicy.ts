/** The service control policy that leaves the airlock repositories no writers but the declared ones. */
import { policyText } from "./policyDocuments";

/**
 * Characters in a service control policy, twice of what they were before May 2026
 * (https://aws.amazon.com/about-aws/whats-new/2026/05/aws-organizations-increased-scp-quotas/).
 */
export const SERVICE_CONTROL_POLICY_LIMIT = 10_240;

export interface ServiceControlPolicyArgs {
  /** The airlock repositories: exact ARNs, or the one pattern of a prefix. */
  repositoryArns: readonly string[];
  /** Pattern of every repository in the Region and account. */
  everyRepositoryArn: string;
  /** `aws:PrincipalArn` of each writer, or a pattern for it. */
  writerArns: readonly string[];
}

/**
 * Denies everything but reading on the airlock repositories to every principal but the writers. Writers need their own
 * rights still: such a policy grants nothing. Reading is the list of what is *not* denied, so an action that CodeCommit
 * gains tomorrow is denied. It holds for the root user of the account too, but not in an organization's management
 * account, and not for service-linked roles
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
 * CodePipeline's `UploadArchive` counts as a change: name the pipeline's role a writer if one shall read from here.
 *
 * Where the exact ARNs do not fit (beyond some 120 repositories, fewer the longer their names), the policy speaks of every repository in this Region
 * and account. That denies more, never less, but makes repositories beside the airlock read-only as well, and the
 * statement's id says so; a repository prefix avoids it.
 *
 * @returns its text. It may exceed the limit only by the length of the writers' ARNs; the caller checks.
 */
export function serviceControlPolicy({
  repositoryArns,
  everyRepositoryArn,
  writerArns,
}: ServiceControlPolicyArgs): string {
  const exact = onlyWriters("OnlyWritersChangeTheAirlock", repositoryArns, writerArns);
  if (exact.length <= SERVICE_CONTROL_POLICY_LIMIT) return exact;
  return onlyWriters("OnlyWritersChangeAnyRepository", [everyRepositoryArn], writerArns);
}

function onlyWriters(sid: string, resources: readonly string[], writerArns: readonly string[]): string {
  return policyText({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: sid,
        Effect: "Deny",
        NotAction: [
          "codecommit:BatchGet*",
          "codecommit:Describe*",
          "codecommit:Get*",
          "codecommit:GitPull",
          "codecommit:List*",
        ],
        Resource: resources,
        Condition: { ArnNotLike: { "aws:PrincipalArn": [...new Set(writerArns)].sort() } },
      },
    ],
  });
}
