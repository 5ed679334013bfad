/** Makes the interface endpoint through which isolated terminals pull, and nothing else passes. */
import * as aws from "@pulumi/aws";
import { gitEndpointService } from "../../facts/hosts";
import type { Scope } from "../scope";
import type { IsolatedNetwork } from "./isolatedNetwork";

export interface PullEndpointArgs {
  network: IsolatedNetwork;
  /** From where it may be reached, on 443. */
  isolatedTerminalCidrs: string[];
  /** The endpoint's own policy. */
  policy: string;
}

/**
 * An endpoint for `git-codecommit`, the service that speaks git; the API has one of its own
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/codecommit-and-interface-VPC.html). Its private DNS name
 * makes the clone URL lead to it.
 */
export function createPullEndpoint(
  { name: component, parent, region, fips }: Scope,
  { network, isolatedTerminalCidrs, policy }: PullEndpointArgs,
): aws.ec2.VpcEndpoint {
  const name = `${component}-pull-endpoint`;
  const tags = { Name: name };
  const group = new aws.ec2.SecurityGroup(
    `${name}-group`,
    { vpcId: network.vpcId, description: "Isolated terminals to the pull endpoint", tags },
    { parent },
  );
  for (const cidrIpv4 of isolatedTerminalCidrs) {
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-${cidrIpv4.replace("/", "-")}`,
      { securityGroupId: group.id, cidrIpv4, ipProtocol: "tcp", fromPort: 443, toPort: 443 },
      { parent },
    );
  }
  return new aws.ec2.VpcEndpoint(
    name,
    {
      vpcId: network.vpcId,
      serviceName: gitEndpointService(region, fips),
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: network.subnetIds,
      securityGroupIds: [group.id],
      policy,
      tags,
    },
    { parent },
  );
}
