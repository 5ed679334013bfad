/** Security groups whose rules are resources of their own, so that two groups can name each other. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../scope";

/** The other end of a rule: another group, or a range of addresses. */
export type Peer = { group: aws.ec2.SecurityGroup } | { cidr: pulumi.Input<string> };

/** A group that lets nothing in or out: the provider takes away the rule that lets everything out. */
export function securityGroup(
  scope: Scope,
  suffix: string,
  vpcId: pulumi.Input<string>,
  description: string,
): aws.ec2.SecurityGroup {
  const name = `${scope.name}-${suffix}`;
  return new aws.ec2.SecurityGroup(
    name,
    { vpcId, description, tags: { Name: name } },
    { parent: scope.parent },
  );
}

/** Lets TCP to the port into the group. `suffix` names the rule and begins with the group's own. */
export function allowIn(
  scope: Scope,
  suffix: string,
  group: aws.ec2.SecurityGroup,
  peer: Peer & { port: number },
): aws.vpc.SecurityGroupIngressRule {
  return new aws.vpc.SecurityGroupIngressRule(
    `${scope.name}-${suffix}`,
    { securityGroupId: group.id, ipProtocol: "tcp", ...peerProperties(peer) },
    { parent: scope.parent },
  );
}

/** Lets TCP to the port out of the group. `suffix` names the rule and begins with the group's own. */
export function allowOut(
  scope: Scope,
  suffix: string,
  group: aws.ec2.SecurityGroup,
  peer: Peer & { port: number },
): aws.vpc.SecurityGroupEgressRule {
  return new aws.vpc.SecurityGroupEgressRule(
    `${scope.name}-${suffix}`,
    { securityGroupId: group.id, ipProtocol: "tcp", ...peerProperties(peer) },
    { parent: scope.parent },
  );
}

function peerProperties({ port, ...peer }: Peer & { port: number }) {
  const ports = { fromPort: port, toPort: port };
  return "group" in peer
    ? { ...ports, referencedSecurityGroupId: peer.group.id }
    : { ...ports, cidrIpv4: peer.cidr };
}
