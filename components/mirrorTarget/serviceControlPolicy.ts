/** The service control policy that leaves the airlock repositories no writers but the declared ones. */
import type { Condition } from "./lock";
import { policyText } from "./policyDocuments";

/**
 * Characters in a service control policy, twice of what they were before May 2026
 * (https://aws.amazon.com/about-aws/whats-new/2026/05/aws-organizations-increased-scp-quotas/).
 */
export const SERVICE_CONTROL_POLICY_LIMIT = 10_240;

/** What the policies of the organization are about: the repositories, and who may do what. */
export interface ControlledTarget {
  /** The airlock repositories: exact ARNs, or the one pattern of a prefix. */
  repositoryArns: readonly string[];
  /** Pattern of every repository in the Region and account. */
  everyRepositoryArn: string;
  /** `aws:PrincipalArn` of each writer, or a pattern for it. */
  writerArns: readonly string[];
}

/** What the service control policy is about: the gate users' credentials, too. */
export interface ServiceControlPolicyArgs extends ControlledTarget {
  /** ARNs of the two gate users. */
  gateUserArns: readonly string[];
  /** `aws:PrincipalArn` of each deployer, or a pattern for it. */
  deployerArns: readonly string[];
}

/**
 * Denies everything but reading on the airlock repositories to every principal but the writers, and everything but reading
 * on the gate users to every principal but the deployers: nobody else can make, reset or delete a git credential of
 * theirs, nor give them another right. Writers need their own rights still: such a policy grants nothing. Reading is the
 * list of what is *not* denied, so an action that AWS gains tomorrow is denied. It holds for the root user of the account
 * too, but not in an organization's management account, and not for service-linked roles
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
 * CodePipeline's `UploadArchive` counts as a change: name the pipeline's role a writer if one shall read from here.
 *
 * Credentials could be told apart by `iam:ServiceSpecificCredentialServiceName`; without it the Deny hangs on one condition
 * less, and no other service's credential of a gate user is of use to anybody.
 *
 * Where the exact ARNs do not fit (beyond some 110 repositories, fewer the longer their names), the policy speaks of every
 * repository in this Region and account. That denies more, never less, but makes repositories beside the airlock read-only
 * as well, and the statement's id says so; a repository prefix avoids it.
 *
 * @returns its text. It may exceed the limit only by the length of the writers' ARNs; the caller checks.
 */
export function serviceControlPolicy(args: ServiceControlPolicyArgs): string {
  const exact = document("OnlyWritersChangeTheAirlock", args.repositoryArns, args);
  if (exact.length <= SERVICE_CONTROL_POLICY_LIMIT) return exact;
  return document("OnlyWritersChangeAnyRepository", [args.everyRepositoryArn], args);
}

function document(
  sid: string,
  repositories: readonly string[],
  { writerArns, gateUserArns, deployerArns }: ServiceControlPolicyArgs,
): string {
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
        Resource: repositories,
        Condition: anybodyBut(writerArns),
      },
      {
        Sid: "OnlyDeployersChangeGateUsers",
        Effect: "Deny",
        NotAction: ["iam:Get*", "iam:List*", "iam:Simulate*"],
        Resource: gateUserArns,
        Condition: anybodyBut(deployerArns),
      },
    ],
  });
}

/** True of every principal but these. */
export function anybodyBut(arns: readonly string[]): Condition {
  return { ArnNotLike: { "aws:PrincipalArn": [...new Set(arns)].sort() } };
}
