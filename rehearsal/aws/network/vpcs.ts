/** EC2's virtual private clouds and their Internet gateways. */
import { z } from "zod";
import { contains, type Cidr } from "../../../facts/ipv4";
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

/** A VPC of the account. The account has no default VPC. */
export interface Vpc {
  id: string;
  block: Cidr;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  mainRouteTableId: string;
  defaultSecurityGroupId: string;
  outputs: Record<string, unknown>;
  tags: Record<string, string>;
}

const vpcSchema = z.looseObject({
  ...tagged.shape,
  // IPAM pools, the only other source of a range, are not part of the stand-in.
  cidrBlock: z.string(),
  enableDnsSupport: z.boolean().default(true),
  enableDnsHostnames: z.boolean().default(false),
  instanceTenancy: z.enum(["default", "dedicated"]).default("default"),
});

const internetGatewaySchema = z.looseObject({ ...tagged.shape, vpcId: z.string().optional() });

const getVpcSchema = z.looseObject({
  id: z.string().optional(),
  cidrBlock: z.string().optional(),
  default: z.boolean().optional(),
  filters: filtersSchema,
  tags: tagged.shape.tags,
});

export class Vpcs implements Service {
  readonly #vpcs = new Table<Vpc>("vpc", "InvalidVpcID.NotFound");
  readonly #internetGateways = new Table<{ vpcId: string | undefined }>(
    "internet gateway",
    "InvalidGatewayID.NotFound",
  );

  constructor(private readonly context: AccountContext) {}

  readonly kinds = {
    "aws:ec2/vpc:Vpc": kind(vpcSchema, (inputs, creation) => this.#createVpc(inputs, creation)),
    "aws:ec2/internetGateway:InternetGateway": kind(internetGatewaySchema, (inputs, creation) =>
      this.#createInternetGateway(inputs, creation),
    ),
  };

  readonly functions = {
    "aws:ec2/getVpc:getVpc": lookup("aws:ec2/getVpc:getVpc", getVpcSchema, (inputs) => this.#find(inputs)),
  };

  /** The VPC with this id; InvalidVpcID.NotFound without one. */
  get(id: string): Vpc {
    return this.#vpcs.get(id);
  }

  /** The VPC whose default security group this is. */
  withDefaultSecurityGroup(groupId: string): Vpc | undefined {
    return this.#vpcs.values().find((vpc) => vpc.defaultSecurityGroupId === groupId);
  }

  /** The VPC whose main route table this is. */
  withMainRouteTable(routeTableId: string): Vpc | undefined {
    return this.#vpcs.values().find((vpc) => vpc.mainRouteTableId === routeTableId);
  }

  /** The id of the Internet gateway attached to a VPC. */
  internetGatewayOf(vpcId: string): string | undefined {
    return this.#internetGateways.entries().find(([, gateway]) => gateway.vpcId === vpcId)?.[0];
  }

  /** The id of the VPC that an Internet gateway is attached to; InvalidGatewayID.NotFound without such a gateway. */
  vpcOfInternetGateway(id: string): string | undefined {
    return this.#internetGateways.get(id).vpcId;
  }

  #createVpc(inputs: z.infer<typeof vpcSchema>, creation: Creation): Created {
    const block = requireIpv4Block(inputs.cidrBlock, "cidrBlock");
    if (block.prefix < 16 || block.prefix > 28) {
      throw new AwsError(
        "InvalidVpc.Range",
        `The CIDR '${block.text}' is invalid. A VPC's block must be between a /16 and a /28`,
      );
    }
    // Ranges that no host can have; EC2 refuses them whatever their size.
    const unusable = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"];
    if (unusable.some((reserved) => contains(requireIpv4Block(reserved, "reserved"), block))) {
      throw new AwsError("InvalidVpc.Range", `The CIDR '${block.text}' is invalid. It is a reserved range`);
    }
    const id = this.context.newId("vpc", creation.name);
    const { tags, tagsAll } = tagOutputs(inputs);
    const vpc: Vpc = {
      id,
      block,
      enableDnsSupport: inputs.enableDnsSupport,
      enableDnsHostnames: inputs.enableDnsHostnames,
      mainRouteTableId: this.context.newId("rtb", `${id} main`),
      defaultSecurityGroupId: this.context.newId("sg", `${id} default`),
      outputs: {},
      tags: tagsAll,
    };
    vpc.outputs = {
      ...inputs,
      id,
      arn: this.context.arn("ec2", `vpc/${id}`),
      defaultNetworkAclId: this.context.newId("acl", `${id} default`),
      defaultRouteTableId: vpc.mainRouteTableId,
      defaultSecurityGroupId: vpc.defaultSecurityGroupId,
      dhcpOptionsId: this.context.newId("dopt", "default"),
      enableNetworkAddressUsageMetrics: inputs.enableNetworkAddressUsageMetrics ?? false,
      ipv6AssociationId: "",
      ipv6CidrBlock: "",
      ipv6CidrBlockNetworkBorderGroup: "",
      mainRouteTableId: vpc.mainRouteTableId,
      ownerId: this.context.accountId,
      region: this.context.region,
      tags,
      tagsAll,
    };
    this.#vpcs.add(id, vpc);
    return { id, outputs: vpc.outputs };
  }

  #createInternetGateway(inputs: z.infer<typeof internetGatewaySchema>, creation: Creation): Created {
    const id = this.context.newId("igw", creation.name);
    if (inputs.vpcId !== undefined) {
      const vpc = this.get(inputs.vpcId);
      const attached = this.internetGatewayOf(vpc.id);
      if (attached !== undefined) {
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `resource ${id} cannot be attached: network ${vpc.id} already has the internet gateway ${attached} attached`,
        );
      }
    }
    this.#internetGateways.add(id, { vpcId: inputs.vpcId });
    return {
      id,
      outputs: {
        ...inputs,
        id,
        arn: this.context.arn("ec2", `internet-gateway/${id}`),
        ownerId: this.context.accountId,
        region: this.context.region,
        vpcId: inputs.vpcId ?? "",
        ...tagOutputs(inputs),
      },
    };
  }

  #find(inputs: z.infer<typeof getVpcSchema>): Record<string, unknown> {
    const filters = [...(inputs.filters ?? []), ...tagFilters(inputs.tags)];
    const found = this.#vpcs.values().filter(
      (vpc) =>
        // No VPC of this account is the default one.
        inputs.default !== true &&
        (inputs.id === undefined || vpc.id === inputs.id) &&
        (inputs.cidrBlock === undefined || vpc.block.text === inputs.cidrBlock) &&
        passes(
          {
            "vpc-id": vpc.id,
            cidr: vpc.block.text,
            "cidr-block": vpc.block.text,
            state: "available",
            ...tagAttributes(vpc.tags),
          },
          filters,
        ),
    );
    const vpc = onlyOne(found, "EC2 VPC", "InvalidVpcID.NotFound");
    return {
      ...vpc.outputs,
      cidrBlockAssociations: [
        {
          associationId: this.context.newId("vpc-cidr-assoc", vpc.id),
          cidrBlock: vpc.block.text,
          state: "associated",
        },
      ],
      default: false,
      state: "available",
      tags: vpc.tags,
    };
  }
}
