/** What a host can get a packet to inside its VPC, directly, through load balancers, and through other hosts. */
import type { LoadBalancer, Reference } from "../model/deployment";
import { trafficClasses, type TrafficClass } from "./filters";
import { delivers, interfacesOf, type Graph, type Interface } from "./interfaces";

/** An interface that packets get to, by which class of traffic, and what they pass on their way. */
export interface Reached {
  readonly at: Interface;
  readonly traffic: TrafficClass;
  /** URNs of owners, from the first to the last. */
  readonly path: readonly Reference[];
}

/**
 * Everything that packets get to from some interfaces. A host passes on what it gets, since nothing is known of what runs
 * on it; a load balancer does so to the targets of the listener that was asked; a proxy and an endpoint are ends.
 */
export function reachedFrom(graph: Graph, start: readonly Interface[]): Reached[] {
  const classes = trafficClasses(graph.network);
  const found: Reached[] = [];
  const seen = new Set<Interface>(start);
  const add = (reached: Reached) => {
    if (seen.has(reached.at)) return;
    seen.add(reached.at);
    found.push(reached);
    if (reached.at.owner.kind === "host" && reached.at.owner.of.role !== "proxy") {
      spread(reached.at, reached.path);
    }
  };
  const spread = (from: Interface, path: readonly Reference[]) => {
    for (const to of graph.interfaces) {
      if (to === from) continue;
      const open = classes.filter((traffic) => delivers(graph, from, to, traffic));
      const [traffic] = open;
      if (traffic === undefined) continue;
      const onward = [...path, to.owner.of.urn];
      add({ at: to, traffic, path: onward });
      if (to.owner.kind !== "load balancer") continue;
      for (const { at, traffic: last } of forwarded(graph, to, to.owner.of, open)) {
        add({ at, traffic: last, path: [...onward, at.owner.of.urn] });
      }
    }
  };
  for (const from of start) spread(from, [from.owner.of.urn]);
  return found;
}

/** The interfaces that a load balancer passes some traffic on to, and as which class. */
export function forwarded(
  graph: Graph,
  from: Interface,
  balancer: LoadBalancer,
  asked: readonly TrafficClass[],
): { readonly at: Interface; readonly traffic: TrafficClass }[] {
  return balancer.listeners
    .filter((listener) => asked.some((traffic) => isAsked(listener, traffic)))
    .flatMap(({ targets, protocol }) =>
      targets.flatMap(({ to, port }) => {
        const traffic = { protocol: transports(protocol)[0] ?? "tcp", from: port, to: port };
        return interfacesOf(graph, [to])
          .filter((at) => delivers(graph, from, at, traffic))
          .map((at) => ({ at, traffic }));
      }),
    );
}

/** Whether traffic of a class asks a listener. */
export function isAsked(listener: LoadBalancer["listeners"][number], traffic: TrafficClass): boolean {
  return (
    transports(listener.protocol).includes(traffic.protocol) &&
    traffic.from <= listener.port &&
    listener.port <= traffic.to
  );
}

/** What a listener's protocol runs on. */
function transports(protocol: string): string[] {
  if (protocol === "TCP_UDP") return ["tcp", "udp"];
  return ["UDP", "QUIC"].includes(protocol) ? ["udp"] : protocol === "TCP_QUIC" ? ["tcp", "udp"] : ["tcp"];
}

/** Targets of load balancers that are not in the deployment; each sentence names the load balancer. */
export function unknownTargets(graph: Graph): string[] {
  const hosts = new Set(
    [...graph.network.hosts, ...graph.network.loadBalancers, ...graph.network.endpoints].map(
      ({ urn }) => urn,
    ),
  );
  return graph.network.loadBalancers.flatMap(({ urn, listeners }) =>
    listeners
      .flatMap(({ targets }) => targets)
      .filter(({ to }) => !hosts.has(to))
      .map(({ to }) => `${urn} passes packets on to ${to}, which is not shown`),
  );
}
