/** The routes that lead out of a VPC, as messages name them. */
import type { PolicyResource } from "@pulumi/policy";
import type { Gap, PartlyKnownRoute, Reference, Route, RouteTable } from "../../isolation/model/deployment";
import { ROUTE_TABLES, SUBNETS, ec2 } from "../../isolation/model/types";
import { ROUTE_TARGETS } from "../../isolation/model/vpcs";
import type { ReadStack } from "./snapshot";

/** A route to somewhere outside of its VPC. */
export interface WayOut {
  /** Where it is written. */
  resource: PolicyResource;
  /** e.g. `to 0.0.0.0/0 by natGatewayId in "leak"` */
  towards: string;
  /** The range that it is for; undefined where a prefix list says so, or where it is not known yet. */
  destination?: string;
}

/** The tables one of which serves a subnet by an association: while that is not known, all that it may be. */
export function tablesOf(subnet: Reference, { side, stack }: ReadStack): RouteTable[] {
  const tables = stack
    .of(ec2("RouteTableAssociation"))
    .filter((association) => stack.candidates(association, "subnetId", SUBNETS).includes(subnet))
    .flatMap((association) => stack.candidates(association, "routeTableId", ROUTE_TABLES));
  return side.network.routeTables.filter(({ urn }) => tables.includes(urn));
}

/** Every route of a table, also those of which not all is known: only `local` is none. */
export function routesOf(table: RouteTable, read: ReadStack): WayOut[] {
  const { urn, routes, propagatedFrom } = table;
  const gateways = propagatedFrom.map((gateway) => idOf(gateway, read)).join(", ");
  return [
    ...routes.map((route) => wayOut(route, read)),
    ...partlyKnownRoutesOf([urn], read),
    ...(propagatedFrom.length === 0
      ? []
      : [{ resource: read.at(urn), towards: `to whatever ${gateways} announces, by propagatingVgws` }]),
  ];
}

/** Routes that may be in one of these tables, or in the tables that these VPCs have by themselves. */
export function partlyKnownRoutesOf(owners: readonly Reference[], read: ReadStack): WayOut[] {
  return read.side.network.partlyKnownRoutes
    .filter(({ of }) => of.some((one) => owners.includes(one)))
    .map((route) => wayOut(route, read));
}

function wayOut({ urn, place, destination, target }: Route | PartlyKnownRoute, read: ReadStack): WayOut {
  const resource = read.at(urn);
  const by = Object.entries(ROUTE_TARGETS).find(([, kind]) => kind === target?.kind)?.[0];
  const cidr = destination !== undefined && "cidr" in destination ? destination.cidr : undefined;
  const list = destination !== undefined && "prefixList" in destination ? destination.prefixList : undefined;
  return {
    resource,
    towards:
      `to ${cidr ?? list ?? "a destination that is not known yet"} by ${by ?? "a target that is not known yet"} ` +
      `in ${place === undefined ? "" : `${place} of `}"${resource.name}"`,
    ...(cidr !== undefined && { destination: cidr }),
  };
}

/** The id, where one is known. */
function idOf(reference: Reference, { stack }: ReadStack): string {
  return stack.resources.find(({ urn }) => urn === reference)?.id ?? reference;
}

/** Whether a table waits for its routes, or a route for the table that it is of. */
export function mayAddRoutes(
  { urn, awaits = "" }: Gap,
  tables: readonly Reference[],
  { side, stack }: ReadStack,
): boolean {
  if (tables.includes(urn)) return ["routes", "propagatingVgws"].includes(awaits);
  const isPlaced = side.network.partlyKnownRoutes.some((route) => route.urn === urn && route.of.length > 0);
  const isRoute = stack.of(ec2("Route")).some((route) => route.urn === urn);
  return isRoute && awaits === "routeTableId" && !isPlaced;
}
