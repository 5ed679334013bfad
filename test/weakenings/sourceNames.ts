/** What the resolver of GitLab's VPC can be made to ask, and ways around its firewall. */
import { inContainers } from "./proxy";
import type { Editor } from "./editor";
import { each, type Weakening } from "./weakening";

const vpcId = (stack: Editor) => stack.ref("ec2.Vpc", "source-network");
const RESOLVER = "gitlab-resolver-is-closed";
const LIST = "route53.ResolverFirewallDomainList";
const RULE = "route53.ResolverFirewallRule";
const ASSOCIATION = "route53.ResolverFirewallRuleGroupAssociation";
const CONFIG = "route53.ResolverFirewallConfig";
const NAMES = "source-network-dns-needed-names";
const BLOCK = "source-network-dns-block-all";

/** Has the resolver of GitLab's VPC answer for more names. */
const alsoAnswers = (stack: Editor, ...domains: string[]) =>
  stack.change(LIST, NAMES, { domains: [stack.find(LIST, NAMES).outputs.domains, domains].flat() });

/** Adds a rule to its firewall, before the others. */
function ruleBefore(stack: Editor, domains: string[], rule: Record<string, unknown>): void {
  const { firewallRuleGroupId } = stack.find(RULE, BLOCK).outputs;
  const firewallDomainListId = stack.add(LIST, "more", { domains });
  stack.add(RULE, "more", { firewallRuleGroupId, firewallDomainListId, priority: 1, ...rule });
}

export const sourceNames: readonly Weakening[] = each({ stack: "source", claim: "C7" }, [
  {
    what: "lets the resolver of GitLab's VPC answer when its firewall does not",
    edit: (stack) => stack.change(CONFIG, "source-network-dns-fail-closed", { firewallFailOpen: "ENABLED" }),
    rule: [RESOLVER, "source-network", "firewallFailOpen ENABLED"],
  },
  {
    what: "leaves what the resolver does then to a setting that nothing shows",
    edit: (stack) =>
      stack.change(CONFIG, "source-network-dns-fail-closed", {
        firewallFailOpen: "USE_LOCAL_RESOURCE_SETTING",
      }),
  },
  ...["aaa", "zzz"].map((name) => ({
    what: `configures the firewall of GitLab's VPC a second time, as ${name}, to fail open`,
    edit: (stack: Editor) =>
      stack.add(CONFIG, name, { resourceId: vpcId(stack), firewallFailOpen: "ENABLED" }),
  })),
  {
    what: "takes away the rule that blocks the source's other names",
    edit: (stack) => stack.remove(RULE, BLOCK),
    rule: [RESOLVER, "source-network", "any name"],
  },
  {
    what: "only alerts of the source's other names",
    edit: (stack) => stack.change(RULE, BLOCK, { action: "ALERT", blockResponse: undefined }),
  },
  {
    what: "blocks the source's other names for queries of one type alone",
    edit: (stack) => stack.change(RULE, BLOCK, { qType: "A" }),
  },
  {
    what: "blocks names of one zone alone in the source",
    edit: (stack) => stack.change(LIST, "source-network-dns-all-names", { domains: ["*.example.com."] }),
  },
  {
    what: "takes the firewall off GitLab's VPC",
    edit: (stack) => stack.remove(ASSOCIATION, "source-network-dns-association"),
    rule: [RESOLVER, "source-network", "any name"],
  },
  {
    what: "puts the firewall of GitLab's VPC before another VPC",
    edit: (stack) => {
      const other = stack.add("ec2.Vpc", "other", { cidrBlock: "10.9.0.0/16" });
      stack.change(ASSOCIATION, "source-network-dns-association", { vpcId: other });
    },
  },
  {
    what: "asks rules of another firewall group of the stack first, which let everything through",
    edit: (stack) => {
      const firewallRuleGroupId = stack.add("route53.ResolverFirewallRuleGroup", "first", {});
      const firewallDomainListId = stack.add(LIST, "everything", { domains: ["*."] });
      stack.add(RULE, "everything", {
        firewallRuleGroupId,
        firewallDomainListId,
        priority: 1,
        action: "ALLOW",
      });
      stack.change(ASSOCIATION, "source-network-dns-association", { priority: 102 });
      stack.add(ASSOCIATION, "first", { firewallRuleGroupId, vpcId: vpcId(stack), priority: 101 });
    },
  },
  {
    what: "asks rules of another account's firewall group first",
    edit: (stack) => {
      const shared = { firewallRuleGroupId: "rslvr-frg-0", vpcId: vpcId(stack), priority: 102 };
      stack.add(ASSOCIATION, "first", shared);
    },
    unknown: "the rules of rslvr-frg-0 are not shown",
  },
  {
    what: "lets through a list that AWS keeps",
    edit: (stack) => {
      const { firewallRuleGroupId } = stack.find(RULE, BLOCK).outputs;
      const theirs = { firewallDomainListId: "rslvr-fdl-aws", priority: 1, action: "ALLOW" };
      stack.add(RULE, "theirs", { firewallRuleGroupId, ...theirs });
    },
    unknown: "its action or its names are not known",
  },
  ...[
    "*",
    "*.amazonaws.com.",
    "*.s3.ap-northeast-1.amazonaws.com.",
    "*.cloudfront.net.",
    "*.public.ecr.aws.",
    "*.git-codecommit.ap-northeast-1.amazonaws.com.",
    "attacker.example.com.",
    "Data.Attacker.Example.Com",
    "git-codecommit.us-east-1.amazonaws.com.",
    "attackers-bucket.s3.ap-northeast-1.amazonaws.com.",
    "attackers.d111111abcdef8.cloudfront.net.",
    "ghcr.io.",
    "4.3.2.1.in-addr.arpa.",
    ".",
  ].map((domain) => ({
    what: `lets GitLab's VPC look up ${domain}, too`,
    edit: (stack: Editor) => alsoAnswers(stack, domain),
    rule: [RESOLVER, "source-network", domain.replace(/(?<=.)\.$/, "")] as const,
  })),
  ...["ALLOW", "ALERT"].map((action) => ({
    what: `has a rule before it ${action} a stranger's name for one type of query`,
    edit: (stack: Editor) => {
      ruleBefore(stack, ["attacker.example.com."], { action, qType: "TXT" });
    },
  })),
  {
    what: "takes squid from a stranger's registry, and has the VPC look up another name of his",
    edit: (stack, other) => {
      inContainers((container) => ({ ...container, image: "registry.example.com/squid:1" }))(stack, other);
      stack.change(LIST, NAMES, { domains: ["registry.example.com.", "data.registry.example.com."] });
    },
  },
  {
    what: "makes a load balancer in another VPC, and has GitLab's VPC look up its name",
    edit: (stack) => {
      const other = stack.add("ec2.Vpc", "other", { cidrBlock: "10.9.0.0/16" });
      const subnets = [stack.add("ec2.Subnet", "other", { vpcId: other, cidrBlock: "10.9.0.0/24" })];
      const dnsName = "other-1.elb.ap-northeast-1.amazonaws.com";
      stack.add("lb.LoadBalancer", "other", { subnets, dnsName, loadBalancerType: "network" });
      alsoAnswers(stack, `${dnsName}.`);
    },
  },
  ...(
    [
      ["route53.ResolverEndpoint", { direction: "OUTBOUND" }],
      ["route53.ResolverEndpoint", { direction: "INBOUND" }],
      ["route53.ResolverRule", { domainName: ".", ruleType: "FORWARD" }],
      ["route53.ResolverRuleAssociation", { resolverRuleId: "rslvr-rr-1" }],
      ["route53.Zone", { name: "amazonaws.com", vpcs: [{ vpcId: "vpc-1" }] }],
      ["route53.ZoneAssociation", { zoneId: "Z1" }],
      ["route53.ProfilesAssociation", { profileId: "rp-1" }],
      ["route53.ProfilesResourceAssociation", { profileId: "rp-1" }],
      ["route53.ResolverConfig", { autodefinedReverseFlag: "ENABLE" }],
      ["ec2.VpcDhcpOptions", { domainNameServers: ["10.0.0.53"] }],
      ["ec2.VpcDhcpOptionsAssociation", { dhcpOptionsId: "dopt-1" }],
      ["fms.Policy", { name: "dns" }],
      ["servicediscovery.PrivateDnsNamespace", { name: "internal" }],
    ] as const
  ).map(([type, given]) => ({
    what: `changes how GitLab's VPC resolves names by ${type} ${JSON.stringify(given)}`,
    edit: (stack: Editor) => stack.add(type, "names", { ...given, vpcId: vpcId(stack) }),
    unknown: type.slice(type.indexOf(".") + 1),
  })),
  {
    what: "logs what GitLab's VPC asks its resolver, blocked names too, to a stranger's bucket",
    edit: (stack) => {
      const destinationArn = "arn:aws:s3:::attackers-logs";
      const log = stack.add("route53.ResolverQueryLogConfig", "log", {
        destinationArn,
        shareStatus: "NOT_SHARED",
      });
      const logged = { resolverQueryLogConfigId: log, resourceId: vpcId(stack) };
      stack.add("route53.ResolverQueryLogConfigAssociation", "log", logged);
    },
    claim: "C10",
    unknown: "attackers-logs",
  },
]);
