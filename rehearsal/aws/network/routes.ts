/** EC2's route tables and routes, as the program asks for them. */
import { crc32 } from "node:zlib";
import { z } from "zod";
import { resource } from "../resource";
import { tagged } from "../tags";
import { RouteTables } from "./routeTables";
import { Subnets } from "./subnets";
import { Vpcs } from "./vpcs";

const targets = { gatewayId: z.string().optional(), natGatewayId: z.string().optional() };

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
export const routeTable = resource({
  type: "aws:ec2/routeTable:RouteTable",
  inputs: z.looseObject({
    ...tagged.shape,
    vpcId: z.string(),
    routes: z
      .array(
        z.looseObject({
          ...targets,
          cidrBlock: z.string().optional(),
          ipv6CidrBlock: z.string().optional(),
        }),
      )
      .default([]),
  }),
  replaces: ["vpcId"],
  checks: [({ aws, inputs }) => Vpcs.of(aws).get(inputs.vpcId)],
  id: ({ aws, creation }) => aws.newId("rtb", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `route-table/${id}`),
  keep: ({ aws, inputs, id }) => {
    const routeTables = RouteTables.of(aws);
    const table = routeTables.add(id, inputs.vpcId);
    for (const one of inputs.routes) routeTables.addRoute(table, one, one.cidrBlock, one.ipv6CidrBlock);
  },
  outputs: ({ aws, id }) => ({ id, ownerId: aws.accountId, propagatingVgws: [] }),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export const route = resource({
  type: "aws:ec2/route:Route",
  inputs: z.looseObject({
    ...targets,
    routeTableId: z.string(),
    destinationCidrBlock: z.string().optional(),
    destinationIpv6CidrBlock: z.string().optional(),
  }),
  replaces: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock"],
  checks: [({ aws, inputs }) => RouteTables.of(aws).get(inputs.routeTableId)],
  // The provider makes the id, from the table and the destination.
  id: ({ inputs: { routeTableId, destinationCidrBlock, destinationIpv6CidrBlock } }) =>
    `r-${routeTableId}${crc32(destinationCidrBlock ?? destinationIpv6CidrBlock ?? "")}`,
  keep: ({ aws, inputs }) => {
    const routeTables = RouteTables.of(aws);
    const table = routeTables.get(inputs.routeTableId);
    routeTables.addRoute(table, inputs, inputs.destinationCidrBlock, inputs.destinationIpv6CidrBlock);
  },
  outputs: ({ id }) => ({
    id,
    instanceId: "",
    instanceOwnerId: "",
    networkInterfaceId: "",
    origin: "CreateRoute",
    state: "active",
  }),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html */
export const routeTableAssociation = resource({
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  inputs: z.looseObject({
    routeTableId: z.string(),
    subnetId: z.string().optional(),
    gatewayId: z.string().optional(),
  }),
  replaces: ["subnetId", "gatewayId"],
  checks: [
    ({ aws, inputs }) => RouteTables.of(aws).get(inputs.routeTableId),
    [
      "UnsupportedOperation",
      ({ inputs }) =>
        (inputs.subnetId === undefined || inputs.gatewayId !== undefined) &&
        "this account associates route tables with a subnetId only",
    ],
    [
      "InvalidParameterValue",
      ({ aws, inputs: { routeTableId, subnetId = "" } }) =>
        Subnets.of(aws).get(subnetId).vpcId !== RouteTables.of(aws).get(routeTableId).vpcId &&
        `route table ${routeTableId} and subnet ${subnetId} belong to different networks`,
    ],
    [
      "Resource.AlreadyAssociated",
      ({ aws, inputs: { routeTableId, subnetId = "" } }) => {
        const earlier = RouteTables.of(aws).associations.get(subnetId);
        return (
          earlier &&
          `the specified association for route table ${routeTableId} conflicts with an existing association of ${subnetId} with ${earlier.id}`
        );
      },
    ],
  ],
  id: ({ aws, creation }) => aws.newId("rtbassoc", creation.name),
  keep: ({ aws, inputs: { routeTableId, subnetId = "" } }) => {
    const routeTables = RouteTables.of(aws);
    routeTables.associations.set(subnetId, routeTables.get(routeTableId));
  },
  outputs: ({ id }) => ({ id }),
});
