/** The ways by which an interface's own packets leave its VPC. */
import type { Network, Route } from "../model/deployment";
import { AddressSet } from "./addressSet";
import { trafficClasses, type TrafficClass } from "./filters";
import { groupsAdmit, subnetAdmits, unknownRules, type Graph, type Interface } from "./interfaces";
import { kindOf, listRoutes, localRanges, routedSets, tableOf, type RoutedSet } from "./routing";

/** Packets that leave: their class, where they may go, and the route they take. */
export interface WayOut {
  readonly traffic: TrafficClass;
  readonly to: AddressSet;
  readonly route: Route;
  /** URNs, from the interface's owner to the gateway. */
  readonly path: readonly string[];
}

/**
 * Every way out of an interface. An Internet gateway carries IPv4 packets of public addresses only; IPv6 addresses are
 * public (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html). Every other target is taken to carry
 * whatever is sent to it.
 */
export function waysOut(graph: Graph, one: Interface): WayOut[] {
  const { network } = graph;
  const table = tableOf(network, one.subnet);
  if (table === undefined) return [];
  return carriedSets(network, one).flatMap(({ route, to: carried }) => {
    return trafficClasses(network).flatMap((traffic): WayOut[] => {
      const open = carried
        .intersect(groupsAdmit(graph, one, "egress", traffic))
        .intersect(subnetAdmits(network, one.subnet, "egress", traffic));
      const path = [one.owner.of.urn, one.subnet.urn, table.urn, route.urn, route.target.to];
      return open.isEmpty ? [] : [{ traffic, to: open, route, path: [...new Set(path)] }];
    });
  });
}

/** Where the routes of an interface's subnet carry its packets, whatever its filters say: replies pass these by themselves. */
export function carriedSets(network: Network, one: Interface): RoutedSet[] {
  const routes = tableOf(network, one.subnet)?.routes ?? [];
  return routedSets(routes, localRanges(network, one.subnet.vpc)).map(({ route, to }) => ({
    route,
    to: to.intersect(carriedBy(network, one, route)),
  }));
}

/** Why the ways out of an interface are not all known; each sentence names the resource. */
export function unknownWaysOut(graph: Graph, one: Interface): string[] {
  const { network, unplaced } = graph;
  const table = tableOf(network, one.subnet);
  const wanted = one.subnet.routeTable;
  const lists = listRoutes(table?.routes ?? []);
  return [
    ...unplaced.filter((sentence) => sentence.startsWith(`${one.owner.of.urn} `)),
    ...(wanted !== undefined && table === undefined
      ? [`${one.subnet.urn} is served by the route table ${wanted}, which is not shown`]
      : []),
    ...(wanted === undefined && table === undefined
      ? [`${one.subnet.urn} is served by its VPC's main route table, which is not shown`]
      : []),
    ...lists.map(({ urn }) => `${urn} leads to a prefix list, whose ranges are not known`),
    ...((table?.routes.length ?? 0) > 0
      ? unknownRules(graph, one, "egress").map((urn) => `${urn} lets packets out to what is not shown`)
      : []),
  ];
}

function carriedBy(network: Network, one: Interface, route: Route): AddressSet {
  if (kindOf(network, route) !== "internet gateway") return AddressSet.all;
  const isPublic =
    one.owner.kind === "host"
      ? one.owner.of.publicIp
      : one.owner.kind === "load balancer" && !one.owner.of.internal;
  return isPublic ? AddressSet.all : AddressSet.ipv6;
}
