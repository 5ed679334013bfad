/** The config key `deployerArns`, which each stack that lets only its deployers at something has. */
import { principalArn } from "./principalArn";
import { distinctTexts, text } from "./fields";

const example = "arn:aws:iam::123456789012:role/deployer";

/** IAM roles or users, or sessions of roles; an empty list stands for the identity that runs the deployment. */
export function deployers() {
  return distinctTexts(text(example, principalProblem), [example], 0);
}

/** What keeps a text from being the ARN of somebody who deploys. Exact: a wildcard would widen a policy. */
export function principalProblem(arn: string): string | undefined {
  if (/[*?]/.test(arn)) return "has a wildcard: name each one exactly";
  return principalArn(arn) === undefined
    ? "is not the ARN of an IAM role or user, nor of a role's session"
    : undefined;
}
