/** EC2's Elastic IP addresses and NAT gateways. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { Subnets } from "./subnets";
import { Vpcs } from "./vpcs";

/** A public NAT gateway; private ones are not part of the stand-in. */
export interface NatGateway {
  id: string;
  vpcId: string;
  subnetId: string;
  publicIps: string[];
  privateIp: string;
}

/** 203.0.113.10 to .254: a range kept for documentation, so that a rehearsed address is nobody's. */
export const documentationAddresses: readonly string[] = Array.from(
  { length: 245 },
  (_, i) => `203.0.113.${i + 10}`,
);

/** The public addresses of one account, and its NAT gateways. */
export class NatGateways {
  static readonly of = perAccount((aws) => new NatGateways(aws));

  readonly allocations = new Table<{ publicIp: string; usedBy?: string }>(
    "allocation ID",
    "InvalidAllocationID.NotFound",
  );
  readonly table = new Table<NatGateway>("natGateway", "InvalidNatGatewayID.NotFound");
  /** Public addresses that are not taken yet. */
  readonly #pool: string[];

  private constructor(readonly aws: AccountContext) {
    this.#pool = [...(aws.options.publicAddresses ?? documentationAddresses)];
  }

  /** The NAT gateway with this id; InvalidNatGatewayID.NotFound without one. */
  get(id: string): NatGateway {
    return this.table.get(id);
  }

  /** Takes the given public address or the next one; AddressLimitExceeded when there is none left. */
  takePublicAddress(given?: unknown): string {
    const [address] = this.#pool.splice(
      Math.max(
        this.#pool.findIndex((a) => a === given),
        0,
      ),
      1,
    );
    if (address === undefined) {
      throw new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    }
    return address;
  }

  /**
   * Gives an allocation to a resource and returns its public address. An unknown or used allocation is refused with
   * InvalidAllocationID.NotFound or Resource.AlreadyAssociated.
   */
  associate(allocationId: string, user: string): string {
    const allocation = this.allocations.get(allocationId);
    if (allocation.usedBy !== undefined) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `Elastic IP address [${allocationId}] is already associated with ${allocation.usedBy}`,
      );
    }
    allocation.usedBy = user;
    return allocation.publicIp;
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html */
export const eip = resource({
  type: "aws:ec2/eip:Eip",
  inputs: z.looseObject({
    ...tagged.shape,
    domain: z.literal("vpc").default("vpc"),
    instance: z.string().optional(),
    networkInterface: z.string().optional(),
  }),
  replaces: ["domain", "address", "networkBorderGroup", "publicIpv4Pool"],
  checks: [
    [
      "UnsupportedOperation",
      ({ creation, inputs }) =>
        (inputs.instance !== undefined || inputs.networkInterface !== undefined) &&
        `${creation.name}: this account associates addresses with NAT gateways and load balancers only`,
    ],
  ],
  id: ({ aws, creation }) => aws.newId("eipalloc", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `elastic-ip/${id}`),
  keep: ({ aws, creation, id }) => {
    const addresses = NatGateways.of(aws);
    const publicIp = addresses.takePublicAddress(creation.previous?.["publicIp"]);
    addresses.allocations.add(id, { publicIp });
  },
  outputs: ({ aws, id }) => {
    const { publicIp } = NatGateways.of(aws).allocations.get(id);
    const hostRegion = aws.region === "us-east-1" ? "compute-1" : `${aws.region}.compute`;
    return {
      id,
      allocationId: id,
      associationId: "",
      carrierIp: "",
      customerOwnedIp: "",
      instance: "",
      ipamPoolId: "",
      networkBorderGroup: aws.region,
      networkInterface: "",
      privateIp: "",
      ptrRecord: "",
      publicDns: `ec2-${publicIp.replaceAll(".", "-")}.${hostRegion}.amazonaws.com`,
      publicIp,
      publicIpv4Pool: "amazon",
    };
  },
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html */
export const natGateway = resource({
  type: "aws:ec2/natGateway:NatGateway",
  inputs: z.looseObject({
    ...tagged.shape,
    // A regional NAT gateway, which has no subnet, is not part of the stand-in.
    availabilityMode: z.literal("zonal").default("zonal"),
    subnetId: z.string(),
    connectivityType: z.literal("public").default("public"),
    allocationId: z.string().optional(),
    secondaryAllocationIds: z.array(z.string()).default([]),
    privateIp: z.string().optional(),
  }),
  replaces: ["allocationId", "subnetId", "connectivityType", "privateIp"],
  checks: [
    ({ aws, inputs }) => Subnets.of(aws).get(inputs.subnetId),
    [
      "MissingParameter",
      ({ inputs }) =>
        inputs.allocationId === undefined && "A public NAT gateway needs the parameter AllocationId",
    ],
    [
      "Gateway.NotAttached",
      ({ aws, inputs }) => {
        const { vpcId } = Subnets.of(aws).get(inputs.subnetId);
        return (
          Vpcs.of(aws).internetGatewayOf(vpcId) === undefined &&
          `Network ${vpcId} has no Internet gateway attached`
        );
      },
    ],
  ],
  id: ({ aws, creation }) => aws.newId("nat", creation.name),
  keep: ({ aws, creation, inputs, id }) => {
    const natGateways = NatGateways.of(aws);
    const subnets = Subnets.of(aws);
    const { vpcId } = subnets.get(inputs.subnetId);
    const allocationIds = [inputs.allocationId ?? "", ...inputs.secondaryAllocationIds];
    const publicIps = allocationIds.map((allocationId) => natGateways.associate(allocationId, id));
    const privateIp = subnets.occupy(inputs.subnetId, creation.name, inputs.privateIp);
    natGateways.table.add(id, { id, vpcId, subnetId: inputs.subnetId, publicIps, privateIp });
  },
  outputs: ({ aws, creation, id }) => {
    const { vpcId, publicIps, privateIp } = NatGateways.of(aws).get(id);
    return {
      id,
      associationId: aws.newId("eipassoc", creation.name),
      // Of a regional NAT gateway only.
      autoProvisionZones: "",
      autoScalingIps: "",
      networkInterfaceId: aws.newId("eni", `${id} primary`),
      privateIp,
      publicIp: publicIps[0] ?? "",
      regionalNatGatewayAddresses: [],
      regionalNatGatewayAutoMode: "",
      routeTableId: "",
      secondaryPrivateIpAddresses: [],
      secondaryPrivateIpAddressCount: 0,
      vpcId,
    };
  },
});
