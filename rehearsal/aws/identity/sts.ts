/** Who deploys: Security Token Service. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { capitalsAndDigits, derivedText } from "../derived";
import { lookUp } from "../lookups";

/** The role that the program is deployed by. Every stand-in account is born with it. */
export const deployerRoleName = "deployer";

/** ARN of the role that the program is deployed by. */
export function deployerRoleArn(aws: AccountContext): string {
  return `arn:aws:iam::${aws.accountId}:role/${deployerRoleName}`;
}

/** AROA and 17 capitals and digits: what IAM calls a role by itself. */
export function roleUniqueId(aws: AccountContext, roleName: string): string {
  return `AROA${derivedText(aws, capitalsAndDigits, 17, "role", roleName)}`;
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const getCallerIdentity = lookUp(
  "aws:index/getCallerIdentity:getCallerIdentity",
  z.looseObject({}),
  (aws) => ({
    accountId: aws.accountId,
    arn: `arn:aws:sts::${aws.accountId}:assumed-role/${deployerRoleName}/rehearsal`,
    id: aws.accountId,
    userId: `${roleUniqueId(aws, deployerRoleName)}:rehearsal`,
  }),
);
