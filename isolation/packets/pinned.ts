/** Whether an endpoint's policy keeps strangers' credentials and strangers' resources out. */
import type { Statement } from "../iam/policy";
import type { Endpoint, Network } from "../model/deployment";
import { isWithin } from "../model/stack";
import { TARGET_COMPONENT } from "../model/types";

/**
 * Why an endpoint is a way to other accounts; none when every Allow of its policy is pinned to the account: by conditions on
 * both principal and resource, or for git-codecommit by the repositories' ARNs, which hold the account.
 * Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
export function unpinned(endpoint: Endpoint, account: string): string[] {
  const allows = endpoint.policy?.statements.filter(({ effect }) => effect === "Allow") ?? [];
  const check = isGitEndpoint(endpoint) ? pullOnly : both;
  return allows.filter((statement) => !check(statement, account)).map(({ label }) => label);
}

/** Whether it is an endpoint of the service that speaks git. */
export function isGitEndpoint({ serviceName = "" }: { readonly serviceName?: string | undefined }): boolean {
  return /^com\.amazonaws\.[a-z0-9-]+\.git-codecommit(-fips)?$/.test(serviceName);
}

/**
 * The endpoints through which isolated terminals may speak git: all of those in the VPCs where MirrorTarget has its own. Another
 * VPC's are nobody's way out of the isolated ones. Where MirrorTarget has none, every VPC with one counts.
 */
export function pullEndpointsOf({ endpoints }: Network): Endpoint[] {
  const all = endpoints.filter(isGitEndpoint);
  const isolated = new Set(
    all.filter((endpoint) => isWithin(endpoint, TARGET_COMPONENT)).map(({ vpc }) => vpc),
  );
  return isolated.size === 0 ? all : all.filter(({ vpc }) => isolated.has(vpc));
}

function pullOnly({ actions, resources }: Statement, account: string): boolean {
  return (
    !actions.inverted &&
    actions.patterns.every((action) => action.toLowerCase() === "codecommit:gitpull") &&
    !resources.inverted &&
    resources.patterns.every(
      (arn) => /^arn:aws[a-z-]*:codecommit:[a-z0-9-]+:\d{12}:.+$/.test(arn) && arn.split(":")[4] === account,
    )
  );
}

function both(statement: Statement, account: string): boolean {
  const isHeld = (key: string, holds: (value: string) => boolean, operators: readonly string[]) =>
    statement.conditions.some(
      (condition) =>
        condition.key === key && operators.includes(condition.operator) && condition.values.every(holds),
    );
  const is = (value: string) => value === account;
  const ofAccount = (arn: string) => arn.split(":")[4] === account;
  return (
    (isHeld("aws:PrincipalAccount", is, ["StringEquals"]) ||
      isHeld("aws:PrincipalArn", ofAccount, ["StringEquals", "ArnEquals", "ArnLike"])) &&
    // Whoever asks is of the account, so that his own is the account.
    isHeld("aws:ResourceAccount", (value) => is(value) || value === "${aws:PrincipalAccount}", [
      "StringEquals",
    ])
  );
}
