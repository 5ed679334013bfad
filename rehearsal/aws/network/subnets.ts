/** EC2's subnets and the addresses in them. */
import { z } from "zod";
import { contains, formatAddress, overlaps, parseIpv4, type Cidr } from "../../../facts/ipv4";
import type { AvailabilityZones, Zone } from "./availabilityZones";
import { requireIpv4Block } from "./cidr";
import { filtersSchema, lookup, onlyOne, passes, tagAttributes, tagFilters } from "../lookups";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagged, tagOutputs } from "../tags";
import type { Vpcs } from "./vpcs";

/** A subnet of one of the account's VPCs. */
export interface Subnet {
  id: string;
  vpcId: string;
  block: Cidr;
  availabilityZone: string;
  mapPublicIpOnLaunch: boolean;
  /** Addresses in use, as numbers. */
  taken: Set<number>;
  outputs: Record<string, unknown>;
  tags: Record<string, string>;
}

// EC2 keeps the first four addresses of a subnet and its last (VPC User Guide, "Subnet CIDR blocks").
const keptAtStart = 4;
const keptAtEnd = 1;

const subnetSchema = z.looseObject({
  ...tagged.shape,
  vpcId: z.string(),
  cidrBlock: z.string(),
  availabilityZone: z.string().optional(),
  availabilityZoneId: z.string().optional(),
  mapPublicIpOnLaunch: z.boolean().default(false),
});

const getSubnetsSchema = z.looseObject({ filters: filtersSchema, tags: tagged.shape.tags });

const getSubnetSchema = z.looseObject({
  ...getSubnetsSchema.shape,
  id: z.string().optional(),
  vpcId: z.string().optional(),
  cidrBlock: z.string().optional(),
  availabilityZone: z.string().optional(),
});

export class Subnets implements Service {
  readonly #subnets = new Table<Subnet>("subnet", "InvalidSubnetID.NotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly zones: AvailabilityZones,
    private readonly vpcs: Vpcs,
  ) {}

  readonly kinds = {
    "aws:ec2/subnet:Subnet": kind(subnetSchema, (inputs, creation) => this.#create(inputs, creation)),
  };

  readonly functions = {
    "aws:ec2/getSubnet:getSubnet": lookup("aws:ec2/getSubnet:getSubnet", getSubnetSchema, (inputs) => {
      const found = this.#matching(inputs).filter(
        (s) =>
          (inputs.id === undefined || s.id === inputs.id) &&
          (inputs.vpcId === undefined || s.vpcId === inputs.vpcId) &&
          (inputs.cidrBlock === undefined || s.block.text === inputs.cidrBlock) &&
          (inputs.availabilityZone === undefined || s.availabilityZone === inputs.availabilityZone),
      );
      const subnet = onlyOne(found, "EC2 Subnet", "InvalidSubnetID.NotFound");
      const free = subnet.block.last - subnet.block.first + 1 - keptAtStart - keptAtEnd - subnet.taken.size;
      return {
        ...subnet.outputs,
        availableIpAddressCount: free,
        defaultForAz: false,
        state: "available",
        tags: subnet.tags,
      };
    }),
    "aws:ec2/getSubnets:getSubnets": lookup("aws:ec2/getSubnets:getSubnets", getSubnetsSchema, (inputs) => ({
      ...inputs,
      id: this.context.region,
      ids: this.#matching(inputs).map((s) => s.id),
      region: this.context.region,
      tags: inputs.tags ?? {},
    })),
  };

  /** The subnet with this id; InvalidSubnetID.NotFound without one. */
  get(id: string): Subnet {
    return this.#subnets.get(id);
  }

  /** The subnet with this id, if there is one. */
  find(id: string): Subnet | undefined {
    return this.#subnets.find(id);
  }

  /** The subnet that an IPv4 address of a VPC belongs to. */
  at(vpcId: string, address: string): Subnet | undefined {
    const number = parseIpv4(address);
    if (number === undefined) return undefined;
    return this.#subnets
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
    const start = Number.parseInt(this.context.digest("address", subnetId, owner).slice(0, 8), 16);
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

  #create(inputs: z.infer<typeof subnetSchema>, creation: Creation): Created {
    const vpc = this.vpcs.get(inputs.vpcId);
    const block = requireIpv4Block(inputs.cidrBlock, "cidrBlock");
    if (block.prefix < 16 || block.prefix > 28) {
      throw new AwsError(
        "InvalidSubnet.Range",
        `The CIDR '${block.text}' is invalid. A subnet's block must be between a /16 and a /28`,
      );
    }
    if (!contains(vpc.block, block)) {
      throw new AwsError(
        "InvalidSubnet.Range",
        `The CIDR '${block.text}' is invalid. It is outside the range ${vpc.block.text} of ${vpc.id}`,
      );
    }
    const other = this.#subnets.values().find((s) => s.vpcId === vpc.id && overlaps(s.block, block));
    if (other) {
      throw new AwsError(
        "InvalidSubnet.Conflict",
        `The CIDR '${block.text}' conflicts with another subnet (${other.id}, ${other.block.text})`,
      );
    }
    const zone = this.#zoneOf(inputs, creation);
    const id = this.context.newId("subnet", creation.name);
    const { tags, tagsAll } = tagOutputs(inputs);
    const outputs = {
      ...inputs,
      id,
      arn: this.context.arn("ec2", `subnet/${id}`),
      assignIpv6AddressOnCreation: inputs.assignIpv6AddressOnCreation ?? false,
      availabilityZone: zone.name,
      availabilityZoneId: zone.id,
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociationId: "",
      ownerId: this.context.accountId,
      privateDnsHostnameTypeOnLaunch: inputs.privateDnsHostnameTypeOnLaunch ?? "ip-name",
      region: this.context.region,
      tags,
      tagsAll,
    };
    this.#subnets.add(id, {
      id,
      vpcId: vpc.id,
      block,
      availabilityZone: zone.name,
      mapPublicIpOnLaunch: inputs.mapPublicIpOnLaunch,
      taken: new Set(),
      outputs,
      tags: tagsAll,
    });
    return { id, outputs };
  }

  /** The zone asked for by name or id; when none is, one that follows from the subnet's name. */
  #zoneOf(inputs: z.infer<typeof subnetSchema>, creation: Creation): Zone {
    if (inputs.availabilityZone !== undefined) return this.zones.get(inputs.availabilityZone);
    const fitting = this.zones.zones.filter(
      (zone) => inputs.availabilityZoneId === undefined || zone.id === inputs.availabilityZoneId,
    );
    const any = Number.parseInt(this.context.digest("zone", creation.name).slice(0, 8), 16);
    const zone = fitting[any % fitting.length];
    if (!zone) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${inputs.availabilityZoneId ?? ""}) for parameter availabilityZoneId is invalid for ${this.context.region}`,
      );
    }
    return zone;
  }

  #matching(inputs: z.infer<typeof getSubnetsSchema>): Subnet[] {
    const filters = [...(inputs.filters ?? []), ...tagFilters(inputs.tags)];
    return this.#subnets.values().filter((s) =>
      passes(
        {
          "subnet-id": s.id,
          "vpc-id": s.vpcId,
          "cidr-block": s.block.text,
          "availability-zone": s.availabilityZone,
          "map-public-ip-on-launch": String(s.mapPublicIpOnLaunch),
          state: "available",
          ...tagAttributes(s.tags),
        },
        filters,
      ),
    );
  }
}
