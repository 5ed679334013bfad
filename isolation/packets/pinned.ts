/** Whether an endpoint's policy keeps strangers' credentials and strangers' resources out. */
import { accountOf } from "../../facts/arn";
import { gitHostOf } from "../../facts/hosts";
import type { Statement } from "../iam/policy";
import type { Endpoint, Network } from "../model/deployment";
import { AddressSet } from "./addressSet";
import { admitted } from "./filters";
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
  return gitHostOf(serviceName) !== undefined;
}

/**
 * The endpoints through which isolated terminals may speak git: all of those in the VPCs where MirrorTarget has its own, and
 * those of other VPCs that let them in. Where MirrorTarget has none, every one counts.
 * @param terminals where isolated terminals are
 */
export function pullEndpointsOf(network: Network, terminals: readonly string[]): Endpoint[] {
  const all = network.endpoints.filter(isGitEndpoint);
  const isolated = new Set(
    all.filter((endpoint) => isWithin(endpoint, TARGET_COMPONENT)).map(({ vpc }) => vpc),
  );
  const admits = (endpoint: Endpoint) => mayLetIn(network, endpoint, AddressSet.of(...terminals));
  return isolated.size === 0 ? all : all.filter((one) => isolated.has(one.vpc) || admits(one));
}

/** One without groups has its VPC's default one, which lets in nothing but its members unless it was changed. */
function mayLetIn(network: Network, { vpc, securityGroups }: Endpoint, senders: AddressSet): boolean {
  const standard = network.vpcs.find(({ urn }) => urn === vpc)?.defaultSecurityGroup;
  const wanted = securityGroups.length > 0 || standard === undefined ? securityGroups : [standard];
  const shown = network.securityGroups.filter(({ urn }) => wanted.includes(urn));
  const isShown = securityGroups.every((group) => shown.some(({ urn }) => urn === group));
  const { addresses, unknown } = admitted(shown, "ingress", { protocol: "tcp", from: 443, to: 443 });
  return !isShown || unknown.length > 0 || !addresses.intersect(senders).isEmpty;
}

function pullOnly({ actions, resources }: Statement, account: string): boolean {
  return (
    !actions.inverted &&
    actions.patterns.every((action) => action.toLowerCase() === "codecommit:gitpull") &&
    !resources.inverted &&
    resources.patterns.every(
      (arn) => /^arn:aws[a-z-]*:codecommit:[a-z0-9-]+:\d{12}:.+$/.test(arn) && accountOf(arn) === account,
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
  const ofAccount = (arn: string) => accountOf(arn) === account;
  return (
    (isHeld("aws:PrincipalAccount", is, ["StringEquals"]) ||
      isHeld("aws:PrincipalArn", ofAccount, ["StringEquals", "ArnEquals", "ArnLike"])) &&
    // Whoever asks is of the account, so that his own is the account.
    isHeld("aws:ResourceAccount", (value) => is(value) || value === "${aws:PrincipalAccount}", [
      "StringEquals",
    ])
  );
}
