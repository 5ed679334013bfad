/** EC2's VPC endpoints to AWS services. */
import { z } from "zod";
import type { AccountContext, Properties } from "../accountContext";
import { AwsError } from "../awsError";
import { perAccount } from "../perAccount";
import { resource, type Accepted, type Request } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { endpointPolicyProblem } from "./endpointPolicies";
import { endpointService, gatewayServices, interfaceServices } from "./endpointServices";
import { RouteTables } from "./routeTables";
import { SecurityGroups } from "./securityGroups";
import { Subnets } from "./subnets";
import { Vpcs } from "./vpcs";

/** An endpoint of one of the account's VPCs. */
export interface VpcEndpoint {
  id: string;
  vpcId: string;
  type: "Interface" | "Gateway";
  /** e.g. "com.amazonaws.ap-northeast-1.git-codecommit" */
  serviceName: string;
  /** The endpoint policy, a JSON text; the one that allows everything when none was given. */
  policy: string;
  /** The service's ordinary name, which this endpoint answers to in its VPC; undefined without private DNS. */
  privateDnsName: string | undefined;
  /** All names of the endpoint itself, the private one included. */
  dnsNames: string[];
  subnetIds: string[];
  securityGroupIds: string[];
  /** Its network interfaces' addresses, one for each subnet. */
  addresses: string[];
  routeTableIds: string[];
}

/** The endpoints of one account. */
export class VpcEndpoints {
  static readonly of = perAccount((aws) => new VpcEndpoints(aws));

  readonly table = new Table<VpcEndpoint>("Vpc Endpoint Id", "InvalidVpcEndpointId.NotFound");

  private constructor(readonly aws: AccountContext) {}

  /** The endpoint with this id; InvalidVpcEndpointId.NotFound without one. */
  get(id: string): VpcEndpoint {
    return this.table.get(id);
  }

  /** A VPC's endpoints in the order they were made. */
  endpointsOf(vpcId: string): VpcEndpoint[] {
    return this.table.values().filter((endpoint) => endpoint.vpcId === vpcId);
  }

  /** The endpoint that a DNS name leads to inside a VPC: by the service's own name, or by the endpoint's. */
  endpointFor(vpcId: string, dnsName: string): VpcEndpoint | undefined {
    return this.endpointsOf(vpcId).find((endpoint) => endpoint.dnsNames.includes(dnsName));
  }
}

const allowAll = JSON.stringify({
  Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }],
});

const endpointInputs = z.looseObject({
  ...tagged.shape,
  vpcId: z.string(),
  // Endpoints to resources, service networks and Gateway Load Balancers are not part of the stand-in.
  serviceName: z.string(),
  vpcEndpointType: z.enum(["Gateway", "Interface"]).default("Gateway"),
  policy: z.string().optional(),
  privateDnsEnabled: z.boolean().default(false),
  subnetIds: z.array(z.string()).default([]),
  securityGroupIds: z.array(z.string()).default([]),
  routeTableIds: z.array(z.string()).default([]),
});

type EndpointRequest = Request<z.infer<typeof endpointInputs>>;
type Endpoint = Accepted<z.infer<typeof endpointInputs>>;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
export const vpcEndpoint = resource({
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  inputs: endpointInputs,
  replaces: ["vpcId", "serviceName", "vpcEndpointType"],
  checks: [
    [
      "InvalidPolicyDocument",
      ({ inputs: { policy } }) => policy !== undefined && endpointPolicyProblem(policy),
    ],
    ({ aws, inputs }) => Vpcs.of(aws).get(inputs.vpcId),
    [
      "InvalidParameter",
      ({ aws, inputs: { serviceName, vpcEndpointType: type } }) => {
        const service = endpointService(serviceName, aws.region);
        const isOffered =
          type === "Interface" ? service in interfaceServices : gatewayServices.includes(service);
        return (
          !isOffered && `Endpoint type (${type}) does not match available service types of ${serviceName}.`
        );
      },
    ],
    (request) => {
      if (request.inputs.vpcEndpointType === "Interface") requireInterface(request);
      else requireGateway(request);
    },
  ],
  id: ({ aws, creation }) => aws.newId("vpce", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `vpc-endpoint/${id}`),
  keep: (endpoint) => {
    const { aws, creation, inputs, id } = endpoint;
    const isInterface = inputs.vpcEndpointType === "Interface";
    for (const tableId of inputs.routeTableIds)
      RouteTables.of(aws).addGatewayEndpoint(tableId, inputs.vpcId, prefixListIdOf(endpoint));
    VpcEndpoints.of(aws).table.add(id, {
      id,
      vpcId: inputs.vpcId,
      type: inputs.vpcEndpointType,
      serviceName: inputs.serviceName,
      policy: inputs.policy ?? allowAll,
      privateDnsName: inputs.privateDnsEnabled ? regionalNameOf(endpoint) : undefined,
      dnsNames: isInterface ? dnsNamesOf(endpoint) : [],
      subnetIds: inputs.subnetIds,
      securityGroupIds: isInterface
        ? SecurityGroups.of(aws).forInterface(inputs.vpcId, inputs.securityGroupIds)
        : [],
      addresses: inputs.subnetIds.map((subnetId) =>
        Subnets.of(aws).takeAddress(subnetId, `endpoint ${creation.name}`),
      ),
      routeTableIds: inputs.routeTableIds,
    });
  },
  outputs: (endpoint) => {
    const { aws, inputs, id } = endpoint;
    const { policy, securityGroupIds } = VpcEndpoints.of(aws).get(id);
    return {
      id,
      ownerId: aws.accountId,
      policy,
      requesterManaged: false,
      securityGroupIds,
      serviceRegion: aws.region,
      state: "available",
      ...(inputs.vpcEndpointType === "Interface" ? interfaceOutputs(endpoint) : gatewayOutputs(endpoint)),
    };
  },
});

function requireInterface({ aws, inputs }: EndpointRequest): void {
  if (inputs.routeTableIds.length > 0) {
    throw new AwsError(
      "InvalidParameter",
      "Route table IDs are only supported for Gateway type VPC Endpoint.",
    );
  }
  const zones = inputs.subnetIds.map((subnetId) => zoneOf(aws, inputs.vpcId, subnetId));
  if (new Set(zones).size < zones.length) {
    throw new AwsError(
      "DuplicateSubnetsInSameZone",
      `Found another VPC endpoint subnet in the availability zone of ${inputs.subnetIds.join(", ")}; give one subnet for each zone`,
    );
  }
  SecurityGroups.of(aws).forInterface(inputs.vpcId, inputs.securityGroupIds);
  if (inputs.privateDnsEnabled) requirePrivateDns(aws, inputs.vpcId, regionalNameOf({ aws, inputs }));
}

function zoneOf(aws: AccountContext, vpcId: string, subnetId: string): string {
  const subnet = Subnets.of(aws).get(subnetId);
  if (subnet.vpcId === vpcId) return subnet.availabilityZone;
  throw new AwsError(
    "InvalidParameter",
    `The subnet ID '${subnetId}' is not in ${vpcId} but in ${subnet.vpcId}`,
  );
}

function requirePrivateDns(aws: AccountContext, vpcId: string, name: string): void {
  const vpc = Vpcs.of(aws).get(vpcId);
  if (!vpc.enableDnsSupport || !vpc.enableDnsHostnames) {
    throw new AwsError(
      "InvalidParameter",
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
    );
  }
  const others = VpcEndpoints.of(aws).endpointsOf(vpcId);
  if (others.some((endpoint) => endpoint.privateDnsName === name)) {
    throw new AwsError(
      "InvalidParameter",
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name} in the VPC ${vpcId}`,
    );
  }
}

function requireGateway({ inputs }: EndpointRequest): void {
  if (inputs.subnetIds.length > 0 || inputs.securityGroupIds.length > 0 || inputs.privateDnsEnabled) {
    throw new AwsError(
      "InvalidParameter",
      "Subnets, security groups and private DNS are only supported for Interface type VPC Endpoint.",
    );
  }
}

function hostOf({ aws, inputs }: Pick<EndpointRequest, "aws" | "inputs">): string {
  return interfaceServices[endpointService(inputs.serviceName, aws.region)] ?? "";
}

/** The service's ordinary name. */
function regionalNameOf(request: Pick<EndpointRequest, "aws" | "inputs">): string {
  return `${hostOf(request)}.${request.aws.region}.amazonaws.com`;
}

function dnsNamesOf(endpoint: Endpoint): string[] {
  const { aws, creation, inputs, id } = endpoint;
  const suffix = aws.digest("vpce-dns", creation.name).slice(0, 8);
  const zones = inputs.subnetIds.map((subnetId) => `-${zoneOf(aws, inputs.vpcId, subnetId)}`).sort();
  const names = ["", ...zones].map(
    (zone) => `${id}-${suffix}${zone}.${hostOf(endpoint)}.${aws.region}.vpce.amazonaws.com`,
  );
  return inputs.privateDnsEnabled ? [...names, regionalNameOf(endpoint)] : names;
}

function interfaceOutputs(endpoint: Endpoint): Properties {
  const { aws, inputs, id } = endpoint;
  const { addresses, dnsNames } = VpcEndpoints.of(aws).get(id);
  const zone = (name: string) => `Z${aws.digest("hosted zone", name).slice(0, 13).toUpperCase()}`;
  return {
    dnsEntries: dnsNames.map((dnsName) => ({
      dnsName,
      hostedZoneId: zone(dnsName === regionalNameOf(endpoint) ? `${id} private` : aws.region),
    })),
    dnsOptions: {
      dnsRecordIpType: "ipv4",
      privateDnsOnlyForInboundResolverEndpoint: false,
      privateDnsPreference: "",
      privateDnsSpecifiedDomains: [],
    },
    ipAddressType: "ipv4",
    networkInterfaceIds: inputs.subnetIds.map((subnetId) => aws.newId("eni", `${id} ${subnetId}`)),
    prefixListId: "",
    subnetConfigurations: inputs.subnetIds.map((subnetId, i) => ({
      ipv4: addresses[i],
      ipv6: "",
      subnetId,
    })),
  };
}

function prefixListIdOf({ aws, inputs }: Endpoint): string {
  const service = endpointService(inputs.serviceName, aws.region);
  return `pl-${aws.digest("prefix list", service).slice(0, 8)}`;
}

function gatewayOutputs(endpoint: Endpoint): Properties {
  return {
    cidrBlocks: [],
    dnsEntries: [],
    ipAddressType: "",
    networkInterfaceIds: [],
    prefixListId: prefixListIdOf(endpoint),
    subnetConfigurations: [],
  };
}
