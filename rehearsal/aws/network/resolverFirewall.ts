/** Route 53 Resolver DNS Firewall: which names a VPC's resolver answers. */
import { z } from "zod";
import { physicalName } from "../names";
import {
  covers,
  maxNameLength,
  nameInput,
  normalDomain,
  requireBlockResponse,
  ruleSchema,
} from "./resolverFirewallRules";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagged, tagOutputs } from "../tags";
import type { Vpcs } from "./vpcs";

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

const domainListSchema = z.looseObject({
  ...tagged.shape,
  name: nameInput,
  domains: z.array(z.string()).default([]),
});
const ruleGroupSchema = z.looseObject({ ...tagged.shape, name: nameInput });

const associationSchema = z.looseObject({
  ...tagged.shape,
  name: nameInput,
  firewallRuleGroupId: z.string(),
  vpcId: z.string(),
  priority: z.number().int(),
  mutationProtection: z.enum(["ENABLED", "DISABLED"]).default("DISABLED"),
});

const configSchema = z.looseObject({
  resourceId: z.string(),
  firewallFailOpen: z.enum(["ENABLED", "DISABLED", "USE_LOCAL_RESOURCE_SETTING"]).default("DISABLED"),
});

export class ResolverFirewall implements Service {
  readonly #domainLists = new Table<{ name: string; domains: string[] }>(
    "domain list",
    "ResourceNotFoundException",
  );
  readonly #ruleGroups = new Table<{ name: string; rules: Rule[] }>(
    "rule group",
    "ResourceNotFoundException",
  );
  readonly #associations = new Table<{ groupId: string; vpcId: string; priority: number }>(
    "rule group association",
    "ResourceNotFoundException",
  );
  readonly #failOpen = new Map<string, boolean>();

  constructor(
    private readonly context: AccountContext,
    private readonly vpcs: Vpcs,
  ) {}

  readonly kinds = {
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": kind(
      domainListSchema,
      (inputs, creation) => this.#createDomainList(inputs, creation),
    ),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": kind(
      ruleGroupSchema,
      (inputs, creation) => this.#createRuleGroup(inputs, creation),
    ),
    "aws:route53/resolverFirewallRule:ResolverFirewallRule": kind(ruleSchema, (inputs, creation) =>
      this.#createRule(inputs, creation),
    ),
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": kind(
      associationSchema,
      (inputs, creation) => this.#associate(inputs, creation),
    ),
    "aws:route53/resolverFirewallConfig:ResolverFirewallConfig": kind(configSchema, (inputs, creation) =>
      this.#configure(inputs, creation),
    ),
  };

  /**
   * What a VPC's resolver does with a query for a domain name: rule groups and their rules are tried in the order of
   * their priorities, lowest first, and the first match decides.
   */
  query(vpcId: string, domainName: string, qType = "A"): DnsVerdict {
    const asked = domainName.toLowerCase().replace(/\.$/, "");
    const rules = this.#associations
      .values()
      .filter((association) => association.vpcId === this.vpcs.get(vpcId).id)
      .sort((a, b) => a.priority - b.priority)
      .flatMap(({ groupId }) =>
        [...this.#ruleGroups.get(groupId).rules].sort((a, b) => a.priority - b.priority),
      );
    const rule = rules.find(
      (r) =>
        (r.qType === undefined || r.qType === qType) &&
        this.#domainLists.get(r.domainListId).domains.some((domain) => covers(domain, asked)),
    );
    return rule ? { action: rule.action, rule: rule.name } : { action: "ALLOW", rule: undefined };
  }

  /** Whether a VPC's resolver answers everything while DNS Firewall is impaired. It does not unless told to. */
  failsOpen(vpcId: string): boolean {
    return this.#failOpen.get(vpcId) ?? false;
  }

  #createDomainList(inputs: z.infer<typeof domainListSchema>, creation: Creation): Created {
    const listName = physicalName(this.context, creation, inputs, maxNameLength);
    requireFreeName(listName, this.#domainLists.values(), "domain list");
    const domains = inputs.domains.map(normalDomain);
    const tagging = tagOutputs(inputs);
    const id = this.context.newId("rslvr-fdl", creation.name);
    this.#domainLists.add(id, { name: listName, domains });
    return this.#created(id, "firewall-domain-list", { ...inputs, name: listName, ...tagging });
  }

  #createRuleGroup(inputs: z.infer<typeof ruleGroupSchema>, creation: Creation): Created {
    const groupName = physicalName(this.context, creation, inputs, maxNameLength);
    requireFreeName(groupName, this.#ruleGroups.values(), "rule group");
    const tagging = tagOutputs(inputs);
    const id = this.context.newId("rslvr-frg", creation.name);
    this.#ruleGroups.add(id, { name: groupName, rules: [] });
    return this.#created(id, "firewall-rule-group", {
      ...inputs,
      name: groupName,
      ownerId: this.context.accountId,
      shareStatus: "NOT_SHARED",
      ...tagging,
    });
  }

  #createRule(inputs: z.infer<typeof ruleSchema>, creation: Creation): Created {
    const { rules } = this.#ruleGroups.get(inputs.firewallRuleGroupId);
    this.#domainLists.get(inputs.firewallDomainListId);
    requireBlockResponse(inputs);
    const ruleName = physicalName(this.context, creation, inputs, maxNameLength);
    requireFreeName(ruleName, rules, "rule");
    const sharing = rules.find((rule) => rule.priority === inputs.priority);
    if (sharing) {
      throw new AwsError(
        "ConflictException",
        `The rule '${sharing.name}' of ${inputs.firewallRuleGroupId} already has the priority ${inputs.priority}`,
      );
    }
    if (rules.some((r) => r.domainListId === inputs.firewallDomainListId && r.qType === inputs.qType)) {
      throw new AwsError(
        "ConflictException",
        `${inputs.firewallRuleGroupId} already has a rule for the domain list ${inputs.firewallDomainListId}`,
      );
    }
    rules.push({
      name: ruleName,
      priority: inputs.priority,
      action: inputs.action,
      domainListId: inputs.firewallDomainListId,
      qType: inputs.qType,
    });
    const id = `${inputs.firewallRuleGroupId}:${inputs.firewallDomainListId}`;
    // Of a rule of DNS Firewall Advanced only, which names a kind of threat instead of a list.
    const firewallThreatProtectionId = "";
    const { region } = this.context;
    return { id, outputs: { ...inputs, ...{ id, name: ruleName, firewallThreatProtectionId, region } } };
  }

  #associate(inputs: z.infer<typeof associationSchema>, creation: Creation): Created {
    this.#ruleGroups.get(inputs.firewallRuleGroupId);
    const vpc = this.vpcs.get(inputs.vpcId);
    if (inputs.priority <= 100 || inputs.priority >= 9900) {
      throw new AwsError(
        "ValidationException",
        `The priority value you provided is reserved: ${inputs.priority}. Provide a number between "100" and "9900".`,
      );
    }
    const others = this.#associations.values().filter((association) => association.vpcId === vpc.id);
    if (
      others.some(
        (other) => other.groupId === inputs.firewallRuleGroupId || other.priority === inputs.priority,
      )
    ) {
      throw new AwsError(
        "ConflictException",
        `${vpc.id} already has an association with ${inputs.firewallRuleGroupId} or with the priority ${inputs.priority}`,
      );
    }
    const tagging = tagOutputs(inputs);
    const id = this.context.newId("rslvr-frgassoc", creation.name);
    this.#associations.add(id, {
      groupId: inputs.firewallRuleGroupId,
      vpcId: vpc.id,
      priority: inputs.priority,
    });
    return this.#created(id, "firewall-rule-group-association", {
      ...inputs,
      name: physicalName(this.context, creation, inputs, maxNameLength),
      ...tagging,
    });
  }

  #configure(inputs: z.infer<typeof configSchema>, creation: Creation): Created {
    const vpc = this.vpcs.get(inputs.resourceId);
    this.#failOpen.set(vpc.id, inputs.firewallFailOpen === "ENABLED");
    const id = this.context.newId("rslvr-fc", creation.name);
    const ownerId = this.context.accountId;
    return { id, outputs: { ...inputs, id, ownerId, region: this.context.region } };
  }

  #created(id: string, arnType: string, outputs: Record<string, unknown>): Created {
    const arn = this.context.arn("route53resolver", `${arnType}/${id}`);
    return { id, outputs: { ...outputs, id, arn, region: this.context.region } };
  }
}

function requireFreeName(given: string, rows: { name: string }[], noun: string): void {
  if (rows.some((row) => row.name === given)) {
    throw new AwsError("ConflictException", `a ${noun} named '${given}' already exists`);
  }
}
