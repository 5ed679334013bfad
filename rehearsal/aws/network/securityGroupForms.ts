/** Security groups and their rules, in every form that the provider knows. */
import { z } from "zod";
import { named } from "../names";
import { resource, type Resource } from "../resource";
import { tagged } from "../tags";
import { requireDescription, type Direction, type RuleForm } from "./securityGroupRules";
import { maxNameLength, SecurityGroups } from "./securityGroups";
import { Vpcs } from "./vpcs";

const inlineRuleSchema = z.looseObject({
  protocol: z.string(),
  fromPort: z.number(),
  toPort: z.number(),
  cidrBlocks: z.array(z.string()).optional(),
  ipv6CidrBlocks: z.array(z.string()).optional(),
  prefixListIds: z.array(z.string()).optional(),
  securityGroups: z.array(z.string()).optional(),
  self: z.boolean().optional(),
  description: z.string().optional(),
});

const groupInputs = {
  ...tagged.shape,
  vpcId: z.string(),
  ingress: z.array(inlineRuleSchema).default([]),
  egress: z.array(inlineRuleSchema).default([]),
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export const securityGroup = resource({
  type: "aws:ec2/securityGroup:SecurityGroup",
  inputs: z.looseObject({
    ...groupInputs,
    ...named,
    description: z.string().default("Managed by Pulumi"),
  }),
  replaces: ["name", "namePrefix", "description", "vpcId"],
  longestName: maxNameLength,
  checks: [
    ({ aws, inputs }) => Vpcs.of(aws).get(inputs.vpcId),
    ({ aws, inputs, name }) => {
      SecurityGroups.of(aws).requireName(name, inputs.vpcId);
    },
    ({ inputs }) => {
      requireDescription(inputs.description);
    },
  ],
  id: ({ aws, creation }) => aws.newId("sg", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `security-group/${id}`),
  // EC2 gives a new group a rule that allows all egress. The provider takes it away at once.
  keep: ({ aws, inputs, name, id }) => {
    const group = { id, name, vpcId: inputs.vpcId, rules: [] };
    SecurityGroups.of(aws).table.add(id, group);
    SecurityGroups.of(aws).addInlineRules(group, inputs);
  },
  outputs: ({ aws, id }) => ({ id, ownerId: aws.accountId }),
});

/** The provider adopts the group that came with the VPC: it takes away all its rules and adds the given ones. */
export const defaultSecurityGroup = resource({
  type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  inputs: z.looseObject(groupInputs),
  replaces: ["vpcId"],
  id: ({ aws, inputs }) => Vpcs.of(aws).get(inputs.vpcId).defaultSecurityGroupId,
  arn: ({ aws, id }) => aws.arn("ec2", `security-group/${id}`),
  keep: ({ aws, inputs, id }) => {
    const group = SecurityGroups.of(aws).get(id);
    group.rules = [];
    SecurityGroups.of(aws).addInlineRules(group, inputs);
  },
  outputs: ({ aws, id }) => ({
    id,
    description: "default VPC security group",
    name: SecurityGroups.of(aws).get(id).name,
    namePrefix: "",
    ownerId: aws.accountId,
  }),
});

const vpcRuleInputs = z.looseObject({
  ...tagged.shape,
  securityGroupId: z.string(),
  ipProtocol: z.string(),
  fromPort: z.number().optional(),
  toPort: z.number().optional(),
  cidrIpv4: z.string().optional(),
  cidrIpv6: z.string().optional(),
  prefixListId: z.string().optional(),
  referencedSecurityGroupId: z.string().optional(),
  description: z.string().optional(),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const securityGroupIngressRule = vpcRule(
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "ingress",
);
/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html */
export const securityGroupEgressRule = vpcRule(
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "egress",
);

function vpcRule(type: string, direction: Direction): Resource {
  return resource({
    type,
    inputs: vpcRuleInputs,
    replaces: ["securityGroupId"],
    checks: [
      [
        "InvalidParameterCombination",
        ({ creation, inputs }) => {
          const { cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId } = inputs;
          const peers = [cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId];
          return (
            peers.filter((peer) => peer !== undefined).length !== 1 &&
            `${creation.name}: exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedSecurityGroupId must be given`
          );
        },
      ],
      ({ aws, inputs }) => SecurityGroups.of(aws).get(inputs.securityGroupId),
    ],
    id: ({ aws, inputs }) =>
      SecurityGroups.of(aws).ruleIds(inputs.securityGroupId, vpcRuleForm(inputs), direction)[0] ?? "",
    arn: ({ aws, id }) => aws.arn("ec2", `security-group-rule/${id}`),
    keep: ({ aws, inputs }) => {
      const groups = SecurityGroups.of(aws);
      groups.addRules(groups.get(inputs.securityGroupId), vpcRuleForm(inputs), direction);
    },
    outputs: ({ id }) => ({ id, securityGroupRuleId: id }),
  });
}

function vpcRuleForm(inputs: z.infer<typeof vpcRuleInputs>): RuleForm {
  return {
    protocol: inputs.ipProtocol,
    fromPort: inputs.fromPort,
    toPort: inputs.toPort,
    cidrBlocks: listOf(inputs.cidrIpv4),
    ipv6CidrBlocks: listOf(inputs.cidrIpv6),
    prefixListIds: listOf(inputs.prefixListId),
    groupIds: listOf(inputs.referencedSecurityGroupId),
    description: inputs.description,
  };
}

function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
