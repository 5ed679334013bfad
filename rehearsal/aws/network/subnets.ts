/** EC2's subnets and the addresses in them. */
import { z } from "zod";
import { contains, formatAddress, overlaps, parseIpv4, type Cidr } from "../../../facts/ipv4";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { filtersSchema, lookUp, onlyOne, passes, tagAttributes, tagFilters } from "../lookups";
import { perAccount } from "../perAccount";
import { resource, type Request } from "../resource";
import { Table } from "../table";
import { tagged, tagOutputs } from "../tags";
import { AvailabilityZones, type Zone } from "./availabilityZones";
import { requireIpv4Block } from "./cidr";
import { Vpcs } from "./vpcs";

/** A subnet of one of the account's VPCs. */
export interface Subnet {
  id: string;
  arn: string;
  vpcId: string;
  block: Cidr;
  availabilityZone: string;
  availabilityZoneId: string;
  mapPublicIpOnLaunch: boolean;
  /** Addresses in use, as numbers. */
  taken: Set<number>;
  tags: Record<string, string>;
}

// EC2 keeps the first four addresses of a subnet and its last.
// @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
const keptAtStart = 4;
const keptAtEnd = 1;

/** The subnets of one account. */
export class Subnets {
  static readonly of = perAccount((aws) => new Subnets(aws));

  readonly table = new Table<Subnet>("subnet", "InvalidSubnetID.NotFound");

  private constructor(readonly aws: AccountContext) {}

  /** The subnet with this id; InvalidSubnetID.NotFound without one. */
  get(id: string): Subnet {
    return this.table.get(id);
  }

  /** The subnet with this id, if there is one. */
  find(id: string): Subnet | undefined {
    return this.table.find(id);
  }

  /** The subnet that an IPv4 address of a VPC belongs to. */
  at(vpcId: string, address: string): Subnet | undefined {
    const number = parseIpv4(address);
    if (number === undefined) return undefined;
    return this.table
      .values()
      .find((s) => s.vpcId === vpcId && contains(s.block, { first: number, last: number }));
  }

  /**
   * Takes a free address of a subnet for a network interface. Which one follows from the owner's name, and not from
   * the order of creation; a full subnet is refused with InsufficientFreeAddressesInSubnet.
   */
  takeAddress(subnetId: string, owner: string): string {
    const { block, taken } = this.get(subnetId);
    const usable = block.last - block.first + 1 - keptAtStart - keptAtEnd;
    const start = Number.parseInt(this.aws.digest("address", subnetId, owner).slice(0, 8), 16);
    for (let step = 0; step < usable; step++) {
      const address = block.first + keptAtStart + ((start + step) % usable);
      if (taken.has(address)) continue;
      taken.add(address);
      return formatAddress(address);
    }
    throw new AwsError(
      "InsufficientFreeAddressesInSubnet",
      `There are not enough free addresses in subnet '${subnetId}' (${block.text}) for ${owner}`,
    );
  }

  /** Takes the given address of a subnet, or a free one. */
  occupy(subnetId: string, owner: string, address: string | undefined): string {
    return address === undefined
      ? this.takeAddress(subnetId, owner)
      : this.takeGivenAddress(subnetId, address);
  }

  /** Takes exactly this address of a subnet; refused when it is outside the subnet, kept by EC2 or in use. */
  takeGivenAddress(subnetId: string, address: string): string {
    const { block, taken } = this.get(subnetId);
    const number = parseIpv4(address);
    if (number === undefined || number < block.first + keptAtStart || number > block.last - keptAtEnd) {
      throw new AwsError(
        "InvalidParameterValue",
        `Address ${address} does not fall within the usable addresses of subnet ${subnetId} (${block.text})`,
      );
    }
    if (taken.has(number)) throw new AwsError("InvalidIPAddress.InUse", `Address ${address} is in use`);
    taken.add(number);
    return address;
  }
}

const subnetInputs = z.looseObject({
  ...tagged.shape,
  vpcId: z.string(),
  cidrBlock: z.string(),
  availabilityZone: z.string().optional(),
  availabilityZoneId: z.string().optional(),
  mapPublicIpOnLaunch: z.boolean().default(false),
});
type SubnetRequest = Request<z.infer<typeof subnetInputs>>;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export const subnet = resource({
  type: "aws:ec2/subnet:Subnet",
  inputs: subnetInputs,
  defaults: { assignIpv6AddressOnCreation: false, privateDnsHostnameTypeOnLaunch: "ip-name" },
  replaces: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"],
  checks: [
    ({ aws, inputs }) => Vpcs.of(aws).get(inputs.vpcId),
    ["InvalidSubnet.Range", rangeProblem],
    [
      "InvalidSubnet.Conflict",
      ({ aws, inputs }) => {
        const block = requireIpv4Block(inputs.cidrBlock, "cidrBlock");
        const other = Subnets.of(aws)
          .table.values()
          .find((one) => one.vpcId === inputs.vpcId && overlaps(one.block, block));
        return (
          other && `The CIDR '${block.text}' conflicts with another subnet (${other.id}, ${other.block.text})`
        );
      },
    ],
    zoneOf,
  ],
  id: ({ aws, creation }) => aws.newId("subnet", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `subnet/${id}`),
  keep: (request) => {
    const { aws, inputs, id, arn } = request;
    const zone = zoneOf(request);
    Subnets.of(aws).table.add(id, {
      id,
      arn,
      vpcId: inputs.vpcId,
      block: requireIpv4Block(inputs.cidrBlock, "cidrBlock"),
      availabilityZone: zone.name,
      availabilityZoneId: zone.id,
      mapPublicIpOnLaunch: inputs.mapPublicIpOnLaunch,
      taken: new Set(),
      tags: tagOutputs(inputs).tagsAll,
    });
  },
  outputs: ({ aws, id }) => {
    const { availabilityZone, availabilityZoneId } = Subnets.of(aws).get(id);
    return {
      id,
      availabilityZone,
      availabilityZoneId,
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociationId: "",
      ownerId: aws.accountId,
    };
  },
});

function rangeProblem({ aws, inputs }: SubnetRequest): string | undefined {
  const { block: around, id } = Vpcs.of(aws).get(inputs.vpcId);
  const block = requireIpv4Block(inputs.cidrBlock, "cidrBlock");
  if (block.prefix < 16 || block.prefix > 28)
    return `The CIDR '${block.text}' is invalid. A subnet's block must be between a /16 and a /28`;
  return contains(around, block)
    ? undefined
    : `The CIDR '${block.text}' is invalid. It is outside the range ${around.text} of ${id}`;
}

/** The zone asked for by name or id; when none is, one that follows from the subnet's name. */
function zoneOf({ aws, creation, inputs: { availabilityZone, availabilityZoneId } }: SubnetRequest): Zone {
  const all = AvailabilityZones.of(aws);
  if (availabilityZone !== undefined) return all.get(availabilityZone);
  const fitting = all.zones.filter(
    (zone) => availabilityZoneId === undefined || zone.id === availabilityZoneId,
  );
  const any = Number.parseInt(aws.digest("zone", creation.name).slice(0, 8), 16);
  const zone = fitting[any % fitting.length];
  if (zone) return zone;
  throw new AwsError(
    "InvalidParameterValue",
    `Value (${availabilityZoneId ?? ""}) for parameter availabilityZoneId is invalid for ${aws.region}`,
  );
}

const getSubnetInputs = z.looseObject({
  filters: filtersSchema,
  tags: tagged.shape.tags,
  id: z.string().optional(),
  vpcId: z.string().optional(),
  cidrBlock: z.string().optional(),
  availabilityZone: z.string().optional(),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const getSubnet = lookUp("aws:ec2/getSubnet:getSubnet", getSubnetInputs, (aws, inputs) => {
  const filters = [...(inputs.filters ?? []), ...tagFilters(inputs.tags)];
  const found = Subnets.of(aws)
    .table.values()
    .filter(
      (one) =>
        passes(attributesOf(one), filters) &&
        (inputs.id === undefined || one.id === inputs.id) &&
        (inputs.vpcId === undefined || one.vpcId === inputs.vpcId) &&
        (inputs.cidrBlock === undefined || one.block.text === inputs.cidrBlock) &&
        (inputs.availabilityZone === undefined || one.availabilityZone === inputs.availabilityZone),
    );
  const { block, taken, ...rest } = onlyOne(found, "EC2 Subnet", "InvalidSubnetID.NotFound");
  return {
    ...rest,
    assignIpv6AddressOnCreation: false,
    availableIpAddressCount: block.last - block.first + 1 - keptAtStart - keptAtEnd - taken.size,
    cidrBlock: block.text,
    defaultForAz: false,
    ownerId: aws.accountId,
    region: aws.region,
    state: "available",
  };
});

function attributesOf(one: Subnet): Record<string, string> {
  return {
    "subnet-id": one.id,
    "vpc-id": one.vpcId,
    "cidr-block": one.block.text,
    "availability-zone": one.availabilityZone,
    "map-public-ip-on-launch": String(one.mapPublicIpOnLaunch),
    state: "available",
    ...tagAttributes(one.tags),
  };
}
