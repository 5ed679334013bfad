/** EC2's security groups. */
import type { z } from "zod";
import { physicalName } from "../names";
import { defaultGroupSchema, groupSchema, ruleSchema, vpcRuleSchema } from "./securityGroupForms";
import {
  allows,
  requireDescription,
  rulesOf,
  ruleText,
  sameRule,
  type Connection,
  type Direction,
  type RuleForm,
  type SecurityGroupRule,
} from "./securityGroupRules";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagOutputs } from "../tags";
import type { Vpcs } from "./vpcs";

/** A security group of one of the account's VPCs. */
export interface SecurityGroup {
  id: string;
  name: string;
  vpcId: string;
  rules: SecurityGroupRule[];
}

const maxNameLength = 255;
// The default quota, inbound and outbound each (VPC User Guide, "Amazon VPC quotas").
const maxRules = 60;

export class SecurityGroups implements Service {
  readonly #groups = new Table<SecurityGroup>("security group", "InvalidGroup.NotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly vpcs: Vpcs,
  ) {}

  readonly kinds = {
    "aws:ec2/securityGroup:SecurityGroup": kind(groupSchema, (inputs, creation) =>
      this.#createGroup(inputs, creation),
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": kind(defaultGroupSchema, (inputs) =>
      this.#adoptDefaultGroup(inputs),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": kind(vpcRuleSchema, (inputs, creation) =>
      this.#createVpcRule(inputs, creation, "ingress"),
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": kind(vpcRuleSchema, (inputs, creation) =>
      this.#createVpcRule(inputs, creation, "egress"),
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": kind(ruleSchema, (inputs, creation) =>
      this.#createRule(inputs, creation),
    ),
  };

  /** The group with this id; InvalidGroup.NotFound without one. */
  get(id: string): SecurityGroup {
    const vpc = this.#groups.has(id) ? undefined : this.vpcs.withDefaultSecurityGroup(id);
    if (vpc) this.#addDefaultGroup(id, vpc.id);
    return this.#groups.get(id);
  }

  /**
   * The groups that a network interface of a VPC is put in: the given ones, or the VPC's default one. An unknown group
   * or one of another VPC is refused.
   */
  forInterface(vpcId: string, groupIds: readonly string[] | undefined): string[] {
    if (groupIds === undefined || groupIds.length === 0) return [this.vpcs.get(vpcId).defaultSecurityGroupId];
    for (const id of groupIds) {
      if (this.get(id).vpcId !== vpcId) {
        throw new AwsError(
          "InvalidGroup.NotFound",
          `The security group '${id}' does not exist in VPC '${vpcId}'`,
        );
      }
    }
    return [...groupIds];
  }

  /** The rule of one of the groups that lets a connection in, or undefined. */
  ingressAllowed(groupIds: readonly string[], connection: Connection): SecurityGroupRule | undefined {
    return this.#allowing(groupIds, "ingress", connection);
  }

  /** The rule of one of the groups that lets a connection out, or undefined. */
  egressAllowed(groupIds: readonly string[], connection: Connection): SecurityGroupRule | undefined {
    return this.#allowing(groupIds, "egress", connection);
  }

  #allowing(
    groupIds: readonly string[],
    direction: Direction,
    connection: Connection,
  ): SecurityGroupRule | undefined {
    return groupIds
      .flatMap((id) => this.get(id).rules)
      .find((rule) => rule.direction === direction && allows(rule, connection));
  }

  #createGroup(inputs: z.infer<typeof groupSchema>, creation: Creation): Created {
    const vpc = this.vpcs.get(inputs.vpcId);
    const name = physicalName(this.context, creation, inputs, maxNameLength);
    this.#requireName(name, vpc.id);
    requireDescription(inputs.description);
    const tagging = tagOutputs(inputs);
    const id = this.context.newId("sg", creation.name);
    // EC2 gives a new group a rule that allows all egress. The provider takes it away at once.
    const group: SecurityGroup = { id, name, vpcId: vpc.id, rules: [] };
    this.#groups.add(id, group);
    this.#addInlineRules(group, inputs);
    return { id, outputs: { ...inputs, ...this.#groupOutputs(group, inputs.namePrefix), ...tagging } };
  }

  /** The provider adopts the group that came with the VPC: it takes away all its rules and adds the given ones. */
  #adoptDefaultGroup(inputs: z.infer<typeof defaultGroupSchema>): Created {
    const tagging = tagOutputs(inputs);
    const group = this.get(this.vpcs.get(inputs.vpcId).defaultSecurityGroupId);
    group.rules = [];
    this.#addInlineRules(group, inputs);
    const description = "default VPC security group";
    return { id: group.id, outputs: { ...inputs, ...this.#groupOutputs(group), description, ...tagging } };
  }

  #createVpcRule(inputs: z.infer<typeof vpcRuleSchema>, creation: Creation, direction: Direction): Created {
    const peers = [inputs.cidrIpv4, inputs.cidrIpv6, inputs.prefixListId, inputs.referencedSecurityGroupId];
    if (peers.filter((peer) => peer !== undefined).length !== 1) {
      throw new AwsError(
        "InvalidParameterCombination",
        `${creation.name}: exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedSecurityGroupId must be given`,
      );
    }
    const tagging = tagOutputs(inputs);
    const [id = ""] = this.#addRules(
      this.get(inputs.securityGroupId),
      {
        ...inputs,
        protocol: inputs.ipProtocol,
        cidrBlocks: listOf(inputs.cidrIpv4),
        ipv6CidrBlocks: listOf(inputs.cidrIpv6),
        prefixListIds: listOf(inputs.prefixListId),
        groupIds: listOf(inputs.referencedSecurityGroupId),
      },
      direction,
    );
    const arn = this.context.arn("ec2", `security-group-rule/${id}`);
    return {
      id,
      outputs: { ...inputs, id, arn, securityGroupRuleId: id, region: this.context.region, ...tagging },
    };
  }

  #createRule(inputs: z.infer<typeof ruleSchema>, creation: Creation): Created {
    const group = this.get(inputs.securityGroupId);
    const groupIds = [...listOf(inputs.sourceSecurityGroupId), ...(inputs.self === true ? [group.id] : [])];
    const ruleIds = this.#addRules(group, { ...inputs, groupIds }, inputs.type);
    const id = `sgrule-${Number.parseInt(this.context.digest("sgrule", creation.name).slice(0, 8), 16)}`;
    // The provider knows the rule's own id only where the form stands for a single rule.
    const securityGroupRuleId = ruleIds.length === 1 ? (ruleIds[0] ?? "") : "";
    return { id, outputs: { ...inputs, id, securityGroupRuleId, region: this.context.region } };
  }

  #addInlineRules(group: SecurityGroup, inputs: Pick<z.infer<typeof groupSchema>, Direction>): void {
    for (const direction of ["ingress", "egress"] as const) {
      for (const rule of inputs[direction]) {
        const groupIds = [...(rule.securityGroups ?? []), ...(rule.self === true ? [group.id] : [])];
        this.#addRules(group, { ...rule, groupIds }, direction);
      }
    }
  }

  /** Adds the rules of a form to a group, and returns their ids. */
  #addRules(group: SecurityGroup, form: RuleForm, direction: Direction): string[] {
    return rulesOf(form, group.id, direction).map((rule) => {
      if (rule.peer.kind === "group") this.#requirePeer(group, rule.peer.groupId);
      if (group.rules.some((other) => sameRule(other, rule))) {
        throw new AwsError(
          "InvalidPermission.Duplicate",
          `the specified rule "${ruleText(rule)}" already exists`,
        );
      }
      if (group.rules.filter((other) => other.direction === direction).length >= maxRules) {
        throw new AwsError(
          "RulesPerSecurityGroupLimitExceeded",
          `The maximum number of rules per security group has been reached: ${maxRules} ${direction} rules of ${group.id}`,
        );
      }
      const id = this.context.newId("sgr", ruleText(rule));
      group.rules.push({ id, ...rule });
      return id;
    });
  }

  #requirePeer(group: SecurityGroup, peerId: string): void {
    if (this.get(peerId).vpcId !== group.vpcId) {
      throw new AwsError(
        "InvalidGroup.NotFound",
        `You have specified two resources that belong to different networks: ${group.id} and ${peerId}`,
      );
    }
  }

  #requireName(name: string, vpcId: string): void {
    if (name === "default") {
      throw new AwsError("InvalidParameterValue", "Cannot use reserved security group name: default");
    }
    if (name === "" || name.startsWith("sg-") || name.length > maxNameLength) {
      throw new AwsError(
        "InvalidParameterValue",
        `Invalid security group name '${name}'. Expected 1 to ${maxNameLength} characters, not beginning with "sg-"`,
      );
    }
    requireDescription(name);
    if (this.#groups.values().some((group) => group.vpcId === vpcId && group.name === name)) {
      throw new AwsError(
        "InvalidGroup.Duplicate",
        `The security group '${name}' already exists for VPC '${vpcId}'`,
      );
    }
  }

  /** The group that every VPC comes with: all in from itself, all out (VPC User Guide, "Default security groups"). */
  #addDefaultGroup(id: string, vpcId: string): void {
    const group: SecurityGroup = { id, name: "default", vpcId, rules: [] };
    this.#groups.add(id, group);
    this.#addRules(group, { protocol: "-1", groupIds: [id] }, "ingress");
    this.#addRules(group, { protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }, "egress");
  }

  #groupOutputs({ id, name, vpcId }: SecurityGroup, namePrefix = ""): Record<string, unknown> {
    const arn = this.context.arn("ec2", `security-group/${id}`);
    return { id, arn, name, namePrefix, vpcId, ownerId: this.context.accountId, region: this.context.region };
  }
}

function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
