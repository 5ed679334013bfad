/** Reads the Resolver DNS Firewalls of VPCs. */
import type { ResolverFirewall } from "./deployment";
import { type Stack } from "./stack";
import { LOAD_BALANCERS, VPCS } from "./types";
import { needed } from "./vpcs";

const route53 = (name: string) => `aws:route53/resolverFirewall${name}:ResolverFirewall${name}`;
const GROUP = route53("RuleGroup");
export const DOMAIN_LIST = route53("DomainList");
export const FIREWALL_RULE = route53("Rule");
const ASSOCIATION = route53("RuleGroupAssociation");
const CONFIG = route53("Config");

/** What `firewallFailOpen` is where a firewall that does not answer has its VPC's names refused. */
const CLOSED = "DISABLED";

/** Types that this reader reads. */
export const FIREWALL_TYPES: readonly string[] = [GROUP, DOMAIN_LIST, FIREWALL_RULE, ASSOCIATION, CONFIG];

/**
 * A VPC without a configuration has AWS's default, which is to fail closed.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-vpc-configuration.html
 */
export function readResolverFirewalls(stack: Stack): ResolverFirewall[] {
  const configurations = stack.of(CONFIG).map((config) => ({
    vpc: needed(stack, config, "resourceId", VPCS),
    failOpen: stack.text(config, "firewallFailOpen"),
  }));
  // Of several for one VPC, the one that was written last holds, and a state does not say which: one that opens goes last.
  const opens = ({ failOpen = CLOSED }: (typeof configurations)[number]) => failOpen !== CLOSED;
  const failOpen = new Map(
    [...configurations.filter((one) => !opens(one)), ...configurations.filter(opens)].map((one) => [
      one.vpc,
      one.failOpen,
    ]),
  );
  const rules = stack.of(FIREWALL_RULE).flatMap((rule) => {
    const action = (["ALLOW", "BLOCK", "ALERT"] as const).find((name) => name === stack.text(rule, "action"));
    const reference = needed(stack, rule, "firewallDomainListId", [DOMAIN_LIST]);
    const list = stack.of(DOMAIN_LIST).find(({ urn }) => urn === reference);
    if (action === undefined || list === undefined) {
      stack.gap(rule, "its action or its names are not known");
      return [];
    }
    const redirection = stack.text(rule, "firewallDomainRedirectionAction") ?? "INSPECT_REDIRECTION_DOMAIN";
    // Of one type of query alone it blocks next to nothing: any other type carries data as well.
    if (action === "BLOCK" && stack.text(rule, "qType") !== undefined) return [];
    // A load balancer's name is known once it exists; until then its URN stands for it.
    const domains = stack
      .references(list, "domains", LOAD_BALANCERS)
      .map((name) => name.replace(/(?<=.)\.$/, ""));
    const group = needed(stack, rule, "firewallRuleGroupId", [GROUP]);
    const read = {
      urn: rule.urn,
      action,
      domains: domains.sort(),
      inspectsRedirects: redirection !== "TRUST_REDIRECTION_DOMAIN",
    };
    return [{ group, priority: stack.number(rule, "priority") ?? 0, read }];
  });
  const associations = stack
    .of(ASSOCIATION)
    .map((association) => {
      const group = needed(stack, association, "firewallRuleGroupId", [GROUP]);
      if (!group.startsWith("urn:")) stack.gap(association, `the rules of ${group} are not shown`);
      const vpc = needed(stack, association, "vpcId", VPCS);
      return { vpc, group, priority: stack.number(association, "priority") ?? 0 };
    })
    .sort((a, b) => a.priority - b.priority);
  return [...new Set([...failOpen.keys(), ...associations.map(({ vpc }) => vpc)])].sort().map((vpc) => ({
    vpc,
    failsClosed: (failOpen.get(vpc) ?? CLOSED) === CLOSED,
    failOpen: failOpen.get(vpc),
    rules: associations
      .filter((association) => association.vpc === vpc)
      .flatMap(({ group }) =>
        rules
          .filter((rule) => rule.group === group)
          .sort((a, b) => a.priority - b.priority)
          .map(({ read }) => read),
      ),
  }));
}
