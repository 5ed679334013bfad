/** Makes a VPC that has no way out, for the pull endpoint to stand in. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { codeCommitHost } from "../../facts/hosts";
import { divide, requireCidr } from "../../facts/ipv4";
import { closeResolver } from "../closedResolver";
import { zonesOfARegion } from "../limits";
import type { Scope } from "../scope";
import type { NewIsolatedNetworkArgs } from "./pullArgs";

export interface IsolatedNetwork {
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<string>[];
}

/**
 * A VPC with one subnet in each zone, in the order of the zones, and no route but the local one; its default security group is closed, and its
 * resolver answers for nothing but CodeCommit. It is no `awsx.ec2.Vpc`, which always makes an Internet gateway.
 */
export function createIsolatedNetwork(scope: Scope, args: NewIsolatedNetworkArgs): IsolatedNetwork {
  const { parent } = scope;
  const name = `${scope.name}-isolated`;
  const tags = { Name: name };

  // An endpoint's private DNS name needs both DNS settings
  // (https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
  const vpc = new aws.ec2.Vpc(
    name,
    { cidrBlock: args.cidrBlock, enableDnsHostnames: true, enableDnsSupport: true, tags },
    { parent },
  );
  // A VPC's default group lets its members talk to one another and to anywhere. Taken over with no rules, it is closed.
  new aws.ec2.DefaultSecurityGroup(
    `${name}-default-group`,
    { vpcId: vpc.id, ingress: [], egress: [], tags },
    { parent },
  );

  // Listing no route is a statement: one that is added by hand is taken away by the next `pulumi up --refresh`.
  const routeTable = new aws.ec2.RouteTable(
    `${name}-routes`,
    { vpcId: vpc.id, routes: [], tags },
    { parent },
  );
  const blocks = subnetBlocks(args.cidrBlock, args.availabilityZones.length);
  const subnets = args.availabilityZones.map((availabilityZone, i) => {
    const subnet = new aws.ec2.Subnet(
      `${name}-subnet-${availabilityZone}`,
      { vpcId: vpc.id, availabilityZone, cidrBlock: blocks[i], mapPublicIpOnLaunch: false, tags },
      { parent },
    );
    new aws.ec2.RouteTableAssociation(
      `${name}-routes-${availabilityZone}`,
      { subnetId: subnet.id, routeTableId: routeTable.id },
      { parent },
    );
    return subnet;
  });

  closeResolver(scope, {
    network: "isolated",
    vpcId: vpc.id,
    of: "endpoint",
    names: [codeCommitHost(scope.region, scope.fips)],
  });
  return { vpcId: vpc.id, subnetIds: subnets.map(({ id }) => id) };
}

/**
 * The subnets' blocks: eighths of the VPC, or /28 where those would be too small for AWS. Their size does not follow from
 * the number of zones, because a subnet cannot be resized: one more zone would replace those that the endpoint stands in,
 * by ranges that overlap with theirs, which AWS refuses.
 */
function subnetBlocks(cidrBlock: string, zones: number): string[] {
  const range = requireCidr(cidrBlock);
  const parts = Math.min(zonesOfARegion, 2 ** (28 - range.prefix));
  return divide(range, Math.max(parts, zones));
}
