/** Elastic Load Balancing's application and network load balancers. */
import { z } from "zod";
import { elbNameLength, requireElbName } from "./elbNames";
import { physicalName } from "../names";
import type { NatGateways } from "../network/natGateways";
import type { SecurityGroups } from "../network/securityGroups";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Properties,
  type Service,
} from "../service";
import type { Subnet, Subnets } from "../network/subnets";
import { tagged, tagOutputs } from "../tags";
import type { Vpcs } from "../network/vpcs";

/** A load balancer of the account. */
export interface LoadBalancer {
  arn: string;
  name: string;
  type: "application" | "network";
  /** Whether its name leads to private addresses only. */
  internal: boolean;
  vpcId: string;
  dnsName: string;
  subnetIds: string[];
  /** Its private addresses, one in each subnet: what targets see when the client's address is not preserved. */
  addresses: string[];
  /** Empty for a network load balancer that was made without any: traffic to it is then not filtered. */
  securityGroupIds: string[];
}

const loadBalancerSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  // Gateway load balancers are not part of the stand-in.
  loadBalancerType: z.enum(["application", "network"]).default("application"),
  internal: z.boolean().default(false),
  subnets: z.array(z.string()).default([]),
  subnetMappings: z
    .array(
      z.looseObject({
        subnetId: z.string(),
        allocationId: z.string().optional(),
        privateIpv4Address: z.string().optional(),
      }),
    )
    .default([]),
  securityGroups: z.array(z.string()).default([]),
  ipAddressType: z.literal("ipv4").default("ipv4"),
  enableCrossZoneLoadBalancing: z.boolean().optional(),
  enableDeletionProtection: z.boolean().default(false),
});

type LoadBalancerInputs = z.infer<typeof loadBalancerSchema>;
type Mapping = LoadBalancerInputs["subnetMappings"][number];

export class LoadBalancers implements Service {
  readonly #loadBalancers = new Table<LoadBalancer>("load balancer", "LoadBalancerNotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly vpcs: Vpcs,
    private readonly subnets: Subnets,
    private readonly securityGroups: SecurityGroups,
    private readonly natGateways: NatGateways,
  ) {}

  readonly kinds = {
    "aws:lb/loadBalancer:LoadBalancer": kind(loadBalancerSchema, (inputs, creation) =>
      this.#create(inputs, creation),
    ),
  };

  /** The load balancer with this ARN; LoadBalancerNotFound without one. */
  get(arn: string): LoadBalancer {
    return this.#loadBalancers.get(arn);
  }

  /** The load balancer with this DNS name, in whatever case it is written. */
  byDnsName(dnsName: string): LoadBalancer | undefined {
    return this.#loadBalancers.values().find((lb) => lb.dnsName.toLowerCase() === dnsName.toLowerCase());
  }

  #create(inputs: LoadBalancerInputs, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, elbNameLength);
    requireElbName(name, "Load balancer");
    if (name.startsWith("internal-")) {
      throw new AwsError("ValidationError", `Load balancer name '${name}' cannot begin with 'internal-'`);
    }
    if (this.#loadBalancers.values().some((lb) => lb.name === name)) {
      throw new AwsError("DuplicateLoadBalancerName", `A load balancer with the same name '${name}' exists`);
    }
    const mappings: Mapping[] = inputs.subnets.map((subnetId) => ({ subnetId }));
    mappings.push(...inputs.subnetMappings);
    if (inputs.subnets.length > 0 && inputs.subnetMappings.length > 0) {
      throw new AwsError("ValidationError", "Only one of subnets and subnet mappings can be specified");
    }
    const vpcId = this.#requireSubnets(mappings, inputs);
    const securityGroupIds = this.#groupsOf(inputs, vpcId);
    const { tags, tagsAll } = tagOutputs(inputs);

    const short = inputs.loadBalancerType === "network" ? "net" : "app";
    const digest = this.context.digest("load balancer", creation.name).slice(0, 16);
    const arnSuffix = `${short}/${name}/${digest}`;
    const arn = this.context.arn("elasticloadbalancing", `loadbalancer/${arnSuffix}`);
    const subnetMapping = mappings.map((mapping) => this.#occupy(mapping, arn));
    const dnsName = this.#dnsName(name, digest, inputs);
    const subnetIds = mappings.map((mapping) => mapping.subnetId);
    this.#loadBalancers.add(arn, {
      arn,
      name,
      type: inputs.loadBalancerType,
      internal: inputs.internal,
      vpcId,
      dnsName,
      subnetIds,
      addresses: subnetMapping.map((mapping) => mapping.privateIpv4Address),
      securityGroupIds,
    });
    return {
      id: arn,
      outputs: {
        ...inputs,
        id: arn,
        arn,
        arnSuffix,
        dnsName,
        ...this.#attributes(inputs, securityGroupIds),
        name,
        namePrefix: inputs.namePrefix ?? "",
        region: this.context.region,
        securityGroups: securityGroupIds,
        subnetMappings:
          inputs.subnetMappings.length > 0
            ? inputs.subnetMappings
            : subnetIds.map((subnetId) => ({ outpostId: "", subnetId })),
        subnets: subnetIds,
        vpcId,
        zoneId: `Z${this.context.digest("elb zone", short, this.context.region).slice(0, 13).toUpperCase()}`,
        tags,
        tagsAll,
      },
    };
  }

  /** What the provider reads back of attributes that a request leaves alone; what the type does not have is empty. */
  #attributes({ loadBalancerType }: LoadBalancerInputs, securityGroupIds: readonly string[]): Properties {
    const isNetwork = loadBalancerType === "network";
    return {
      dnsRecordClientRoutingPolicy: isNetwork ? "any_availability_zone" : "",
      enablePrefixForIpv6SourceNat: isNetwork ? "off" : "",
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic:
        isNetwork && securityGroupIds.length > 0 ? "on" : "",
      secondaryIpsAutoAssignedPerSubnet: 0,
    };
  }

  /** Checks the subnets as Elastic Load Balancing does, and returns their VPC's id. */
  #requireSubnets(mappings: Mapping[], inputs: LoadBalancerInputs): string {
    const subnets = mappings.map(({ subnetId }) => this.#subnet(subnetId));
    const [first] = subnets;
    if (!first) throw new AwsError("ValidationError", "At least one subnet must be specified");
    if (subnets.some((subnet) => subnet.vpcId !== first.vpcId)) {
      throw new AwsError("InvalidConfigurationRequest", "All subnets must belong to the same VPC");
    }
    const zones = new Set(subnets.map((subnet) => subnet.availabilityZone));
    if (zones.size < subnets.length) {
      throw new AwsError(
        "InvalidConfigurationRequest",
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
      );
    }
    if (inputs.loadBalancerType === "application" && zones.size < 2) {
      throw new AwsError(
        "ValidationError",
        "At least two subnets in two different Availability Zones must be specified",
      );
    }
    if (!inputs.internal && this.vpcs.internetGatewayOf(first.vpcId) === undefined) {
      throw new AwsError("InvalidSubnet", `VPC ${first.vpcId} has no internet gateway`);
    }
    const withAddress = mappings.some((mapping) => mapping.allocationId !== undefined);
    if (withAddress && (inputs.internal || inputs.loadBalancerType !== "network")) {
      throw new AwsError(
        "InvalidConfigurationRequest",
        "Only internet-facing network load balancers take Elastic IPs",
      );
    }
    return first.vpcId;
  }

  #subnet(subnetId: string): Subnet {
    const subnet = this.subnets.find(subnetId);
    if (!subnet) throw new AwsError("SubnetNotFound", `The subnet ID '${subnetId}' does not exist`);
    return subnet;
  }

  #groupsOf(inputs: LoadBalancerInputs, vpcId: string): string[] {
    // A network load balancer made without groups can never get any; an application one gets the VPC's default group.
    if (inputs.loadBalancerType === "network" && inputs.securityGroups.length === 0) return [];
    try {
      return this.securityGroups.forInterface(vpcId, inputs.securityGroups);
    } catch (error) {
      if (error instanceof AwsError) throw new AwsError("InvalidConfigurationRequest", error.message);
      throw error;
    }
  }

  /** Takes the addresses of one node. */
  #occupy(
    { subnetId, allocationId, privateIpv4Address }: Mapping,
    arn: string,
  ): { privateIpv4Address: string } {
    if (allocationId !== undefined) this.natGateways.associate(allocationId, arn);
    return {
      privateIpv4Address:
        privateIpv4Address === undefined
          ? this.subnets.takeAddress(subnetId, arn)
          : this.subnets.takeGivenAddress(subnetId, privateIpv4Address),
    };
  }

  #dnsName(name: string, digest: string, inputs: LoadBalancerInputs): string {
    const { region } = this.context;
    if (inputs.loadBalancerType === "network") return `${name}-${digest}.elb.${region}.amazonaws.com`;
    const number = Number.parseInt(digest.slice(0, 8), 16);
    return `${inputs.internal ? "internal-" : ""}${name}-${number}.${region}.elb.amazonaws.com`;
  }
}
