/** Where a subnet's packets go: the longest matching prefix decides. */
import type {
  Gateway,
  Network,
  Reference,
  Route,
  RouteTable,
  RouteTargetKind,
  Subnet,
} from "../model/deployment";
import { prefixLength } from "../intervals";
import { AddressSet } from "./addressSet";

/** A route, and exactly the destinations that it decides. */
export interface RoutedSet {
  readonly route: Route;
  readonly to: AddressSet;
}

/**
 * The table that serves a subnet: its own, or else the VPC's main one. Undefined where neither is shown: then nothing is
 * known of where its packets go.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
 */
export function tableOf(network: Network, subnet: Subnet): RouteTable | undefined {
  const main = network.vpcs.find(({ urn }) => urn === subnet.vpc)?.mainRouteTable;
  const table = subnet.routeTable ?? main;
  return network.routeTables.find(({ urn }) => urn === table);
}

/**
 * What each route decides. Routes to prefix lists decide nothing here: their ranges are not known, see `listRoutes`. The
 * VPC's own ranges are delivered inside, unless a longer prefix leads elsewhere, or a route to the whole range, which
 * replaces the local one.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/replace-local-route-target.html
 */
export function routedSets(routes: readonly Route[], local: readonly string[]): RoutedSet[] {
  const claims = [
    ...routes.flatMap((route) =>
      "cidr" in route.destination ? [{ cidr: route.destination.cidr, route }] : [],
    ),
    ...local.map((cidr) => ({ cidr, route: undefined })),
  ].sort((a, b) => prefixLength(b.cidr) - prefixLength(a.cidr));
  let taken = AddressSet.none;
  return claims.flatMap(({ cidr, route }) => {
    const to = AddressSet.of(cidr).minus(taken);
    taken = taken.union(AddressSet.of(cidr));
    return route === undefined || to.isEmpty ? [] : [{ route, to }];
  });
}

/** The ranges of a VPC, which its local routes deliver inside. */
export function localRanges(network: Network, vpc: Reference): readonly string[] {
  return network.vpcs.find(({ urn }) => urn === vpc)?.cidrBlocks ?? [];
}

/** Routes that take packets between two addresses of a subnet's VPC elsewhere, and which packets they take. */
export function diversions(network: Network, subnet: Subnet): RoutedSet[] {
  const local = localRanges(network, subnet.vpc);
  const inside = AddressSet.of(...local);
  return routedSets(tableOf(network, subnet)?.routes ?? [], local)
    .map(({ route, to }) => ({ route, to: to.intersect(inside) }))
    .filter(({ to }) => !to.isEmpty);
}

/** What joins a VPC to others: a kind of gateway, or of what one of its routes leads to. */
export type ConnectionKind = Gateway["kind"] | RouteTargetKind;

/** What is shown to be attached to a VPC, and what its routes lead to, which AWS refuses where it is not attached. */
export function connectionsOf(network: Network, vpc: Reference): ReadonlySet<ConnectionKind> {
  const served = network.subnets.filter((subnet) => subnet.vpc === vpc);
  const tables = network.routeTables.filter(
    (table) => table.vpc === vpc || served.some((subnet) => tableOf(network, subnet) === table),
  );
  return new Set([
    ...network.gateways.filter(({ vpcs }) => vpcs.includes(vpc)).map(({ kind }) => kind),
    ...tables.flatMap(({ routes }) => routes.map((route) => kindOf(network, route))),
  ]);
}

/** A gateway that is not shown is an Internet gateway if its id says so, and else may be of any kind. */
export function kindOf({ gateways }: Network, { target }: Route): ConnectionKind {
  if (target.kind !== "gateway") return target.kind;
  const shown = gateways.find(({ urn }) => urn === target.to);
  return shown?.kind ?? (target.to.startsWith("igw-") ? "internet gateway" : "gateway");
}

/** Routes whose destination is a prefix list. */
export function listRoutes(routes: readonly Route[]): Route[] {
  return routes.filter(({ destination }) => "prefixList" in destination);
}
