/** Roles and users as arguments: who deploys, and who may in an emergency. */
import { principalArn } from "./principalArn";
import { distinctTexts, text, type Report } from "./fields";

const deployer = "arn:aws:iam::123456789012:role/deployer";
const emergency = "arn:aws:iam::123456789012:role/break-glass";

/** IAM roles or users, or sessions of roles. */
export function deployers(least: 0 | 1) {
  return distinctTexts(text(deployer, principalProblem), [deployer], least);
}

/** IAM roles. */
export function emergencyRoles() {
  return distinctTexts(text(emergency, roleProblem), [emergency], 0);
}

/** Reports those of a list that are of another account. */
export function reportForeign(accountId: string, key: string, arns: readonly string[], problem: Report) {
  for (const [index, arn] of arns.entries()) {
    if (principalArn(arn)?.startsWith(`arn:aws:iam::${accountId}:`) === true) continue;
    const expected = `expected a role or user of account ${accountId}, e.g. "arn:aws:iam::${accountId}:role/deployer"`;
    problem([key, index], arn, `is of another account; ${expected}`);
  }
}

/** What keeps a text from being the ARN of somebody who deploys. Exact: a wildcard would widen a policy. */
function principalProblem(arn: string): string | undefined {
  if (/[*?]/.test(arn)) return "has a wildcard: name each one exactly";
  return principalArn(arn) === undefined
    ? "is not the ARN of an IAM role or user, nor of a role's session"
    : undefined;
}

function roleProblem(arn: string): string | undefined {
  return (
    principalProblem(arn) ??
    (/^arn:aws:iam::[0-9]+:role\//.test(arn) ? undefined : "is not the ARN of an IAM role")
  );
}
