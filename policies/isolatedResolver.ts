/** The rule for the isolated VPC's resolver. */
import type { ReportViolation, StackValidationPolicy } from "@pulumi/policy";
import { FIREWALL_TYPES } from "../isolation/model/resolverFirewalls";
import { isolatedVpcs, vpcSchema, type IsolatedVpc } from "./support/isolatedVpcs";
import { checkEach, waitFor } from "./support/known";
import { message } from "./support/resources";
import { readStack, type ReadStack } from "./support/snapshot";

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
    checkEach(inStack, (vpc) => {
      checkResolver(vpc, read, reportViolation);
    });
    waitFor(read.stack.gaps, read);
  },
};

function checkResolver({ reference }: IsolatedVpc, read: ReadStack, reportViolation: ReportViolation): void {
  const report = (found: string, fix: string) => {
    reportViolation(message(read.at(reference), found, fix), reference);
  };
  const firewall = read.side.network.resolverFirewalls.find(({ vpc }) => vpc === reference);
  const gaps = read.side.gaps.filter(({ urn }) => FIREWALL_TYPES.includes(read.at(urn).type));
  if (firewall?.failsClosed !== true && !gaps.some(({ awaits }) => awaits === "firewallFailOpen")) {
    report(
      `has a resolver that answers when its firewall does not (firewallFailOpen ${firewall?.failOpen ?? "not set"})`,
      "Add a ResolverFirewallConfig for it with firewallFailOpen DISABLED.",
    );
  }
  waitFor(gaps, read);
  const rules = firewall?.rules ?? [];
  if (!rules.some(({ action, domains }) => action === "BLOCK" && domains.includes("*"))) {
    report(
      "has a resolver that no firewall rule stops from asking for any name",
      "Add a rule that blocks the domain *.",
    );
  }
  const open = rules
    .filter(({ action }) => action !== "BLOCK")
    .flatMap(({ domains }) => domains)
    .filter((domain) => !/^git-codecommit(-fips)?\.[a-z0-9-]+\.amazonaws\.com$/.test(domain));
  if (open.length > 0) {
    report(
      `has a resolver that may ask for ${open.join(", ")}`,
      "Allow git-codecommit's name of this region only.",
    );
  }
}
