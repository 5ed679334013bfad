/** EC2's security groups: what they let in and out. */
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { perAccount } from "../perAccount";
import { Table } from "../table";
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
import { Vpcs } from "./vpcs";

/** A security group of one of the account's VPCs. */
export interface SecurityGroup {
  id: string;
  name: string;
  vpcId: string;
  rules: SecurityGroupRule[];
}

/** The longest name that a group may have. */
export const maxNameLength = 255;
/**
 * By default, inbound and outbound each.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
const maxRules = 60;

/** A rule that comes with its group. */
interface InlineRule extends Omit<RuleForm, "groupIds"> {
  securityGroups?: string[] | undefined;
  self?: boolean | undefined;
}

/** The security groups of one account. */
export class SecurityGroups {
  static readonly of = perAccount((aws) => new SecurityGroups(aws));

  readonly table = new Table<SecurityGroup>("security group", "InvalidGroup.NotFound");

  private constructor(readonly aws: AccountContext) {}

  /** The group with this id; InvalidGroup.NotFound without one. */
  get(id: string): SecurityGroup {
    const vpc = this.table.has(id) ? undefined : Vpcs.of(this.aws).withDefaultSecurityGroup(id);
    if (vpc) this.#addDefaultGroup(id, vpc.id);
    return this.table.get(id);
  }

  /**
   * The groups that a network interface of a VPC is put in: the given ones, or the VPC's default one. An unknown group
   * or one of another VPC is refused.
   */
  forInterface(vpcId: string, groupIds: readonly string[] | undefined): string[] {
    if (groupIds === undefined || groupIds.length === 0)
      return [Vpcs.of(this.aws).get(vpcId).defaultSecurityGroupId];
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

  /** Adds the rules that came with a group. */
  addInlineRules(group: SecurityGroup, inputs: Record<Direction, InlineRule[]>): void {
    for (const direction of ["ingress", "egress"] as const) {
      for (const rule of inputs[direction]) {
        const groupIds = [...(rule.securityGroups ?? []), ...(rule.self === true ? [group.id] : [])];
        this.addRules(group, { ...rule, groupIds }, direction);
      }
    }
  }

  /** Adds the rules of a form to a group. */
  addRules(group: SecurityGroup, form: RuleForm, direction: Direction): void {
    for (const rule of rulesOf(form, group.id, direction)) {
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
      group.rules.push({ id: this.#ruleId(rule), ...rule });
    }
  }

  /** The ids of the rules that a form stands for. */
  ruleIds(groupId: string, form: RuleForm, direction: Direction): string[] {
    return rulesOf(form, groupId, direction).map((rule) => this.#ruleId(rule));
  }

  #ruleId(rule: Omit<SecurityGroupRule, "id">): string {
    return this.aws.newId("sgr", ruleText(rule));
  }

  #requirePeer(group: SecurityGroup, peerId: string): void {
    if (this.get(peerId).vpcId !== group.vpcId) {
      throw new AwsError(
        "InvalidGroup.NotFound",
        `You have specified two resources that belong to different networks: ${group.id} and ${peerId}`,
      );
    }
  }

  /** Refuses a name that EC2 does not take, or that a group of the VPC has. */
  requireName(name: string, vpcId: string): void {
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
    if (this.table.values().some((group) => group.vpcId === vpcId && group.name === name)) {
      throw new AwsError(
        "InvalidGroup.Duplicate",
        `The security group '${name}' already exists for VPC '${vpcId}'`,
      );
    }
  }

  /**
   * The group that every VPC comes with: all in from itself, all out.
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
   */
  #addDefaultGroup(id: string, vpcId: string): void {
    const group: SecurityGroup = { id, name: "default", vpcId, rules: [] };
    this.table.add(id, group);
    this.addRules(group, { protocol: "-1", groupIds: [id] }, "ingress");
    this.addRules(group, { protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }, "egress");
  }
}
