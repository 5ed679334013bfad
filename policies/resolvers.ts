/** The rules for the resolvers of the isolated VPC and of GitLab's. */
import type { ReportViolation, StackValidationPolicy } from "@pulumi/policy";
import type { Reference } from "../isolation/model/deployment";
import { DOMAIN_LIST, FIREWALL_RULE, FIREWALL_TYPES } from "../isolation/model/resolverFirewalls";
import { known, propertiesOf } from "../isolation/model/stack";
import { SUBNETS } from "../isolation/model/types";
import { askedFor, bare, sourceNames } from "../isolation/packets/resolver";
import { gitlabHosts, gitlabSchema } from "./support/gitlabHosts";
import { isolatedVpcs, vpcSchema } from "./support/isolatedVpcs";
import { checkEach, waitFor } from "./support/known";
import { message } from "./support/resources";
import { readStack, type ReadStack } from "./support/snapshot";

/** What a VPC's resolver may be asked for. */
interface Names {
  /** Whether it may be asked for a name, in lower case and without its final dot. */
  mayAsk: (name: string) => boolean;
  /** What to do about any other. */
  fix: string;
}

export const isolatedVpcResolverIsClosed: StackValidationPolicy = {
  name: "isolated-vpc-resolver-is-closed",
  description:
    "The isolated VPC's resolver must answer for git-codecommit alone: a name that is asked for carries data out.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Associate a Resolver DNS Firewall rule group that allows git-codecommit's name and blocks *., and set " +
    "firewallFailOpen to DISABLED.",
  configSchema: { properties: vpcSchema },
  validateStack(args, reportViolation) {
    const read = readStack(args.resources);
    const inStack = isolatedVpcs(args, read).filter(({ isInStack }) => isInStack);
    const names = {
      mayAsk: (name: string) => /^git-codecommit(-fips)?\.[a-z0-9-]+\.amazonaws\.com$/.test(name),
      fix: "Allow git-codecommit's name of this region only.",
    };
    checkEach(inStack, ({ reference }) => {
      checkResolver(reference, names, read, reportViolation);
    });
    waitFor(read.stack.gaps, read);
  },
};

export const gitlabResolverIsClosed: StackValidationPolicy = {
  name: "gitlab-resolver-is-closed",
  description:
    "The resolver of GitLab's VPC must answer for the names that it needs alone: a name that is asked for carries data out.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Associate a Resolver DNS Firewall rule group that allows the names of CodeCommit, of the VPC's load balancers and " +
    "endpoints, and of what the proxy's tasks start from, and blocks *.; and set firewallFailOpen to DISABLED.",
  configSchema: { properties: gitlabSchema },
  validateStack(args, reportViolation) {
    const read = readStack(args.resources);
    const { side, stack } = read;
    const standing = gitlabHosts(args, read).flatMap((host) => stack.candidates(host, "subnetId", SUBNETS));
    const vpcs = new Set(
      side.network.subnets.filter(({ urn }) => standing.includes(urn)).map(({ vpc }) => vpc),
    );
    const inStack = side.network.vpcs.filter(({ urn }) => vpcs.has(urn));
    checkEach(inStack, ({ urn }) => {
      const whose = sourceNames(side, urn);
      const names = {
        mayAsk: (name: string) => whose(name) !== "stranger's",
        fix: "Allow exact names of CodeCommit, and of what stands in the VPC and its tasks start from, only.",
      };
      checkResolver(urn, names, read, reportViolation);
    });
    waitFor(stack.gaps, read);
  },
};

function checkResolver(
  vpc: Reference,
  { mayAsk, fix }: Names,
  read: ReadStack,
  reportViolation: ReportViolation,
): void {
  const report = (found: string, toDo: string) => {
    reportViolation(message(read.at(vpc), found, toDo), vpc);
  };
  const firewall = read.side.network.resolverFirewalls.find((one) => one.vpc === vpc);
  const gaps = read.side.gaps.filter(({ urn }) => FIREWALL_TYPES.includes(read.at(urn).type));
  if (firewall?.failsClosed !== true && !gaps.some(({ awaits }) => awaits === "firewallFailOpen")) {
    report(
      `has a resolver that answers when its firewall does not (firewallFailOpen ${firewall?.failOpen ?? "not set"})`,
      "Add a ResolverFirewallConfig for it with firewallFailOpen DISABLED.",
    );
  }
  const { domains, isLimited } = askedFor(firewall ?? { rules: [] });
  if (!isLimited) {
    waitFor(
      gaps.filter(({ urn }) => !isAllowed(urn, read)),
      read,
    );
    report(
      "has a resolver that no firewall rule stops from asking for any name",
      "Add a rule that blocks the domain *.",
    );
  }
  const open = domains.filter(({ domain }) => !mayAsk(bare(domain)));
  if (open.length > 0)
    report(`has a resolver that may ask for ${open.map(({ domain }) => domain).join(", ")}`, fix);
  waitFor(gaps, read);
}

/** Whether a domain list is one that rules let through: whatever it will hold blocks nothing. */
function isAllowed(urn: string, { stack }: ReadStack): boolean {
  const rules = stack
    .of(FIREWALL_RULE)
    .filter((rule) => stack.candidates(rule, "firewallDomainListId", [DOMAIN_LIST]).includes(urn));
  return rules.length > 0 && rules.every((rule) => known(propertiesOf(rule).action) === "ALLOW");
}
