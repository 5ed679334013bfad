/** EC2's virtual private clouds and their Internet gateways. */
import { z } from "zod";
import { contains, type Cidr } from "../../../facts/ipv4";
import type { AccountContext, Properties } from "../accountContext";
import { filtersSchema, lookUp, onlyOne, passes, tagAttributes, tagFilters } from "../lookups";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged, tagOutputs } from "../tags";
import { requireIpv4Block } from "./cidr";

/** A VPC of the account. The account has no default VPC. */
export interface Vpc {
  id: string;
  block: Cidr;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  mainRouteTableId: string;
  defaultSecurityGroupId: string;
  /** What AWS answers besides what was asked for. */
  outputs: Properties;
  tags: Record<string, string>;
}

/** The VPCs of one account, and their Internet gateways. */
export class Vpcs {
  static readonly of = perAccount((aws) => new Vpcs(aws));

  readonly table = new Table<Vpc>("vpc", "InvalidVpcID.NotFound");
  readonly internetGateways = new Table<{ vpcId: string | undefined }>(
    "internet gateway",
    "InvalidGatewayID.NotFound",
  );

  private constructor(readonly aws: AccountContext) {}

  /** The VPC with this id; InvalidVpcID.NotFound without one. */
  get(id: string): Vpc {
    return this.table.get(id);
  }

  /** The VPC whose default security group this is. */
  withDefaultSecurityGroup(groupId: string): Vpc | undefined {
    return this.table.values().find((vpc) => vpc.defaultSecurityGroupId === groupId);
  }

  /** The VPC whose main route table this is. */
  withMainRouteTable(routeTableId: string): Vpc | undefined {
    return this.table.values().find((vpc) => vpc.mainRouteTableId === routeTableId);
  }

  /** The id of the Internet gateway attached to a VPC. */
  internetGatewayOf(vpcId: string): string | undefined {
    return this.internetGateways.entries().find(([, gateway]) => gateway.vpcId === vpcId)?.[0];
  }

  /** The id of the VPC that an Internet gateway is attached to; InvalidGatewayID.NotFound without such a gateway. */
  vpcOfInternetGateway(id: string): string | undefined {
    return this.internetGateways.get(id).vpcId;
  }
}

// Ranges that no host can have; EC2 refuses them whatever their size.
const unusable = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"].map((block) =>
  requireIpv4Block(block, "reserved"),
);

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html */
export const vpc = resource({
  type: "aws:ec2/vpc:Vpc",
  inputs: z.looseObject({
    ...tagged.shape,
    // IPAM pools, the only other source of a range, are not part of the stand-in.
    cidrBlock: z.string(),
    enableDnsSupport: z.boolean().default(true),
    enableDnsHostnames: z.boolean().default(false),
    instanceTenancy: z.enum(["default", "dedicated"]).default("default"),
  }),
  defaults: { enableNetworkAddressUsageMetrics: false },
  replaces: ["cidrBlock", "ipv4IpamPoolId"],
  checks: [
    [
      "InvalidVpc.Range",
      ({ inputs }) => {
        const { prefix, text } = requireIpv4Block(inputs.cidrBlock, "cidrBlock");
        return (
          (prefix < 16 || prefix > 28) &&
          `The CIDR '${text}' is invalid. A VPC's block must be between a /16 and a /28`
        );
      },
    ],
    [
      "InvalidVpc.Range",
      ({ inputs }) => {
        const block = requireIpv4Block(inputs.cidrBlock, "cidrBlock");
        return (
          unusable.some((reserved) => contains(reserved, block)) &&
          `The CIDR '${block.text}' is invalid. It is a reserved range`
        );
      },
    ],
  ],
  id: ({ aws, creation }) => aws.newId("vpc", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `vpc/${id}`),
  keep: ({ aws, inputs, id, arn }) => {
    const mainRouteTableId = aws.newId("rtb", `${id} main`);
    const defaultSecurityGroupId = aws.newId("sg", `${id} default`);
    Vpcs.of(aws).table.add(id, {
      id,
      block: requireIpv4Block(inputs.cidrBlock, "cidrBlock"),
      enableDnsSupport: inputs.enableDnsSupport,
      enableDnsHostnames: inputs.enableDnsHostnames,
      mainRouteTableId,
      defaultSecurityGroupId,
      outputs: {
        id,
        arn,
        defaultNetworkAclId: aws.newId("acl", `${id} default`),
        defaultRouteTableId: mainRouteTableId,
        defaultSecurityGroupId,
        dhcpOptionsId: aws.newId("dopt", "default"),
        ipv6AssociationId: "",
        ipv6CidrBlock: "",
        ipv6CidrBlockNetworkBorderGroup: "",
        mainRouteTableId,
        ownerId: aws.accountId,
      },
      tags: tagOutputs(inputs).tagsAll,
    });
  },
  outputs: ({ aws, id }) => Vpcs.of(aws).get(id).outputs,
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html */
export const internetGateway = resource({
  type: "aws:ec2/internetGateway:InternetGateway",
  inputs: z.looseObject({ ...tagged.shape, vpcId: z.string().optional() }),
  replaces: [],
  checks: [
    [
      "Resource.AlreadyAssociated",
      ({ aws, creation, inputs: { vpcId } }) => {
        if (vpcId === undefined) return undefined;
        const attached = Vpcs.of(aws).internetGatewayOf(Vpcs.of(aws).get(vpcId).id);
        const id = aws.newId("igw", creation.name);
        return (
          attached !== undefined &&
          `resource ${id} cannot be attached: network ${vpcId} already has the internet gateway ${attached} attached`
        );
      },
    ],
  ],
  id: ({ aws, creation }) => aws.newId("igw", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `internet-gateway/${id}`),
  keep: ({ aws, inputs, id }) => Vpcs.of(aws).internetGateways.add(id, { vpcId: inputs.vpcId }),
  outputs: ({ aws, inputs, id }) => ({ id, ownerId: aws.accountId, vpcId: inputs.vpcId ?? "" }),
});

const getVpcInputs = z.looseObject({
  id: z.string().optional(),
  cidrBlock: z.string().optional(),
  default: z.boolean().optional(),
  filters: filtersSchema,
  tags: tagged.shape.tags,
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export const getVpc = lookUp("aws:ec2/getVpc:getVpc", getVpcInputs, (aws, inputs) => {
  const filters = [...(inputs.filters ?? []), ...tagFilters(inputs.tags)];
  const found = Vpcs.of(aws)
    .table.values()
    .filter(
      (one) =>
        // No VPC of this account is the default one.
        inputs.default !== true &&
        (inputs.id === undefined || one.id === inputs.id) &&
        (inputs.cidrBlock === undefined || one.block.text === inputs.cidrBlock) &&
        passes(attributesOf(one), filters),
    );
  const { id, block, enableDnsSupport, enableDnsHostnames, outputs, tags } = onlyOne(
    found,
    "EC2 VPC",
    "InvalidVpcID.NotFound",
  );
  const associationId = aws.newId("vpc-cidr-assoc", id);
  return {
    ...outputs,
    cidrBlock: block.text,
    cidrBlockAssociations: [{ associationId, cidrBlock: block.text, state: "associated" }],
    default: false,
    enableDnsHostnames,
    enableDnsSupport,
    region: aws.region,
    state: "available",
    tags,
  };
});

function attributesOf({ id, block, tags }: Vpc): Record<string, string> {
  return {
    "vpc-id": id,
    cidr: block.text,
    "cidr-block": block.text,
    state: "available",
    ...tagAttributes(tags),
  };
}
