/** C8: GitLab is reachable from the work terminals and the VPC only. */
import type { Findings } from "../verdict";
import type { Host, Reference, Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { covers, trafficClasses, type TrafficClass } from "../packets/filters";
import {
  graphOf,
  groupsAdmit,
  interfacesOf,
  subnetAdmits,
  unknownRules,
  type Graph,
  type Interface,
} from "../packets/interfaces";
import { packet } from "./judgement";
import { openPoints } from "../packets/openPoints";
import { forwarded, isAsked, reachedFrom, unknownTargets } from "../packets/reach";
import { localRanges } from "../packets/wayOut";
import type { Claim } from "./claim";
import { sideOf } from "./gate";

/** Outside addresses from which packets of a class get to GitLab. */
interface WayIn {
  readonly from: AddressSet;
  readonly to: AddressSet;
  readonly traffic: TrafficClass;
  readonly path: readonly Reference[];
}

/** How many ranges a sentence names; the evidence has them all. */
const MOST_RANGES = 3;

/** C8. */
export const gitlabIsReachedFromInside: Claim<"C8"> = {
  id: "C8",
  title: "GitLab is reached from the work terminals",
  statement: "GitLab is reachable from the work terminals and the VPC only.",
  proved: () => "No packet reaches GitLab but from the work terminals and the VPC.",
  assumptions: () => [
    "The declared CIDRs are the work terminals'.",
    "AWS enforces security groups, network ACLs and load balancers' listeners as it documents them.",
  ],
  needs: ["source"],
  isSeenByPolicies: true,
  decide: ({ deployment }) =>
    findings(
      sideOf(deployment, "source"),
      deployment.declared.workTerminalCidrs,
      deployment.declared.isolatedTerminalCidrs,
    ),
};

/** Ranges that may be in use twice, in networks that do not meet. */
const PRIVATE = AddressSet.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7");

function findings(source: Side, terminals: readonly string[], room: readonly string[]): Findings {
  const graph = graphOf(source.network);
  const gitlabs = source.network.hosts.filter(({ role }) => role === "gitlab");
  const ways = gitlabs.flatMap((gitlab) => [...waysIn(graph, gitlab), ...waysOver(graph, gitlab)]);
  const allowed = AddressSet.of(...terminals);
  const both = allowed.intersect(AddressSet.of(...room)).minus(PRIVATE);
  const strange = ways
    .map((way) => ({ ...way, from: way.from.minus(allowed) }))
    .filter(({ from }) => !from.isEmpty);
  const concerned = new Set(ways.flatMap(({ path }) => path).concat(gitlabs.map(({ urn }) => urn)));
  const involved = graph.interfaces.filter(
    ({ owner }) => owner.kind === "load balancer" || concerned.has(owner.of.urn),
  );
  return {
    evidence: [
      {
        what: "outside sources that reach GitLab",
        values: [
          ...new Set(
            ways.flatMap(({ from, traffic }) =>
              from.cidrs().map((cidr) => `${cidr} on ${traffic.protocol}/${traffic.from}-${traffic.to}`),
            ),
          ),
        ].sort(),
      },
      { what: "work terminals", values: terminals },
    ],
    counterExamples: strange.map(({ from, to, traffic, path }) =>
      packet(
        `${some(from.cidrs())}, no work terminals, reach ${arrivedAt(path, gitlabs)} on ${traffic.protocol} port ` +
          `${traffic.from}.`,
        from,
        to,
        traffic,
        path,
      ),
    ),
    reasons: [
      ...(both.isEmpty
        ? []
        : [
            `${some(both.cidrs())} is declared as work and as isolated terminals, which must not reach GitLab`,
          ]),
      ...(gitlabs.length === 0 ? ["No GitLab is shown in the source, so who reaches it is not."] : []),
      ...involved.flatMap((one) =>
        unknownRules(graph, one, "ingress").map((urn) => `${urn} lets packets in from what is not shown`),
      ),
      ...graph.unplaced,
      ...unknownTargets(graph),
      ...openPoints(source),
    ],
  };
}

function some(ranges: readonly string[]): string {
  const more = ranges.length - MOST_RANGES;
  return ranges.slice(0, MOST_RANGES).join(", ") + (more > 0 ? ` and ${more} more ranges` : "");
}

function arrivedAt(path: readonly Reference[], gitlabs: readonly Host[]): string {
  const over = path.slice(1).find((urn) => !gitlabs.some((gitlab) => gitlab.urn === urn));
  return over === undefined ? "GitLab" : `${over}, which reaches GitLab,`;
}

function waysIn(graph: Graph, gitlab: Host): WayIn[] {
  const classes = trafficClasses(graph.network);
  const own = interfacesOf(graph, [gitlab.urn]);
  const direct = own.flatMap((at) =>
    classes.map((traffic) => ({
      from: enters(graph, at, gitlab.publicIp, traffic),
      to: at.addresses,
      traffic,
      path: [at.subnet.urn, gitlab.urn],
    })),
  );
  return [...direct, ...balanced(graph, gitlab, own, classes)].filter(({ from }) => !from.isEmpty);
}

/** Over other hosts, which may pass on what they get: all but the proxy, whose squid.conf is C7's. */
function waysOver(graph: Graph, gitlab: Host): WayIn[] {
  return graph.network.hosts
    .filter(({ urn, role }) => urn !== gitlab.urn && role !== "proxy")
    .flatMap((host) => {
      const onward = reachedFrom(graph, interfacesOf(graph, [host.urn])).find(
        ({ at }) => at.owner.of.urn === gitlab.urn,
      );
      if (onward === undefined) return [];
      return waysIn(graph, host).map((way) => ({ ...way, path: [...way.path, ...onward.path.slice(1)] }));
    });
}

/**
 * Through load balancers. A target may see the client's own address instead of the load balancer's, so its groups may admit
 * either (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html).
 */
function balanced(
  graph: Graph,
  gitlab: Host,
  own: readonly Interface[],
  classes: readonly TrafficClass[],
): WayIn[] {
  return graph.interfaces.flatMap((at) => {
    if (at.owner.kind !== "load balancer") return [];
    const balancer = at.owner.of;
    return classes.flatMap((traffic) => {
      const from = enters(graph, at, !balancer.internal, traffic);
      if (from.isEmpty) return [];
      const passes = forwarded(graph, at, balancer, [traffic]).some((next) => own.includes(next.at));
      const targets = balancer.listeners
        .filter((listener) => isAsked(listener, traffic))
        .flatMap((listener) => listener.targets.filter(({ to }) => to === gitlab.urn));
      const clients = targets.reduce((set, { port }) => {
        const last = classes.filter((one) => covers(one, { ...traffic, from: port, to: port }));
        return last.reduce(
          (sum, one) =>
            own.reduce((all, target) => all.union(groupsAdmit(graph, target, "ingress", one)), sum),
          set,
        );
      }, AddressSet.none);
      const admittedFrom = passes ? from : from.intersect(clients);
      return [{ from: admittedFrom, to: at.addresses, traffic, path: [balancer.urn, gitlab.urn] }];
    });
  });
}

/**
 * The outside addresses whose packets get to an interface: through an Internet gateway to a public address, or through any
 * gateway to another network.
 */
function enters(graph: Graph, at: Interface, isPublic: boolean, traffic: TrafficClass): AddressSet {
  const { network } = graph;
  const { vpc } = at.subnet;
  const attached = network.gateways.filter(({ vpcs }) => vpcs.includes(vpc)).map(({ kind }) => kind);
  const fromInternet = attached.includes("internet gateway");
  const fromNetworks = attached.some((kind) => kind !== "internet gateway" && kind !== "egress-only gateway");
  const arriving =
    fromNetworks || (fromInternet && isPublic)
      ? AddressSet.all
      : fromInternet && at.subnet.cidrBlocks.some((cidr) => cidr.includes(":"))
        ? AddressSet.ipv6
        : AddressSet.none;
  return arriving
    .minus(AddressSet.of(...localRanges(network, vpc)))
    .intersect(groupsAdmit(graph, at, "ingress", traffic))
    .intersect(subnetAdmits(network, at.subnet, "ingress", traffic));
}
