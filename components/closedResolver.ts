/** Has a VPC's resolver answer for listed names alone. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "./scope";

/** Which names a VPC's resolver answers for. */
export interface ClosedResolver {
  /** Of the VPC, without the component's name in front; it names the resources. */
  network: string;
  vpcId: pulumi.Input<string>;
  /** What the names are, in a word. */
  of: string;
  /** Exact names, without a final dot. */
  names: pulumi.Input<string>[];
}

/**
 * Has the VPC's resolver answer for these names alone. Without routes and proxies it would still look up any public name,
 * and a name asked for is data carried out to whoever runs its zone. With no reply from the firewall the resolver
 * refuses too (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-vpc-configuration.html).
 * Names of endpoints, load balancers and instances have to be listed like any other
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html).
 *
 * Costs 0.0005 US dollars a month for each name, and 0.60 for a million questions.
 *
 * @returns what stands once the resolver is closed
 */
export function closeResolver(
  { name: component, parent }: Scope,
  { network, vpcId, of, names }: ClosedResolver,
): aws.route53.ResolverFirewallRuleGroupAssociation {
  const name = `${component}-${network}-dns`;
  const allowed = new aws.route53.ResolverFirewallDomainList(
    `${name}-${of}-names`,
    { domains: names.map(stored) },
    { parent },
  );
  const allNames = new aws.route53.ResolverFirewallDomainList(
    `${name}-all-names`,
    { domains: ["*."] },
    { parent },
  );

  const group = new aws.route53.ResolverFirewallRuleGroup(`${name}-rules`, {}, { parent });
  const allow = new aws.route53.ResolverFirewallRule(
    `${name}-allow-${of}`,
    {
      firewallRuleGroupId: group.id,
      firewallDomainListId: allowed.id,
      action: "ALLOW",
      // Where an allowed name is redirected to is for its zone to say, and the list need not follow it.
      firewallDomainRedirectionAction: "TRUST_REDIRECTION_DOMAIN",
      priority: 100,
    },
    { parent },
  );
  const block = new aws.route53.ResolverFirewallRule(
    `${name}-block-all`,
    {
      firewallRuleGroupId: group.id,
      firewallDomainListId: allNames.id,
      action: "BLOCK",
      blockResponse: "NXDOMAIN",
      priority: 200,
    },
    { parent },
  );
  new aws.route53.ResolverFirewallConfig(
    `${name}-fail-closed`,
    { resourceId: vpcId, firewallFailOpen: "DISABLED" },
    { parent },
  );
  return new aws.route53.ResolverFirewallRuleGroupAssociation(
    `${name}-association`,
    // AWS keeps the priorities up to 100 for itself (Route 53 Resolver API, AssociateFirewallRuleGroup).
    { firewallRuleGroupId: group.id, vpcId, priority: 101 },
    // With one of the rules alone, the VPC would be open, or closed to names that it needs.
    { parent, dependsOn: [allow, block] },
  );
}

/**
 * A name as AWS stores it: with its final dot, without which each refresh would show a change
 * (https://github.com/hashicorp/terraform-provider-aws/issues/23543), and in lower case.
 */
function stored(name: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(name).apply((text) => `${text.toLowerCase()}.`);
}
