/** The rule for the isolated VPC's resolver. */
import * as aws from "@pulumi/aws";
import type {
  PolicyResource,
  ReportViolation,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { isIn, isolatedVpcs, vpcSchema, type IsolatedVpc } from "./support/isolatedVpcs";
import { checkEach } from "./support/known";
import { allOf, message, referred } from "./support/resources";

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
    const inStack = isolatedVpcs(args).filter(({ vpc }) => vpc !== undefined);
    checkEach(inStack, (isolated) => {
      if (isolated.vpc) checkResolver(isolated, isolated.vpc.resource, args, reportViolation);
    });
  },
};

function checkResolver(
  isolated: IsolatedVpc,
  vpc: PolicyResource,
  args: StackValidationArgs,
  reportViolation: ReportViolation,
): void {
  const report = (found: string, fix: string) => {
    reportViolation(message(vpc, found, fix), vpc.urn);
  };
  const { resources } = args;
  const configs = allOf(resources, aws.route53.ResolverFirewallConfig).filter(({ resource }) =>
    isIn(resource, "resourceId", isolated),
  );
  const failOpen = configs.map(({ props }) => props.firewallFailOpen);
  if (!failOpen.includes("DISABLED")) {
    report(
      `has a resolver that answers when its firewall does not (firewallFailOpen ${failOpen.join(", ") || "not set"})`,
      "Add a ResolverFirewallConfig for it with firewallFailOpen DISABLED.",
    );
  }
  const groups = allOf(resources, aws.route53.ResolverFirewallRuleGroupAssociation)
    .filter(({ resource }) => isIn(resource, "vpcId", isolated))
    .flatMap(({ resource }) =>
      referred(resource, "firewallRuleGroupId", allOf(resources, aws.route53.ResolverFirewallRuleGroup)),
    );
  const rules = allOf(resources, aws.route53.ResolverFirewallRule)
    .filter(({ resource }) => referred(resource, "firewallRuleGroupId", groups).length > 0)
    .map(({ resource, props }) => ({
      action: props.action,
      domains: referred(
        resource,
        "firewallDomainListId",
        allOf(resources, aws.route53.ResolverFirewallDomainList),
      ).flatMap((list) => list.props.domains ?? []),
    }));
  const blocked = rules.filter(({ action }) => action === "BLOCK").flatMap(({ domains }) => domains);
  if (!blocked.some((domain) => domain === "*." || domain === "*")) {
    report(
      "has a resolver that no firewall rule stops from asking for any name",
      "Add a rule that blocks the domain *.",
    );
  }
  const open = rules
    .filter(({ action }) => action !== "BLOCK")
    .flatMap(({ domains }) => domains)
    .filter((domain) => !/^git-codecommit\.[a-z0-9-]+\.amazonaws\.com\.?$/.test(domain));
  if (open.length > 0) {
    report(
      `has a resolver that may ask for ${open.join(", ")}`,
      "Allow git-codecommit's name of this region only.",
    );
  }
}
