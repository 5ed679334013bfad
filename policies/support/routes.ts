/** Which routes a subnet has, in all the forms that a program can write them in. */
import * as aws from "@pulumi/aws";
import type { PolicyResource } from "@pulumi/policy";
import { ifKnown, isRecord } from "./known";
import { allOf, idOf, knownIds, referred, type Found } from "./resources";

/** A route to somewhere outside of its VPC. */
export interface WayOut {
  /** Where it is written. */
  resource: PolicyResource;
  /** e.g. `to 0.0.0.0/0 by natGatewayId in Route "leak"` */
  towards: string;
  /** The range that it is for; undefined where a prefix list says so, or where it is not known yet. */
  destination?: string;
}

/** How a route may say what it leads to. */
const TARGETS = [
  "gatewayId",
  "natGatewayId",
  "egressOnlyGatewayId",
  "transitGatewayId",
  "vpcPeeringConnectionId",
  "networkInterfaceId",
  "vpcEndpointId",
  "carrierGatewayId",
  "localGatewayId",
  "coreNetworkArn",
  "odbNetworkArn",
] as const;

const DESTINATIONS = [
  "destinationCidrBlock",
  "cidrBlock",
  "destinationIpv6CidrBlock",
  "ipv6CidrBlock",
  "destinationPrefixListId",
] as const;

/**
 * The subnets of this stack that an instance may be in: the one that its id says or, before that is known, those that the
 * id comes from.
 * @throws the SDK's error where neither says it
 */
export function subnetsExactly(
  instance: PolicyResource,
  resources: readonly PolicyResource[],
): Found<aws.ec2.Subnet>[] {
  const subnets = allOf(resources, aws.ec2.Subnet);
  const ids = knownIds(instance, "subnetId");
  if (ids.length > 0) return subnets.filter(({ resource }) => ids.includes(idOf(resource) ?? ""));
  const sources = instance.propertyDependencies.subnetId ?? [];
  const direct = subnets.filter(({ resource }) => sources.includes(resource));
  if (direct.length > 0) return direct;
  const id: unknown = instance.props.subnetId;
  return subnets.filter(({ resource }) => idOf(resource) === id);
}

/** The route tables that are associated with a subnet. */
export function tablesOf(
  subnet: Found<aws.ec2.Subnet>,
  resources: readonly PolicyResource[],
): Found<aws.ec2.RouteTable>[] {
  const tables = allOf(resources, aws.ec2.RouteTable);
  return allOf(resources, aws.ec2.RouteTableAssociation)
    .filter(({ resource }) => referred(resource, "subnetId", [subnet]).length > 0)
    .flatMap(({ resource }) => referred(resource, "routeTableId", tables));
}

/** Every route of a table that leads out of the VPC, inline or in a resource of its own. */
export function routesOf(table: Found<aws.ec2.RouteTable>, resources: readonly PolicyResource[]): WayOut[] {
  const own = allOf(resources, aws.ec2.Route).filter(
    ({ resource }) => referred(resource, "routeTableId", [table]).length > 0,
  );
  return [
    ...inlineRoutes(table.resource),
    ...own.flatMap(({ resource }) => wayOut(resource, resource.props, "")),
  ];
}

/**
 * The inline routes of any sort of route table, and the gateways whose routes it takes over.
 * @throws the SDK's error while the list itself is not known
 */
export function inlineRoutes(table: PolicyResource): WayOut[] {
  const routes: unknown = table.props.routes;
  const list: unknown[] = Array.isArray(routes) ? routes : [];
  const propagated = knownIds(table, "propagatingVgws");
  const taken = propagated.length > 0 || (table.propertyDependencies.propagatingVgws ?? []).length > 0;
  return [
    ...list.flatMap((route, i) => wayOut(table, isRecord(route) ? route : {}, `routes[${i}] of `)),
    ...(taken
      ? [{ resource: table, towards: `to whatever ${propagated.join(", ")} announces, by propagatingVgws` }]
      : []),
  ];
}

/** A route in a resource of its own. Without a known target it is taken for a way out: only `local` is none. */
export function wayOut(resource: PolicyResource, route: Record<string, unknown>, place: string): WayOut[] {
  if (ifKnown(() => route.gatewayId) === "local") return [];
  const target = TARGETS.find((name) => isGiven(route, name)) ?? "a target that is not known yet";
  const [destination] = DESTINATIONS.map((name) => ifKnown(() => route[name])).filter(
    (text) => typeof text === "string" && text !== "",
  );
  const where = typeof destination === "string" ? destination : "a destination that is not known yet";
  return [
    {
      resource,
      towards: `to ${where} by ${target} in ${place}"${resource.name}"`,
      ...(typeof destination === "string" && { destination }),
    },
  ];
}

/** Whether the route says it at all; a value that is not known yet counts. */
function isGiven(route: Record<string, unknown>, name: string): boolean {
  return ifKnown(() => route[name] ?? "") !== "";
}
