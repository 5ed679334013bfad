/** Where packets get to inside their VPCs: directly, through load balancers, and through other hosts. */
import { parseAddress } from "../../facts/addresses";
import type { Host, Listener, Reference } from "../model/deployment";
import { AddressSet } from "./addressSet";
import { trafficClasses, type TrafficClass } from "./filters";
import { delivers, groupsAdmit, type Graph, type Interface } from "./interfaces";

/** Packets that get to an interface. */
export interface Arrival {
  readonly at: Interface;
  /** As which class they get there. */
  readonly traffic: TrafficClass;
  /** The addresses of those who sent the first of them. */
  readonly senders: AddressSet;
  /** URNs of owners, from the first to the last. */
  readonly path: readonly Reference[];
  /** As which class they began. */
  readonly began: TrafficClass;
}

/** Packets that begin at an interface itself, as any class. */
export function sentBy(one: Interface): Arrival {
  const every = { protocol: "tcp", from: 0, to: 65535 };
  return { at: one, traffic: every, senders: one.addresses, path: [one.owner.of.urn], began: every };
}

/**
 * Everything that packets get to from where they start, the starts included. A host passes on what it gets, since nothing is
 * known of what runs on it; a load balancer does so to the targets of the listener that was asked, which may be load balancers
 * again; an endpoint is an end.
 * @param isEnd which hosts pass nothing on
 */
export function arrivals(
  graph: Graph,
  starts: readonly Arrival[],
  isEnd: (host: Host) => boolean,
): Arrival[] {
  const classes = trafficClasses(graph.network);
  const found: Arrival[] = [];
  /** The senders whose packets were followed from an interface on, and at a load balancer from a listener on. */
  const followed = new Map<Interface, Map<Reference, AddressSet>>();
  const isNew = ({ at, senders }: Arrival, listener: Reference): boolean => {
    const before = followed.get(at) ?? new Map<Reference, AddressSet>();
    followed.set(at, before);
    const known = before.get(listener) ?? AddressSet.none;
    before.set(listener, known.union(senders));
    return !senders.minus(known).isEmpty;
  };
  const queue = [...starts];
  for (let arrival = queue.shift(); arrival !== undefined; arrival = queue.shift()) {
    found.push(arrival);
    const { at, traffic } = arrival;
    const { owner } = at;
    if (owner.kind === "load balancer") {
      for (const listener of owner.of.listeners)
        if (isAsked(listener, traffic) && isNew(arrival, listener.urn))
          queue.push(...forwarded(graph, arrival, listener));
    } else if (owner.kind === "host" && !isEnd(owner.of) && isNew(arrival, ""))
      queue.push(...spread(graph, arrival, classes));
  }
  return found;
}

/** What a host can send packets to: a load balancer once for each listener. */
function spread(graph: Graph, arrival: Arrival, classes: readonly TrafficClass[]): Arrival[] {
  const { at: from, path } = arrival;
  return graph.interfaces.flatMap((at): Arrival[] => {
    if (at === from) return [];
    const open = classes.filter((traffic) => delivers(graph, from, at, traffic));
    const [first] = open;
    if (first === undefined) return [];
    const asked =
      at.owner.kind !== "load balancer"
        ? []
        : at.owner.of.listeners.flatMap((listener) =>
            open.filter((traffic) => isAsked(listener, traffic)).slice(0, 1),
          );
    return [...new Set([first, ...asked])].map((traffic) => ({
      ...arrival,
      at,
      traffic,
      path: [...path, at.owner.of.urn],
    }));
  });
}

/**
 * What a load balancer passes packets on to. A target may see the client's own address instead of the load balancer's, so its
 * groups may admit either; and a function gets them without any network in between.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
 */
function forwarded(graph: Graph, arrival: Arrival, { targets, protocol }: Listener): Arrival[] {
  const { at: from, senders, path } = arrival;
  return targets.flatMap(({ to, port }) =>
    interfacesOfTarget(graph, from, to).flatMap((at): Arrival[] =>
      transports(protocol).flatMap((transport): Arrival[] => {
        const traffic = { protocol: transport, from: port, to: port };
        const isInvoked = at.owner.kind === "host" && at.owner.of.kind === "function";
        const through =
          isInvoked || delivers(graph, from, at, traffic)
            ? senders
            : senders.intersect(groupsAdmit(graph, at, "ingress", traffic));
        if (through.isEmpty) return [];
        return [{ ...arrival, at, traffic, senders: through, path: [...path, at.owner.of.urn] }];
      }),
    ),
  );
}

/** The interfaces of a target, which is named, or whose address in the load balancer's VPC is. */
function interfacesOfTarget({ interfaces }: Graph, from: Interface, to: Reference): Interface[] {
  const address = parseAddress(to);
  if (address === undefined) return interfaces.filter(({ owner }) => owner.of.urn === to);
  const family = address.kind() === "ipv4" ? AddressSet.ipv4 : AddressSet.ipv6;
  return interfaces.filter(({ addresses, subnet }) => {
    const own = addresses.intersect(family);
    return subnet.vpc === from.subnet.vpc && !own.isEmpty && own.minus(AddressSet.of(to)).isEmpty;
  });
}

/** Whether traffic of a class asks a listener. */
function isAsked(listener: Listener, traffic: TrafficClass): boolean {
  return (
    transports(listener.protocol).includes(traffic.protocol) &&
    traffic.from <= listener.port &&
    listener.port <= traffic.to
  );
}

/** What a listener's protocol runs on. */
function transports(protocol: string): string[] {
  if (protocol === "TCP_UDP" || protocol === "TCP_QUIC") return ["tcp", "udp"];
  return ["UDP", "QUIC"].includes(protocol) ? ["udp"] : ["tcp"];
}

/** Functions outside of any VPC, which go out by AWS's own network: where a load balancer invokes one, and by which path. */
export function functionsInvoked(
  { network }: Graph,
  found: readonly Arrival[],
): { readonly host: Host; readonly by: Arrival }[] {
  return found.flatMap((by) => {
    const { owner } = by.at;
    if (owner.kind !== "load balancer") return [];
    const targets = owner.of.listeners
      .filter((listener) => isAsked(listener, by.traffic))
      .flatMap((listener) => listener.targets.map(({ to }) => to));
    return network.hosts
      .filter(
        ({ urn, kind, subnets }) => kind === "function" && subnets.length === 0 && targets.includes(urn),
      )
      .map((host) => ({ host, by }));
  });
}

/** Targets of load balancers that are not in the deployment; each sentence names the load balancer. */
export function unknownTargets(graph: Graph): string[] {
  const { hosts, loadBalancers } = graph.network;
  const shown = new Set([...hosts, ...loadBalancers].map(({ urn }) => urn));
  return loadBalancers.flatMap(({ urn, listeners }) => {
    const own = graph.interfaces.filter(({ owner }) => owner.of.urn === urn);
    return listeners
      .flatMap(({ targets }) => targets)
      .filter(
        ({ to }) => !shown.has(to) && own.every((from) => interfacesOfTarget(graph, from, to).length === 0),
      )
      .map(({ to }) => `${urn} passes packets on to ${to}, which is not shown`);
  });
}
