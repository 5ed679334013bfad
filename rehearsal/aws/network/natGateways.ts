/** EC2's Elastic IP addresses and NAT gateways. */
import { z } from "zod";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import type { Subnets } from "./subnets";
import { tagged, tagOutputs } from "../tags";
import type { Vpcs } from "./vpcs";

/** A NAT gateway. `publicIps` is empty for a private one. */
export interface NatGateway {
  id: string;
  vpcId: string;
  subnetId: string;
  publicIps: string[];
}

/** 203.0.113.10 to .254: a range kept for documentation, so that a rehearsed address is nobody's. */
export const documentationAddresses: readonly string[] = Array.from(
  { length: 245 },
  (_, i) => `203.0.113.${i + 10}`,
);

const eipSchema = z.looseObject({
  ...tagged.shape,
  domain: z.literal("vpc").default("vpc"),
  instance: z.string().optional(),
  networkInterface: z.string().optional(),
});

const natGatewaySchema = z.looseObject({
  ...tagged.shape,
  // A regional NAT gateway, which has no subnet, is not part of the stand-in.
  availabilityMode: z.literal("zonal").default("zonal"),
  subnetId: z.string(),
  connectivityType: z.enum(["public", "private"]).default("public"),
  allocationId: z.string().optional(),
  secondaryAllocationIds: z.array(z.string()).default([]),
  privateIp: z.string().optional(),
});

export class NatGateways implements Service {
  readonly #allocations = new Table<{ publicIp: string; usedBy?: string }>(
    "allocation ID",
    "InvalidAllocationID.NotFound",
  );
  readonly #natGateways = new Table<NatGateway>("natGateway", "InvalidNatGatewayID.NotFound");
  readonly #pool: string[];

  /** @param addresses public addresses that the account is given, in this order */
  constructor(
    private readonly context: AccountContext,
    private readonly vpcs: Vpcs,
    private readonly subnets: Subnets,
    addresses: readonly string[] = documentationAddresses,
  ) {
    this.#pool = [...addresses];
  }

  readonly kinds = {
    "aws:ec2/eip:Eip": kind(eipSchema, (inputs, creation) => this.#createAddress(inputs, creation)),
    "aws:ec2/natGateway:NatGateway": kind(natGatewaySchema, (inputs, creation) =>
      this.#createNatGateway(inputs, creation),
    ),
  };

  /** The NAT gateway with this id; InvalidNatGatewayID.NotFound without one. */
  get(id: string): NatGateway {
    return this.#natGateways.get(id);
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
    const allocation = this.#allocations.get(allocationId);
    if (allocation.usedBy !== undefined) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `Elastic IP address [${allocationId}] is already associated with ${allocation.usedBy}`,
      );
    }
    allocation.usedBy = user;
    return allocation.publicIp;
  }

  #createAddress(inputs: z.infer<typeof eipSchema>, creation: Creation): Created {
    if (inputs.instance !== undefined || inputs.networkInterface !== undefined) {
      throw new AwsError(
        "UnsupportedOperation",
        `${creation.name}: this account associates addresses with NAT gateways and load balancers only`,
      );
    }
    const tagging = tagOutputs(inputs);
    const id = this.context.newId("eipalloc", creation.name);
    const publicIp = this.takePublicAddress(creation.previous?.["publicIp"]);
    this.#allocations.add(id, { publicIp });
    const hostRegion = this.context.region === "us-east-1" ? "compute-1" : `${this.context.region}.compute`;
    return {
      id,
      outputs: {
        ...inputs,
        id,
        allocationId: id,
        arn: this.context.arn("ec2", `elastic-ip/${id}`),
        associationId: "",
        carrierIp: "",
        customerOwnedIp: "",
        instance: "",
        ipamPoolId: "",
        networkBorderGroup: this.context.region,
        networkInterface: "",
        privateIp: "",
        ptrRecord: "",
        publicDns: `ec2-${publicIp.replaceAll(".", "-")}.${hostRegion}.amazonaws.com`,
        publicIp,
        publicIpv4Pool: "amazon",
        region: this.context.region,
        ...tagging,
      },
    };
  }

  #createNatGateway(inputs: z.infer<typeof natGatewaySchema>, creation: Creation): Created {
    const subnet = this.subnets.get(inputs.subnetId);
    const isPublic = inputs.connectivityType === "public";
    if (isPublic && inputs.allocationId === undefined) {
      throw new AwsError("MissingParameter", "A public NAT gateway needs the parameter AllocationId");
    }
    if (!isPublic && (inputs.allocationId !== undefined || inputs.secondaryAllocationIds.length > 0)) {
      throw new AwsError("InvalidParameterCombination", "A private NAT gateway takes no AllocationId");
    }
    if (isPublic && this.vpcs.internetGatewayOf(subnet.vpcId) === undefined) {
      throw new AwsError("Gateway.NotAttached", `Network ${subnet.vpcId} has no Internet gateway attached`);
    }
    const tagging = tagOutputs(inputs);
    const id = this.context.newId("nat", creation.name);
    const allocationIds = [
      ...(inputs.allocationId === undefined ? [] : [inputs.allocationId]),
      ...inputs.secondaryAllocationIds,
    ];
    const publicIps = allocationIds.map((allocationId) => this.associate(allocationId, id));
    const privateIp =
      inputs.privateIp === undefined
        ? this.subnets.takeAddress(subnet.id, creation.name)
        : this.subnets.takeGivenAddress(subnet.id, inputs.privateIp);
    this.#natGateways.add(id, { id, vpcId: subnet.vpcId, subnetId: subnet.id, publicIps });
    return {
      id,
      outputs: {
        ...inputs,
        id,
        // Of a regional NAT gateway only, which is not rehearsed.
        ...{ autoProvisionZones: "", autoScalingIps: "", regionalNatGatewayAddresses: [] },
        ...{ regionalNatGatewayAutoMode: "", routeTableId: "" },
        associationId: isPublic ? this.context.newId("eipassoc", creation.name) : "",
        networkInterfaceId: this.context.newId("eni", `${id} primary`),
        privateIp,
        publicIp: publicIps[0] ?? "",
        region: this.context.region,
        secondaryPrivateIpAddresses: [],
        secondaryPrivateIpAddressCount: 0,
        vpcId: subnet.vpcId,
        ...tagging,
      },
    };
  }
}
