/** Elastic Load Balancing's network load balancers. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { named } from "../names";
import { NatGateways } from "../network/natGateways";
import { SecurityGroups } from "../network/securityGroups";
import { Subnets, type Subnet } from "../network/subnets";
import { Vpcs } from "../network/vpcs";
import { perAccount } from "../perAccount";
import { byInputs } from "../replacement";
import { resource, type Request } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { elbNameLength, elbNameProblem } from "./elbNames";

/** A load balancer of the account. */
export interface LoadBalancer {
  arn: string;
  name: string;
  /** Whether its name leads to private addresses only. */
  internal: boolean;
  vpcId: string;
  dnsName: string;
  /** The Route 53 zone that its name is in, which aliases have to name. */
  zoneId: string;
  subnetIds: string[];
  /** Its private addresses, one in each subnet: what targets see when the client's address is not preserved. */
  addresses: string[];
  /** Empty for one that was made without any: traffic to it is then not filtered. */
  securityGroupIds: string[];
}

/** The load balancers of one account. */
export class LoadBalancers {
  static readonly of = perAccount((aws) => new LoadBalancers(aws));

  /** By ARN. */
  readonly table = new Table<LoadBalancer>("load balancer", "LoadBalancerNotFound");

  private constructor(readonly aws: AccountContext) {}

  /** The load balancer with this ARN; LoadBalancerNotFound without one. */
  get(arn: string): LoadBalancer {
    return this.table.get(arn);
  }

  /** The load balancer with this DNS name, in whatever case it is written. */
  byDnsName(dnsName: string): LoadBalancer | undefined {
    return this.table.values().find((lb) => lb.dnsName.toLowerCase() === dnsName.toLowerCase());
  }
}

const loadBalancerInputs = z.looseObject({
  ...tagged.shape,
  ...named,
  loadBalancerType: z.literal(
    "network",
    "application and gateway load balancers are not part of the stand-in",
  ),
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
type LoadBalancerInputs = z.infer<typeof loadBalancerInputs>;
type LoadBalancerRequest = Request<LoadBalancerInputs>;

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
export const loadBalancer = resource({
  type: "aws:lb/loadBalancer:LoadBalancer",
  inputs: loadBalancerInputs,
  replaces: byInputs(["name", "namePrefix", "internal", "loadBalancerType"], { subnets: losesSubnet }),
  longestName: elbNameLength,
  checks: [
    ["ValidationError", ({ name }) => elbNameProblem(name, "Load balancer")],
    [
      "ValidationError",
      ({ name }) =>
        name.startsWith("internal-") && `Load balancer name '${name}' cannot begin with 'internal-'`,
    ],
    [
      "DuplicateLoadBalancerName",
      ({ aws, name }) =>
        LoadBalancers.of(aws)
          .table.values()
          .some((lb) => lb.name === name) && `A load balancer with the same name '${name}' exists`,
    ],
    [
      "ValidationError",
      ({ inputs }) =>
        inputs.subnets.length > 0 &&
        inputs.subnetMappings.length > 0 &&
        "Only one of subnets and subnet mappings can be specified",
    ],
    [
      "ValidationError",
      (request) => subnetsOf(request).length === 0 && "At least one subnet must be specified",
    ],
    ["InvalidConfigurationRequest", placementProblem],
    [
      "InvalidSubnet",
      (request) => {
        const vpcId = vpcOf(request);
        return (
          !request.inputs.internal &&
          Vpcs.of(request.aws).internetGatewayOf(vpcId) === undefined &&
          `VPC ${vpcId} has no internet gateway`
        );
      },
    ],
    [
      "InvalidConfigurationRequest",
      ({ inputs }) =>
        inputs.internal &&
        inputs.subnetMappings.some(({ allocationId }) => allocationId !== undefined) &&
        "Only internet-facing network load balancers take Elastic IPs",
    ],
    groupsOf,
  ],
  id: ({ aws, creation, name }) =>
    aws.arn("elasticloadbalancing", `loadbalancer/net/${name}/${digestOf(aws, creation.name)}`),
  arn: ({ id }) => id,
  keep: (request) => {
    const { aws, creation, inputs, name, arn } = request;
    LoadBalancers.of(aws).table.add(arn, {
      arn,
      name,
      internal: inputs.internal,
      vpcId: vpcOf(request),
      dnsName: `${name}-${digestOf(aws, creation.name)}.elb.${aws.region}.amazonaws.com`,
      zoneId: `Z${aws.digest("elb zone", "net", aws.region).slice(0, 13).toUpperCase()}`,
      subnetIds: mappingsOf(inputs).map(({ subnetId }) => subnetId),
      addresses: mappingsOf(inputs).map(({ subnetId, allocationId, privateIpv4Address }) => {
        if (allocationId !== undefined) NatGateways.of(aws).associate(allocationId, arn);
        return Subnets.of(aws).occupy(subnetId, arn, privateIpv4Address);
      }),
      securityGroupIds: groupsOf(request),
    });
  },
  outputs: ({ aws, inputs, id, arn }) => {
    const { vpcId, dnsName, zoneId, subnetIds, securityGroupIds } = LoadBalancers.of(aws).get(arn);
    const ownMappings = subnetIds.map((subnetId) => ({ outpostId: "", subnetId }));
    return {
      id,
      arnSuffix: arn.slice(arn.indexOf("loadbalancer/") + "loadbalancer/".length),
      dnsName,
      dnsRecordClientRoutingPolicy: "any_availability_zone",
      enablePrefixForIpv6SourceNat: "off",
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: securityGroupIds.length > 0 ? "on" : "",
      secondaryIpsAutoAssignedPerSubnet: 0,
      securityGroups: securityGroupIds,
      subnetMappings: inputs.subnetMappings.length > 0 ? inputs.subnetMappings : ownMappings,
      subnets: subnetIds,
      vpcId,
      zoneId,
    };
  },
});

/** A network load balancer can be given more subnets, but never lose one. */
function losesSubnet(before: unknown, after: unknown): boolean {
  return Array.isArray(before) && Array.isArray(after) && before.some((subnet) => !after.includes(subnet));
}

function digestOf(aws: AccountContext, resourceName: string): string {
  return aws.digest("load balancer", resourceName).slice(0, 16);
}

function mappingsOf(inputs: LoadBalancerInputs): LoadBalancerInputs["subnetMappings"] {
  return inputs.subnetMappings.length > 0
    ? inputs.subnetMappings
    : inputs.subnets.map((subnetId) => ({ subnetId }));
}

function subnetsOf({ aws, inputs }: LoadBalancerRequest): Subnet[] {
  return mappingsOf(inputs).map(({ subnetId }) => {
    const subnet = Subnets.of(aws).find(subnetId);
    if (!subnet) throw new AwsError("SubnetNotFound", `The subnet ID '${subnetId}' does not exist`);
    return subnet;
  });
}

function vpcOf(request: LoadBalancerRequest): string {
  return subnetsOf(request)[0]?.vpcId ?? "";
}

function placementProblem(request: LoadBalancerRequest): string | undefined {
  const subnets = subnetsOf(request);
  if (new Set(subnets.map(({ vpcId }) => vpcId)).size > 1) return "All subnets must belong to the same VPC";
  return new Set(subnets.map(({ availabilityZone }) => availabilityZone)).size < subnets.length
    ? "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
    : undefined;
}

/** One that is made without groups can never get any. */
function groupsOf(request: LoadBalancerRequest): string[] {
  const { aws, inputs } = request;
  if (inputs.securityGroups.length === 0) return [];
  try {
    return SecurityGroups.of(aws).forInterface(vpcOf(request), inputs.securityGroups);
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError("InvalidConfigurationRequest", error.message);
    throw error;
  }
}
