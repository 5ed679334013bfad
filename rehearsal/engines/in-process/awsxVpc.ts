/**
 * A stand-in for `awsx.ec2.Vpc`, whose code lives in a provider plugin. It makes the same children under the same names
 * and parents, for the arguments this project uses, and refuses every other argument.
 *
 * Source: pulumi-awsx `awsx/ec2/vpc.ts`, `awsx/ec2/subnetDistributorNew.ts` (v3.8).
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { subnetBlocks } from "./subnetBlocks";

export const awsxVpcType = "awsx:ec2:Vpc";

const vpcArgs = z.strictObject({
  cidrBlock: z.string(),
  availabilityZoneNames: z.array(z.string()).min(1),
  enableDnsHostnames: z.boolean().default(false),
  enableDnsSupport: z.boolean().default(true),
  natGateways: z.strictObject({
    strategy: z.enum(["None", "Single", "OnePerAz"]),
    elasticIpAllocationIds: z.array(z.string()).default([]),
  }),
  subnetStrategy: z.enum(["Auto", "Exact"]),
  subnetSpecs: z.array(
    z.strictObject({
      type: z.enum(["Public", "Private", "Isolated", "Unused"]),
      cidrMask: z.number().int().optional(),
      cidrBlocks: z.array(z.string()).optional(),
      tags: z.record(z.string(), z.string()).optional(),
    }),
  ),
  tags: z.record(z.string(), z.string()).optional(),
});

type VpcArgs = z.infer<typeof vpcArgs>;

/** Public subnets come first, because the private ones' routes need the NAT gateways in them. */
const tierOrder = ["Public", "Private", "Isolated"] as const;

function checkAddresses(args: VpcArgs): void {
  const { strategy, elasticIpAllocationIds: ids } = args.natGateways;
  const zones = args.availabilityZoneNames.length;
  const fits = { None: ids.length === 0, Single: ids.length <= 1, OnePerAz: [0, zones].includes(ids.length) };
  if (!fits[strategy])
    throw new Error(
      `${ids.length} Elastic IPs do not fit the strategy ${strategy} over ${zones} availability zones`,
    );
}

/** The given value, as an output of the resources that it depends on. */
function dependent(
  value: string | undefined,
  ownersOf: (value: string) => readonly string[],
): pulumi.Input<string> | undefined {
  if (value === undefined) return undefined;
  const urns = ownersOf(value).map((urn) => new pulumi.DependencyResource(urn).urn);
  return pulumi.all(urns).apply(() => value);
}

export class AwsxVpc extends pulumi.ComponentResource {
  readonly #state: Record<string, unknown>;

  /** @param ownersOf URNs of what an Elastic IP's allocation id depends on, which `properties` do not say */
  constructor(
    name: string,
    properties: unknown,
    ownersOf: (allocationId: string) => readonly string[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(awsxVpcType, name, {}, opts);
    const args = vpcArgs.parse(properties);
    checkAddresses(args);
    const shared = { Name: name, ...args.tags };
    const vpc = new aws.ec2.Vpc(
      name,
      {
        cidrBlock: args.cidrBlock,
        enableDnsHostnames: args.enableDnsHostnames,
        enableDnsSupport: args.enableDnsSupport,
        tags: shared,
      },
      { parent: this },
    );
    const igw = new aws.ec2.InternetGateway(
      name,
      { vpcId: vpc.id, tags: shared },
      { parent: vpc, dependsOn: [vpc] },
    );
    const { strategy } = args.natGateways;
    const subnets: Record<(typeof tierOrder)[number], aws.ec2.Subnet[]> = {
      Public: [],
      Private: [],
      Isolated: [],
    };
    const natGateways: aws.ec2.NatGateway[] = [];
    const eips: aws.ec2.Eip[] = [];
    const routeTables: aws.ec2.RouteTable[] = [];
    const routeTableAssociations: aws.ec2.RouteTableAssociation[] = [];
    const routes: aws.ec2.Route[] = [];
    const blocks = subnetBlocks(args.cidrBlock, args.availabilityZoneNames.length, args.subnetSpecs);

    args.availabilityZoneNames.forEach((availabilityZone, zone) => {
      for (const type of tierOrder) {
        args.subnetSpecs.forEach((spec, specIndex) => {
          if (spec.type !== type) return;
          const childName = `${name}-${type.toLowerCase()}-${zone + 1}`;
          const tags = { ...shared, Name: childName, SubnetType: type };
          const subnet = new aws.ec2.Subnet(
            childName,
            {
              vpcId: vpc.id,
              availabilityZone,
              mapPublicIpOnLaunch: type === "Public",
              cidrBlock: blocks[zone]?.[specIndex] ?? "",
              assignIpv6AddressOnCreation: false,
              tags: { ...tags, ...spec.tags },
            },
            { parent: vpc, dependsOn: [vpc] },
          );
          subnets[type].push(subnet);
          const routeTable = new aws.ec2.RouteTable(
            childName,
            { vpcId: vpc.id, tags },
            { parent: subnet, dependsOn: [subnet] },
          );
          routeTables.push(routeTable);
          const child = { parent: routeTable, dependsOn: [routeTable] };
          routeTableAssociations.push(
            new aws.ec2.RouteTableAssociation(
              childName,
              { routeTableId: routeTable.id, subnetId: subnet.id },
              child,
            ),
          );
          const makesNat = strategy === "OnePerAz" || (strategy === "Single" && natGateways.length === 0);
          if (type === "Public" && makesNat) {
            const natName = `${name}-${zone + 1}`;
            const natTags = { ...args.tags, Name: natName };
            const ofSubnet = { parent: subnet, dependsOn: [subnet] };
            const given = args.natGateways.elasticIpAllocationIds[zone];
            const eip =
              given === undefined ? new aws.ec2.Eip(natName, { tags: natTags }, ofSubnet) : undefined;
            if (eip) eips.push(eip);
            natGateways.push(
              new aws.ec2.NatGateway(
                natName,
                {
                  subnetId: subnet.id,
                  allocationId: eip?.allocationId ?? dependent(given, ownersOf),
                  tags: natTags,
                },
                ofSubnet,
              ),
            );
          }
          const everywhere = { routeTableId: routeTable.id, destinationCidrBlock: "0.0.0.0/0" };
          const natGateway = strategy === "Single" ? natGateways[0] : natGateways[zone];
          if (type === "Public") {
            routes.push(new aws.ec2.Route(childName, { ...everywhere, gatewayId: igw.id }, child));
          } else if (type === "Private" && natGateway) {
            routes.push(new aws.ec2.Route(childName, { ...everywhere, natGatewayId: natGateway.id }, child));
          }
        });
      }
    });

    const ids = (of: aws.ec2.Subnet[]) => pulumi.all(of.map((s) => s.id));
    this.#state = {
      vpc,
      vpcId: vpc.id,
      internetGateway: igw,
      subnets: tierOrder.flatMap((tier) => subnets[tier]),
      publicSubnets: subnets.Public,
      privateSubnets: subnets.Private,
      isolatedSubnets: subnets.Isolated,
      publicSubnetIds: ids(subnets.Public),
      privateSubnetIds: ids(subnets.Private),
      isolatedSubnetIds: ids(subnets.Isolated),
      natGateways,
      // As awsx does: empty when the addresses were supplied.
      eips,
      routeTables,
      routeTableAssociations,
      routes,
      vpcEndpoints: [],
    };
    this.registerOutputs(this.#state);
  }

  /** What the real component would answer its caller with. */
  get state(): Record<string, unknown> {
    return this.#state;
  }
}
