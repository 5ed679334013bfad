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

/** A subnet with a route table of its own. @param tags the table's */
function subnetIn(
  vpc: aws.ec2.Vpc,
  name: string,
  tags: Record<string, string>,
  given: Pick<aws.ec2.SubnetArgs, "availabilityZone" | "mapPublicIpOnLaunch" | "cidrBlock" | "tags">,
) {
  const subnet = new aws.ec2.Subnet(
    name,
    { vpcId: vpc.id, assignIpv6AddressOnCreation: false, ...given },
    { parent: vpc, dependsOn: [vpc] },
  );
  const routeTable = new aws.ec2.RouteTable(
    name,
    { vpcId: vpc.id, tags },
    { parent: subnet, dependsOn: [subnet] },
  );
  const association = new aws.ec2.RouteTableAssociation(
    name,
    { routeTableId: routeTable.id, subnetId: subnet.id },
    { parent: routeTable, dependsOn: [routeTable] },
  );
  return { subnet, routeTable, association };
}

/** A NAT gateway in a subnet, on an address of its own where none is given. */
function natIn(
  subnet: aws.ec2.Subnet,
  natName: string,
  args: z.infer<typeof vpcArgs>,
  given: { allocationId: string | undefined; ownersOf: (allocationId: string) => readonly string[] },
): { eip: aws.ec2.Eip | undefined; natGateway: aws.ec2.NatGateway } {
  const tags = { ...args.tags, Name: natName };
  const options = { parent: subnet, dependsOn: [subnet] };
  const eip = given.allocationId === undefined ? new aws.ec2.Eip(natName, { tags }, options) : undefined;
  const allocationId = eip?.allocationId ?? dependent(given.allocationId, given.ownersOf);
  const natGateway = new aws.ec2.NatGateway(natName, { subnetId: subnet.id, allocationId, tags }, options);
  return { eip, natGateway };
}

/** What the tiers stand in. */
interface Surroundings {
  vpc: aws.ec2.Vpc;
  igw: aws.ec2.InternetGateway;
  /** Tags of all children. */
  shared: Record<string, string>;
  ownersOf: (allocationId: string) => readonly string[];
}

/** The subnets of every zone, in the order of awsx, each with its table, routes and, if it has one, NAT gateway. */
function makeTiers(
  name: string,
  args: z.infer<typeof vpcArgs>,
  { vpc, igw, shared, ownersOf }: Surroundings,
) {
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
        const { subnet, routeTable, association } = subnetIn(vpc, childName, tags, {
          availabilityZone,
          mapPublicIpOnLaunch: type === "Public",
          cidrBlock: blocks[zone]?.[specIndex] ?? "",
          tags: { ...tags, ...spec.tags },
        });
        subnets[type].push(subnet);
        routeTables.push(routeTable);
        routeTableAssociations.push(association);
        const child = { parent: routeTable, dependsOn: [routeTable] };
        const makesNat = strategy === "OnePerAz" || (strategy === "Single" && natGateways.length === 0);
        if (type === "Public" && makesNat) {
          const { eip, natGateway } = natIn(subnet, `${name}-${zone + 1}`, args, {
            allocationId: args.natGateways.elasticIpAllocationIds[zone],
            ownersOf,
          });
          if (eip) eips.push(eip);
          natGateways.push(natGateway);
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
  // As awsx does, `eips` is empty when the addresses were supplied.
  return { subnets, natGateways, eips, routeTables, routeTableAssociations, routes };
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
    const { subnets, ...made } = makeTiers(name, args, { vpc, igw, shared, ownersOf });
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
      ...made,
      vpcEndpoints: [],
    };
    this.registerOutputs(this.#state);
  }

  /** What the real component would answer its caller with. */
  get state(): Record<string, unknown> {
    return this.#state;
  }
}
