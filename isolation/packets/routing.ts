/** Where a subnet's packets go: the longest matching prefix decides. */
import type { Network, Route, RouteTable, Subnet } from "../model/deployment";
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
 * VPC's own ranges are delivered inside, unless a longer prefix leads elsewhere.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export function routedSets(routes: readonly Route[], local: readonly string[]): RoutedSet[] {
  const claims = [
    ...local.map((cidr) => ({ cidr, route: undefined })),
    ...routes.flatMap((route) =>
      "cidr" in route.destination ? [{ cidr: route.destination.cidr, route }] : [],
    ),
  ].sort((a, b) => prefixLength(b.cidr) - prefixLength(a.cidr));
  let taken = AddressSet.none;
  return claims.flatMap(({ cidr, route }) => {
    const to = AddressSet.of(cidr).minus(taken);
    taken = taken.union(AddressSet.of(cidr));
    return route === undefined || to.isEmpty ? [] : [{ route, to }];
  });
}

/** Routes whose destination is a prefix list. */
export function listRoutes(routes: readonly Route[]): Route[] {
  return routes.filter(({ destination }) => "prefixList" in destination);
}
