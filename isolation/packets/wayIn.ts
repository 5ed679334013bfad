/** Where packets from outside of a VPC get in. */
import { AddressSet } from "./addressSet";
import { trafficClasses, type TrafficClass } from "./filters";
import { groupsAdmit, subnetAdmits, type Graph, type Interface } from "./interfaces";
import type { Arrival } from "./reach";
import { connectionsOf, localRanges, type ConnectionKind } from "./routing";

/** What leads out only, or nowhere but to a service. */
const LEADS_OUT: readonly ConnectionKind[] = [
  "internet gateway",
  "egress-only gateway",
  "nat gateway",
  "endpoint",
  "network interface",
];

/** Packets from outside that get to hosts and load balancers, by whatever class. */
export function arrivalsFromOutside(graph: Graph): Arrival[] {
  const classes = trafficClasses(graph.network);
  const connections = new Map(
    [...new Set(graph.interfaces.map(({ subnet }) => subnet.vpc))].map((vpc) => [
      vpc,
      connectionsOf(graph.network, vpc),
    ]),
  );
  return graph.interfaces.flatMap((at) => {
    const { owner, subnet } = at;
    if (owner.kind === "endpoint") return [];
    const isPublic = owner.kind === "host" ? owner.of.publicIp : !owner.of.internal;
    const arriving = sendersTo(graph, at, isPublic, connections.get(subnet.vpc) ?? new Set());
    if (arriving.isEmpty) return [];
    return classes.flatMap((traffic): Arrival[] => {
      const senders = arriving.intersect(admitsIn(graph, at, traffic));
      return senders.isEmpty
        ? []
        : [{ at, traffic, senders, path: [subnet.urn, owner.of.urn], began: traffic }];
    });
  });
}

/**
 * The outside addresses whose packets are carried to an interface: by an Internet gateway to a public address, which nothing
 * has without one, or by anything else that joins the VPC to another network.
 */
function sendersTo(
  graph: Graph,
  at: Interface,
  isPublic: boolean,
  connections: ReadonlySet<ConnectionKind>,
): AddressSet {
  const { cidrBlocks, vpc } = at.subnet;
  const isJoined = [...connections].some((kind) => !LEADS_OUT.includes(kind));
  const hasIpv6 = connections.has("internet gateway") && cidrBlocks.some((cidr) => cidr.includes(":"));
  const carried = isJoined || isPublic ? AddressSet.all : hasIpv6 ? AddressSet.ipv6 : AddressSet.none;
  return carried.minus(AddressSet.of(...localRanges(graph.network, vpc)));
}

function admitsIn(graph: Graph, at: Interface, traffic: TrafficClass): AddressSet {
  return groupsAdmit(graph, at, "ingress", traffic).intersect(
    subnetAdmits(graph.network, at.subnet, "ingress", traffic),
  );
}
