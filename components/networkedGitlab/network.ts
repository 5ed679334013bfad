/** The network: a new one in three tiers, or one that exists. */
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingNetworkArgs, NetworkArgs, NewNetworkArgs } from "./networkArgs";
import type { Scope } from "../scope";
import { subnetProblem } from "./subnetProblem";

export interface Subnet {
  id: pulumi.Output<string>;
  availabilityZone: pulumi.Output<string>;
}

/** What the other parts need to know of the network. Subnets are in the order of their zones, or as they were given. */
export interface Network {
  vpcId: pulumi.Output<string>;
  cidrBlock: string;
  publicSubnets: Subnet[];
  privateSubnets: Subnet[];
  isolatedSubnets: Subnet[];
  /** The public IPv4 addresses by which everything in the private subnets goes out. */
  natPublicIps: pulumi.Output<string[]>;
}

/** Makes the network, or looks up the one that is brought. */
export function createNetwork(scope: Scope, args: NetworkArgs): Network {
  return "vpcId" in args ? existingNetwork(scope, args) : newNetwork(scope, args);
}

function newNetwork(scope: Scope, args: NewNetworkArgs): Network {
  const eips = elasticIps(scope, args);
  const vpc = new awsx.ec2.Vpc(
    `${scope.name}-network`,
    {
      cidrBlock: args.cidrBlock,
      availabilityZoneNames: args.availabilityZones,
      // Interface endpoints answer by private DNS only in a VPC that has host names; awsx leaves them off.
      enableDnsHostnames: true,
      natGateways: {
        strategy: args.natGateways,
        elasticIpAllocationIds: eips.map((eip) => eip.allocationId),
      },
      subnetStrategy: "Auto",
      subnetSpecs: [{ type: "Public" }, { type: "Private" }, { type: "Isolated" }],
    },
    { parent: scope.parent, transforms: [rebuildable] },
  );
  closeDefaultGroup(scope, vpc.vpcId);
  const subnets = (ids: pulumi.Output<string[]>): Subnet[] =>
    args.availabilityZones.map((zone, i) => ({
      id: ids.apply((all) => all[i] ?? missingSubnet(zone, all)),
      availabilityZone: pulumi.output(zone),
    }));
  return {
    vpcId: vpc.vpcId,
    cidrBlock: args.cidrBlock,
    publicSubnets: subnets(vpc.publicSubnetIds),
    privateSubnets: subnets(vpc.privateSubnetIds),
    isolatedSubnets: subnets(vpc.isolatedSubnetIds),
    natPublicIps: pulumi.all(eips.map((eip) => eip.publicIp)),
  };
}

function missingSubnet(zone: string, ids: string[]): never {
  throw new Error(
    `the network has no subnet of each tier in ${zone}: expected one in each zone, got ${ids.join(", ")}`,
  );
}

/**
 * The addresses that the target lets in are made beside the network, not by it: it may be rebuilt, they stay. Protected,
 * because an address that is given back cannot be had again; not retained on delete, so that whoever lifts the protection
 * and destroys the stack is not billed for what is left.
 */
function elasticIps(scope: Scope, args: NewNetworkArgs): aws.ec2.Eip[] {
  const zones = args.natGateways === "Single" ? args.availabilityZones.slice(0, 1) : args.availabilityZones;
  return zones.map((zone) => {
    const name = `${scope.name}-nat-${zone}`;
    return new aws.ec2.Eip(
      name,
      { domain: "vpc", tags: { Name: name } },
      { parent: scope.parent, protect: true },
    );
  });
}

/**
 * What is started in a subnet without a word about groups gets the VPC's default one, which lets everything out; from a
 * private subnet that would be by the addresses that the target lets in. Taken over with no rules, it is closed.
 */
function closeDefaultGroup(scope: Scope, vpcId: pulumi.Input<string>): void {
  const name = `${scope.name}-network-default`;
  new aws.ec2.DefaultSecurityGroup(
    name,
    { vpcId, ingress: [], egress: [], tags: { Name: name } },
    { parent: scope.parent },
  );
}

/**
 * Lets the network be rebuilt in another range, which takes a new VPC beside the old one. An Elastic IP serves one NAT
 * gateway at a time, so the old one goes first. An Internet gateway could change its VPC, but not before everything with
 * a public address has left the old one, which happens at the very end: a second one is made.
 */
function rebuildable({
  type,
  props,
  opts,
}: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
  if (type === "aws:ec2/natGateway:NatGateway") {
    const replacing: pulumi.CustomResourceOptions = { ...opts, deleteBeforeReplace: true };
    return { props, opts: replacing };
  }
  if (type === "aws:ec2/internetGateway:InternetGateway")
    return { props, opts: { ...opts, replaceOnChanges: ["vpcId"] } };
  return undefined;
}

function existingNetwork(scope: Scope, args: ExistingNetworkArgs): Network {
  const vpcId = aws.ec2.getVpcOutput({ id: args.vpcId }, { parent: scope.parent }).apply((vpc) => {
    const ranges = [vpc.cidrBlock, ...vpc.cidrBlockAssociations.map((association) => association.cidrBlock)];
    if (!ranges.includes(args.cidrBlock))
      throw new Error(
        `network.cidrBlock: got "${args.cidrBlock}", but ${args.vpcId} has ${ranges.join(", ")}; give the VPC's own range`,
      );
    return vpc.id;
  });
  const subnets = (ids: string[]): Subnet[] => ids.map((id) => existingSubnet(scope, args, id));
  return {
    vpcId,
    cidrBlock: args.cidrBlock,
    publicSubnets: subnets(args.publicSubnetIds),
    privateSubnets: subnets(args.privateSubnetIds),
    isolatedSubnets: subnets(args.isolatedSubnetIds),
    natPublicIps: pulumi.output(args.natPublicIps),
  };
}

function existingSubnet(scope: Scope, args: ExistingNetworkArgs, id: string): Subnet {
  const subnet = aws.ec2.getSubnetOutput({ id }, { parent: scope.parent }).apply((found) => {
    const problem = subnetProblem(id, found, args);
    if (problem !== undefined) throw new Error(`network: ${problem}`);
    return found;
  });
  return { id: subnet.id, availabilityZone: subnet.availabilityZone };
}
