/** Route 53 Resolver DNS Firewall: which names a VPC's resolver answers. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import {
  blockResponseProblem,
  covers,
  maxNameLength,
  nameInput,
  normalDomain,
  ruleInputs,
} from "./resolverFirewallRules";
import { Vpcs } from "./vpcs";

/** What happens to a DNS query: which rule decided, if one did. Without a matching rule a query is allowed. */
export interface DnsVerdict {
  action: "ALLOW" | "BLOCK" | "ALERT";
  rule: string | undefined;
}

interface Rule {
  name: string;
  priority: number;
  action: DnsVerdict["action"];
  domainListId: string;
  /** Query type that the rule is for, e.g. "A"; undefined for all. */
  qType: string | undefined;
}

interface Association {
  groupId: string;
  vpcId: string;
  priority: number;
}

/** The DNS Firewall of one account. */
export class ResolverFirewall {
  static readonly of = perAccount((aws) => new ResolverFirewall(aws));

  readonly domainLists = new Table<{ name: string; domains: string[] }>(
    "domain list",
    "ResourceNotFoundException",
  );
  readonly ruleGroups = new Table<{ name: string; rules: Rule[] }>("rule group", "ResourceNotFoundException");
  readonly associations = new Table<Association>("rule group association", "ResourceNotFoundException");
  /** By VPC. */
  readonly failOpen = new Map<string, boolean>();

  private constructor(readonly aws: AccountContext) {}

  /**
   * What a VPC's resolver does with a query for a domain name: rule groups and their rules are tried in the order of
   * their priorities, lowest first, and the first match decides.
   */
  query(vpcId: string, domainName: string, qType = "A"): DnsVerdict {
    const asked = domainName.toLowerCase().replace(/\.$/, "");
    const rules = this.associations
      .values()
      .filter((association) => association.vpcId === Vpcs.of(this.aws).get(vpcId).id)
      .sort((a, b) => a.priority - b.priority)
      .flatMap(({ groupId }) =>
        [...this.ruleGroups.get(groupId).rules].sort((a, b) => a.priority - b.priority),
      );
    const rule = rules.find(
      (r) =>
        (r.qType === undefined || r.qType === qType) &&
        this.domainLists.get(r.domainListId).domains.some((domain) => covers(domain, asked)),
    );
    return rule ? { action: rule.action, rule: rule.name } : { action: "ALLOW", rule: undefined };
  }

  /** Whether a VPC's resolver answers everything while DNS Firewall is impaired. By default it does not. */
  failsOpen(vpcId: string): boolean {
    return this.failOpen.get(vpcId) ?? false;
  }
}

function nameProblem(given: string, rows: readonly { name: string }[], noun: string): string | undefined {
  return rows.some((row) => row.name === given) ? `a ${noun} named '${given}' already exists` : undefined;
}

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallDomainList.html */
export const resolverFirewallDomainList = resource({
  type: "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
  inputs: z.looseObject({
    ...tagged.shape,
    name: nameInput,
    domains: z.array(z.string()).default([]),
  }),
  replaces: ["name"],
  longestName: maxNameLength,
  checks: [
    [
      "ConflictException",
      ({ aws, name }) => nameProblem(name, ResolverFirewall.of(aws).domainLists.values(), "domain list"),
    ],
    ({ inputs }) => inputs.domains.map(normalDomain),
  ],
  id: ({ aws, creation }) => aws.newId("rslvr-fdl", creation.name),
  arn: ({ aws, id }) => aws.arn("route53resolver", `firewall-domain-list/${id}`),
  keep: ({ aws, inputs, name, id }) =>
    ResolverFirewall.of(aws).domainLists.add(id, { name, domains: inputs.domains.map(normalDomain) }),
  outputs: ({ id }) => ({ id }),
});

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallRuleGroup.html */
export const resolverFirewallRuleGroup = resource({
  type: "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
  inputs: z.looseObject({ ...tagged.shape, name: nameInput }),
  replaces: ["name"],
  longestName: maxNameLength,
  checks: [
    [
      "ConflictException",
      ({ aws, name }) => nameProblem(name, ResolverFirewall.of(aws).ruleGroups.values(), "rule group"),
    ],
  ],
  id: ({ aws, creation }) => aws.newId("rslvr-frg", creation.name),
  arn: ({ aws, id }) => aws.arn("route53resolver", `firewall-rule-group/${id}`),
  keep: ({ aws, name, id }) => ResolverFirewall.of(aws).ruleGroups.add(id, { name, rules: [] }),
  outputs: ({ aws, id }) => ({ id, ownerId: aws.accountId, shareStatus: "NOT_SHARED" }),
});

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallRule.html */
export const resolverFirewallRule = resource({
  type: "aws:route53/resolverFirewallRule:ResolverFirewallRule",
  inputs: ruleInputs,
  replaces: ["firewallDomainListId", "firewallRuleGroupId"],
  longestName: maxNameLength,
  checks: [
    ({ aws, inputs }) => ResolverFirewall.of(aws).ruleGroups.get(inputs.firewallRuleGroupId),
    ({ aws, inputs }) => ResolverFirewall.of(aws).domainLists.get(inputs.firewallDomainListId),
    ["ValidationException", ({ inputs }) => blockResponseProblem(inputs)],
    [
      "ConflictException",
      ({ aws, inputs: { firewallRuleGroupId: groupId, firewallDomainListId, priority, qType }, name }) => {
        const { rules } = ResolverFirewall.of(aws).ruleGroups.get(groupId);
        const sharing = rules.find((rule) => rule.priority === priority);
        const isTwice = rules.some((r) => r.domainListId === firewallDomainListId && r.qType === qType);
        return (
          nameProblem(name, rules, "rule") ??
          (sharing && `The rule '${sharing.name}' of ${groupId} already has the priority ${priority}`) ??
          (isTwice && `${groupId} already has a rule for the domain list ${firewallDomainListId}`)
        );
      },
    ],
  ],
  id: ({ inputs }) => `${inputs.firewallRuleGroupId}:${inputs.firewallDomainListId}`,
  keep: ({ aws, inputs, name }) =>
    ResolverFirewall.of(aws).ruleGroups.get(inputs.firewallRuleGroupId).rules.push({
      name,
      priority: inputs.priority,
      action: inputs.action,
      domainListId: inputs.firewallDomainListId,
      qType: inputs.qType,
    }),
  outputs: ({ id }) => ({
    id,
    // Of a rule of DNS Firewall Advanced only, which names a kind of threat instead of a list.
    firewallThreatProtectionId: "",
  }),
});

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_AssociateFirewallRuleGroup.html */
export const resolverFirewallRuleGroupAssociation = resource({
  type: "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
  inputs: z.looseObject({
    ...tagged.shape,
    name: nameInput,
    firewallRuleGroupId: z.string(),
    vpcId: z.string(),
    priority: z.number().int(),
    mutationProtection: z.enum(["ENABLED", "DISABLED"]).default("DISABLED"),
  }),
  replaces: ["firewallRuleGroupId", "vpcId"],
  longestName: maxNameLength,
  checks: [
    ({ aws, inputs }) => ResolverFirewall.of(aws).ruleGroups.get(inputs.firewallRuleGroupId),
    ({ aws, inputs }) => Vpcs.of(aws).get(inputs.vpcId),
    [
      "ValidationException",
      ({ inputs: { priority } }) =>
        (priority <= 100 || priority >= 9900) &&
        `The priority value you provided is reserved: ${priority}. Provide a number between "100" and "9900".`,
    ],
    [
      "ConflictException",
      ({ aws, inputs: { firewallRuleGroupId: groupId, vpcId, priority } }) =>
        ResolverFirewall.of(aws)
          .associations.values()
          .some((one) => one.vpcId === vpcId && (one.groupId === groupId || one.priority === priority)) &&
        `${vpcId} already has an association with ${groupId} or with the priority ${priority}`,
    ],
  ],
  id: ({ aws, creation }) => aws.newId("rslvr-frgassoc", creation.name),
  arn: ({ aws, id }) => aws.arn("route53resolver", `firewall-rule-group-association/${id}`),
  keep: ({ aws, inputs: { firewallRuleGroupId: groupId, vpcId, priority }, id }) =>
    ResolverFirewall.of(aws).associations.add(id, { groupId, vpcId, priority }),
  outputs: ({ id }) => ({ id }),
});

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_UpdateFirewallConfig.html */
export const resolverFirewallConfig = resource({
  type: "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
  inputs: z.looseObject({
    resourceId: z.string(),
    firewallFailOpen: z.enum(["ENABLED", "DISABLED", "USE_LOCAL_RESOURCE_SETTING"]).default("DISABLED"),
  }),
  replaces: ["resourceId"],
  checks: [({ aws, inputs }) => Vpcs.of(aws).get(inputs.resourceId)],
  id: ({ aws, creation }) => aws.newId("rslvr-fc", creation.name),
  keep: ({ aws, inputs }) =>
    ResolverFirewall.of(aws).failOpen.set(inputs.resourceId, inputs.firewallFailOpen === "ENABLED"),
  outputs: ({ aws, id }) => ({ id, ownerId: aws.accountId }),
});
