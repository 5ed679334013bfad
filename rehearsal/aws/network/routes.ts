/** Routes: their inputs, and what a route table holds. */
import { z } from "zod";
import type { Cidr } from "../../../facts/ipv4";
import { AwsError } from "../service";
import { tagged } from "../tags";

/** Where a route leads: within the VPC, or to the gateway with this id. */
export interface RouteTarget {
  kind: "local" | "internetGateway" | "natGateway";
  /** The VPC's id for "local". */
  id: string;
}

/** One IPv4 route. */
export interface Route {
  destination: Cidr;
  target: RouteTarget;
}

/** A route table of one of the account's VPCs. */
export interface RouteTable {
  id: string;
  vpcId: string;
  routes: Route[];
  /** Destinations that are no IPv4 blocks: IPv6 blocks, and prefix lists of gateway endpoints. */
  otherDestinations: Set<string>;
}

/** Properties of a route that name what the account does not have. */
export const notRehearsed = [
  "carrierGatewayId",
  "coreNetworkArn",
  "destinationPrefixListId",
  "egressOnlyGatewayId",
  "instanceId",
  "localGatewayId",
  "networkInterfaceId",
  "odbNetworkArn",
  "transitGatewayId",
  "vpcEndpointId",
  "vpcPeeringConnectionId",
] as const;

/** What every form of a route leads to. */
export const targetsSchema = z.looseObject({
  gatewayId: z.string().optional(),
  natGatewayId: z.string().optional(),
});

/** A route that is a resource of its own. */
export const routeSchema = z.looseObject({
  ...targetsSchema.shape,
  routeTableId: z.string(),
  destinationCidrBlock: z.string().optional(),
  destinationIpv6CidrBlock: z.string().optional(),
});

const inlineRouteSchema = z.looseObject({
  ...targetsSchema.shape,
  cidrBlock: z.string().optional(),
  ipv6CidrBlock: z.string().optional(),
});

/** A route table with its inline routes. */
export const routeTableSchema = z.looseObject({
  ...tagged.shape,
  vpcId: z.string(),
  routes: z.array(inlineRouteSchema).default([]),
});

/** A subnet's use of a route table. */
export const associationSchema = z.looseObject({
  routeTableId: z.string(),
  subnetId: z.string().optional(),
  gatewayId: z.string().optional(),
});

/** Notes a destination that is no IPv4 block; RouteAlreadyExists when the table has it. */
export function noteDestination(table: RouteTable, destination: string): void {
  if (table.otherDestinations.has(destination)) throw alreadyExists(table, destination);
  table.otherDestinations.add(destination);
}

/** The error for a destination that a table has a route for. */
export function alreadyExists(table: RouteTable, destination: string): AwsError {
  return new AwsError(
    "RouteAlreadyExists",
    `The route identified by ${destination} already exists in ${table.id}.`,
  );
}
