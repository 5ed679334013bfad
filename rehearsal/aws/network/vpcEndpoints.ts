/** EC2's VPC endpoints to AWS services. */
import { z } from "zod";
import { requireEndpointPolicy } from "./endpointPolicies";
import { endpointService, gatewayServices, interfaceServices } from "./endpointServices";
import type { RouteTables } from "./routeTables";
import type { SecurityGroups } from "./securityGroups";
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

const allowAll = JSON.stringify({
  Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }],
});

const endpointSchema = z.looseObject({
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

type EndpointInputs = z.infer<typeof endpointSchema>;

export class VpcEndpoints implements Service {
  readonly #endpoints = new Table<VpcEndpoint>("Vpc Endpoint Id", "InvalidVpcEndpointId.NotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly vpcs: Vpcs,
    private readonly subnets: Subnets,
    private readonly securityGroups: SecurityGroups,
    private readonly routeTables: RouteTables,
  ) {}

  readonly kinds = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": kind(endpointSchema, (inputs, creation) => {
      if (inputs.policy !== undefined) requireEndpointPolicy(inputs.policy);
      this.vpcs.get(inputs.vpcId);
      return inputs.vpcEndpointType === "Interface"
        ? this.#createInterface(inputs, creation)
        : this.#createGateway(inputs, creation);
    }),
  };

  /** The endpoint with this id; InvalidVpcEndpointId.NotFound without one. */
  get(id: string): VpcEndpoint {
    return this.#endpoints.get(id);
  }

  /** A VPC's endpoints in the order they were made. */
  endpointsOf(vpcId: string): VpcEndpoint[] {
    return this.#endpoints.values().filter((endpoint) => endpoint.vpcId === vpcId);
  }

  /** The endpoint that a DNS name leads to inside a VPC: by the service's own name, or by the endpoint's. */
  endpointFor(vpcId: string, dnsName: string): VpcEndpoint | undefined {
    return this.endpointsOf(vpcId).find((endpoint) => endpoint.dnsNames.includes(dnsName));
  }

  #createInterface(inputs: EndpointInputs, creation: Creation): Created {
    const service = endpointService(inputs.serviceName, this.context.region);
    const host = interfaceServices[service];
    if (host === undefined) throw wrongType(inputs);
    if (inputs.routeTableIds.length > 0) {
      throw new AwsError(
        "InvalidParameter",
        "Route table IDs are only supported for Gateway type VPC Endpoint.",
      );
    }
    const subnets = inputs.subnetIds.map((id) => this.#subnetIn(inputs.vpcId, id));
    if (new Set(subnets.map((subnet) => subnet.availabilityZone)).size < subnets.length) {
      throw new AwsError(
        "DuplicateSubnetsInSameZone",
        `Found another VPC endpoint subnet in the availability zone of ${inputs.subnetIds.join(", ")}; give one subnet for each zone`,
      );
    }
    const securityGroupIds = this.securityGroups.forInterface(inputs.vpcId, inputs.securityGroupIds);
    const regional = `${host}.${this.context.region}.amazonaws.com`;
    if (inputs.privateDnsEnabled) this.#requirePrivateDns(inputs.vpcId, regional);
    const tagging = tagOutputs(inputs);

    const id = this.context.newId("vpce", creation.name);
    const suffix = this.context.digest("vpce-dns", creation.name).slice(0, 8);
    const zones = subnets.map((subnet) => `-${subnet.availabilityZone}`).sort();
    const dnsNames = ["", ...zones].map(
      (zone) => `${id}-${suffix}${zone}.${host}.${this.context.region}.vpce.amazonaws.com`,
    );
    if (inputs.privateDnsEnabled) dnsNames.push(regional);
    const endpoint: VpcEndpoint = {
      id,
      vpcId: inputs.vpcId,
      type: "Interface",
      serviceName: inputs.serviceName,
      policy: inputs.policy ?? allowAll,
      privateDnsName: inputs.privateDnsEnabled ? regional : undefined,
      dnsNames,
      subnetIds: inputs.subnetIds,
      securityGroupIds,
      addresses: inputs.subnetIds.map((subnetId) =>
        this.subnets.takeAddress(subnetId, `endpoint ${creation.name}`),
      ),
      routeTableIds: [],
    };
    this.#endpoints.add(id, endpoint);
    const zone = (name: string) => `Z${this.context.digest("hosted zone", name).slice(0, 13).toUpperCase()}`;
    return {
      id,
      outputs: {
        ...inputs,
        ...this.#outputs(endpoint),
        dnsEntries: dnsNames.map((dnsName) => ({
          dnsName,
          hostedZoneId: dnsName === regional ? zone(`${id} private`) : zone(this.context.region),
        })),
        ipAddressType: "ipv4",
        networkInterfaceIds: inputs.subnetIds.map((subnetId) =>
          this.context.newId("eni", `${id} ${subnetId}`),
        ),
        dnsOptions: {
          dnsRecordIpType: "ipv4",
          privateDnsOnlyForInboundResolverEndpoint: false,
          privateDnsPreference: "",
          privateDnsSpecifiedDomains: [],
        },
        prefixListId: "",
        subnetConfigurations: inputs.subnetIds.map((subnetId, i) => ({
          ipv4: endpoint.addresses[i],
          ipv6: "",
          subnetId,
        })),
        ...tagging,
      },
    };
  }

  #createGateway(inputs: EndpointInputs, creation: Creation): Created {
    const service = endpointService(inputs.serviceName, this.context.region);
    if (!gatewayServices.includes(service)) {
      throw wrongType(inputs);
    }
    if (inputs.subnetIds.length > 0 || inputs.securityGroupIds.length > 0 || inputs.privateDnsEnabled) {
      throw new AwsError(
        "InvalidParameter",
        "Subnets, security groups and private DNS are only supported for Interface type VPC Endpoint.",
      );
    }
    const tagging = tagOutputs(inputs);
    const id = this.context.newId("vpce", creation.name);
    const prefixListId = `pl-${this.context.digest("prefix list", service).slice(0, 8)}`;
    for (const tableId of inputs.routeTableIds)
      this.routeTables.addGatewayEndpoint(tableId, inputs.vpcId, prefixListId);
    const endpoint: VpcEndpoint = {
      id,
      vpcId: inputs.vpcId,
      type: "Gateway",
      serviceName: inputs.serviceName,
      policy: inputs.policy ?? allowAll,
      privateDnsName: undefined,
      dnsNames: [],
      subnetIds: [],
      securityGroupIds: [],
      addresses: [],
      routeTableIds: inputs.routeTableIds,
    };
    this.#endpoints.add(id, endpoint);
    return {
      id,
      outputs: {
        ...inputs,
        ...this.#outputs(endpoint),
        cidrBlocks: [],
        dnsEntries: [],
        ipAddressType: "",
        networkInterfaceIds: [],
        prefixListId,
        subnetConfigurations: [],
        ...tagging,
      },
    };
  }

  #outputs(endpoint: VpcEndpoint): Record<string, unknown> {
    return {
      id: endpoint.id,
      arn: this.context.arn("ec2", `vpc-endpoint/${endpoint.id}`),
      ownerId: this.context.accountId,
      policy: endpoint.policy,
      region: this.context.region,
      requesterManaged: false,
      securityGroupIds: endpoint.securityGroupIds,
      serviceRegion: this.context.region,
      state: "available",
    };
  }

  #subnetIn(vpcId: string, subnetId: string): { availabilityZone: string } {
    const subnet = this.subnets.get(subnetId);
    if (subnet.vpcId !== vpcId) {
      throw new AwsError(
        "InvalidParameter",
        `The subnet ID '${subnetId}' is not in ${vpcId} but in ${subnet.vpcId}`,
      );
    }
    return subnet;
  }

  #requirePrivateDns(vpcId: string, name: string): void {
    const vpc = this.vpcs.get(vpcId);
    if (!vpc.enableDnsSupport || !vpc.enableDnsHostnames) {
      throw new AwsError(
        "InvalidParameter",
        `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`,
      );
    }
    if (this.endpointsOf(vpcId).some((endpoint) => endpoint.privateDnsName === name)) {
      throw new AwsError(
        "InvalidParameter",
        `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name} in the VPC ${vpcId}`,
      );
    }
  }
}

function wrongType({ serviceName, vpcEndpointType }: EndpointInputs): AwsError {
  return new AwsError(
    "InvalidParameter",
    `Endpoint type (${vpcEndpointType}) does not match available service types of ${serviceName}.`,
  );
}
