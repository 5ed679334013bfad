/** What AWS Organizations' policies leave of everybody's rights. */
import type { Limits } from "../access/region";
import { parsePolicy, type Policy } from "../iam/policy";

/** Every account has it at each level unless it was taken away, and only then is a Deny-only policy a whole one. */
export const FULL_ACCESS = parsePolicy(
  {
    Version: "2012-10-17",
    Statement: [{ Sid: "FullAWSAccess", Effect: "Allow", Action: "*", Resource: "*" }],
  },
  "FullAWSAccess",
);

/** What AWS Organizations' policies take away from everybody of an account. */
export type OrganizationLimits = Pick<Limits, "serviceControl" | "resourceControl">;

/** Attached policies as limits: beside what every level lets through until it is taken away. */
export function organizationLimits(
  serviceControl: readonly Policy[],
  resourceControl: readonly Policy[],
): OrganizationLimits {
  return {
    ...(serviceControl.length > 0 && { serviceControl: [[FULL_ACCESS, ...serviceControl]] }),
    ...(resourceControl.length > 0 && { resourceControl }),
  };
}
