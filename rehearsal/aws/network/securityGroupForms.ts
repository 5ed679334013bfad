/** The inputs of security groups and of their rules, in every form that the provider knows. */
import { z } from "zod";
import { tagged } from "../tags";

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

/** A VPC's default group, adopted. */
export const defaultGroupSchema = z.looseObject({
  ...tagged.shape,
  vpcId: z.string(),
  ingress: z.array(inlineRuleSchema).default([]),
  egress: z.array(inlineRuleSchema).default([]),
});

/** A group with its inline rules. */
export const groupSchema = z.looseObject({
  ...defaultGroupSchema.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  description: z.string().default("Managed by Pulumi"),
});

/** `aws:vpc/securityGroupIngressRule` and its egress twin. */
export const vpcRuleSchema = z.looseObject({
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

/** `aws:ec2/securityGroupRule`, which stands for one rule for each CIDR and group. */
export const ruleSchema = z.looseObject({
  ...inlineRuleSchema.omit({ securityGroups: true }).shape,
  type: z.enum(["ingress", "egress"]),
  securityGroupId: z.string(),
  sourceSecurityGroupId: z.string().optional(),
});
