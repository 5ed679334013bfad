/** From the ARN a caller has to the ARN that policies see in `aws:PrincipalArn`. */

/** Characters of IAM names (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
const IAM_PRINCIPAL = /^arn:aws:iam::\d{12}:(role|user)\/([\w+=,.@-]+\/)*[\w+=,.@-]+$/;
const ASSUMED_ROLE = /^arn:aws:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/;

/**
 * The value of `aws:PrincipalArn`, or a pattern for it, of a user, a role or a session of a role; undefined for
 * anything else, the root user included.
 *
 * For a session the key holds the ARN of its role
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn).
 * The session's own ARN does not tell the role's path. For a role of IAM Identity Center the path is known but for an
 * optional Region, in a place of the account where nobody else can make roles, and a pattern covers both
 * (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html). For any other role the
 * path is taken to be "/": **give the role's own ARN if it has another path**, or the service control policy locks
 * that deployer out.
 */
export function principalArn(arn: string): string | undefined {
  if (IAM_PRINCIPAL.test(arn)) return arn;
  const [, account, role] = ASSUMED_ROLE.exec(arn) ?? [];
  if (account === undefined || role === undefined) return undefined;
  const path = role.startsWith("AWSReservedSSO_") ? "aws-reserved/sso.amazonaws.com*/" : "";
  return `arn:aws:iam::${account}:role/${path}${role}`;
}
