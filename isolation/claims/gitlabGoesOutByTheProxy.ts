/** C7: GitLab's only ways out are the proxy and the pinned Systems Manager endpoints. */
import type { CounterExample, Findings } from "../verdict";
import type { Endpoint, Host, Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { trafficClasses } from "../packets/filters";
import {
  graphOf,
  groupsAdmit,
  interfacesOf,
  unknownRules,
  type Graph,
  type Interface,
} from "../packets/interfaces";
import { packet } from "./judgement";
import { openPoints } from "../packets/openPoints";
import { unpinned } from "../packets/pinned";
import { arrivals, functionsInvoked, sentBy, unknownTargets, type Arrival } from "../packets/reach";
import { diversions, listRoutes, localRanges, routedSets, tableOf } from "../packets/routing";
import { faultsOf } from "../packets/proxies";
import { arrivalsFromOutside } from "../packets/wayIn";
import { carriedSets, unknownWaysOut, waysOut } from "../packets/wayOut";
import type { Claim } from "./claim";
import { sideOf } from "./gate";
import { nameFindings, namesOfRegistries } from "./gitlabNames";

const HTTPS = { protocol: "tcp", from: 443 };
const SYSTEMS_MANAGER = /\.(ssm|ssmmessages|ec2messages)$/;

/** C7. */
export const gitlabGoesOutByTheProxy: Claim<"C7"> = {
  id: "C7",
  title: "GitLab goes out by the proxy",
  statement:
    "GitLab's only ways out are the proxy and the pinned Systems Manager endpoints, by routes as well as by " +
    "security groups, and names that it looks up lead nowhere else; the proxy's only destination is git-codecommit of this region on 443.",
  proved: () =>
    "No packet of GitLab gets out but by the proxy and the Systems Manager endpoints, and no name that it looks up leads to a stranger.",
  assumptions: (deployment) => [
    ...namesOfRegistries(deployment).map(
      (name) =>
        `Who answers for ${name}, where the proxy's image is kept, takes no data from how it is asked for.`,
    ),
    "What work terminals and hosts of the VPC fetch from GitLab goes out by the connections that they opened.",
    "AWS enforces routes, security groups, network ACLs and the DNS Firewall as it documents them.",
    "The proxy's image (see the evidence) is squid, which enforces its configuration, and holds nothing else that runs.",
  ],
  needs: ["source"],
  isSeenByPolicies: true,
  decide: ({ deployment }) =>
    findings(sideOf(deployment, "source"), AddressSet.of(...deployment.declared.workTerminalCidrs)),
};

function findings(source: Side, terminals: AddressSet): Findings {
  const graph = graphOf(source.network);
  const gitlabs = source.network.hosts.filter(({ role }) => role === "gitlab");
  const start = interfacesOf(
    graph,
    gitlabs.map(({ urn }) => urn),
  );
  const all = arrivals(graph, start.map(sentBy), ({ role }) => role === "proxy");
  const reached = firstAtEach(all.filter(({ at }) => !start.includes(at)));
  const fromOutside = arrivals(graph, arrivalsFromOutside(graph), ({ role }) => role !== "other").map(
    (arrival) => ({ ...arrival, senders: arrival.senders.minus(terminals) }),
  );
  const vpcs = [...new Set(start.map(({ subnet }) => subnet.vpc))].sort();
  const parts = [
    ...[...reached, ...collectors(graph, reached)].map((one) =>
      reachedFindings(source, graph, one, fromOutside),
    ),
    ...vpcs.map((vpc) => nameFindings(source, vpc)),
  ];
  return {
    evidence: [
      { what: "GitLab", values: gitlabs.map(({ urn }) => urn) },
      {
        what: "what GitLab can connect to",
        values: [...new Set(reached.map(({ at }) => at.owner.of.urn))].sort(),
      },
      {
        what: "images that the proxy runs",
        values: source.network.hosts.flatMap(({ role, image }) =>
          role === "proxy" && image !== undefined ? [image] : [],
        ),
      },
      ...parts.flatMap(({ evidence }) => evidence),
    ],
    counterExamples: [
      ...start.flatMap((one) => routesOut(graph, one)),
      ...start.flatMap((one) => gatewayEndpoints(graph, one)),
      ...start.flatMap((one) => rulesOut(graph, one)),
      ...parts.flatMap(({ counterExamples }) => counterExamples),
      ...functionsInvoked(graph, all).map(({ host, by }) =>
        example(
          by,
          `GitLab reaches the function ${host.urn}, which stands in no VPC and goes out by AWS's network.`,
        ),
      ),
      ...reached.flatMap((one) => diversionsAfter(graph, one)),
    ],
    reasons: [
      ...(start.length === 0 ? ["No GitLab is shown in the source, so its ways out are not."] : []),
      ...start.flatMap((one) => [
        ...unknownWaysOut(graph, one),
        ...unknownRules(graph, one, "egress").map((urn) => `${urn} lets packets out to what is not shown`),
      ]),
      ...parts.flatMap(({ reasons }) => reasons),
      ...reached.flatMap(({ at }) =>
        listRoutes(tableOf(graph.network, at.subnet)?.routes ?? []).map(
          ({ urn }) => `${urn} leads to a prefix list, whose ranges are not known`,
        ),
      ),
      ...graph.unplaced,
      ...unknownTargets(graph),
      ...openPoints(source),
    ],
  };
}

/** Any route but the local one: GitLab is held by routing, so that no security group alone keeps it in. */
function routesOut(graph: Graph, one: Interface): CounterExample[] {
  const table = tableOf(graph.network, one.subnet);
  const open = waysOut(graph, one);
  return routedSets(table?.routes ?? [], localRanges(graph.network, one.subnet.vpc)).map(({ route, to }) => {
    const way = open.find((candidate) => candidate.route === route);
    const path = [one.owner.of.urn, one.subnet.urn, table?.urn ?? "", route.urn, route.target.to];
    const says = way
      ? `GitLab's packets leave by the route ${route.urn} to the ${route.target.kind} ${route.target.to}.`
      : `A route leads from GitLab's subnet to the ${route.target.kind} ${route.target.to}: only filters stand in its way.`;
    return packet(says, { from: one.addresses, to: way?.to ?? to }, way?.traffic ?? HTTPS, [
      ...new Set(path),
    ]);
  });
}

/** GitLab is held by its security groups, too, so that no missing route alone keeps it in. */
function rulesOut(graph: Graph, one: Interface): CounterExample[] {
  const inside = AddressSet.of(...localRanges(graph.network, one.subnet.vpc));
  const open = trafficClasses(graph.network).map((traffic) => ({
    traffic,
    to: groupsAdmit(graph, one, "egress", traffic).minus(inside),
  }));
  return open
    .filter(({ to }) => !to.isEmpty)
    .slice(0, 1)
    .map(({ traffic, to }) => {
      const says = `GitLab's security groups let packets out to ${to.cidrs()[0] ?? ""}: only a missing route stands in their way.`;
      const groups = one.groups.map(({ urn }) => urn);
      return packet(says, { from: one.addresses, to }, traffic, [one.owner.of.urn, ...groups]);
    });
}

/** Where packets of GitLab that got somewhere are not delivered inside the VPC from there, but handed to something else. */
function diversionsAfter(graph: Graph, { at, traffic, path }: Arrival): CounterExample[] {
  return diversions(graph.network, at.subnet).map(({ route, to }) =>
    packet(
      `Packets from the subnet of ${at.owner.of.urn}, which GitLab reaches, to the VPC's own addresses are handed to the ` +
        `${route.target.kind} ${route.target.to} by the route ${route.urn}.`,
      { from: at.addresses, to },
      traffic,
      [...new Set([...path, at.subnet.urn, route.urn, route.target.to])],
    ),
  );
}

function firstAtEach(found: readonly Arrival[]): Arrival[] {
  return found.filter(({ at }, i) => found.findIndex((other) => other.at === at) === i);
}

/** A gateway endpoint adds a route to the service's public addresses to its route tables. */
function gatewayEndpoints(graph: Graph, one: Interface): CounterExample[] {
  const { network } = graph;
  const table = tableOf(network, one.subnet);
  return network.endpoints
    .filter(({ kind, routeTables }) => kind === "Gateway" && table && routeTables.includes(table.urn))
    .map(({ urn, serviceName }) =>
      packet(
        `A route leads from GitLab's subnet to ${serviceName} by the gateway endpoint ${urn}.`,
        { from: one.addresses, to: AddressSet.none },
        HTTPS,
        [one.owner.of.urn, one.subnet.urn, table?.urn ?? "", urn],
      ),
    );
}

function reachedFindings(
  source: Side,
  graph: Graph,
  reached: Arrival,
  fromOutside: readonly Arrival[],
): Findings {
  const { owner } = reached.at;
  if (owner.kind === "load balancer") return { evidence: [], counterExamples: [], reasons: [] };
  if (owner.kind === "endpoint") return endpointFindings(source, reached, owner.of);
  return owner.of.role === "proxy"
    ? proxyFindings(source, graph, reached, owner.of)
    : hostFindings(graph, reached, fromOutside);
}

function endpointFindings({ accountId }: Side, reached: Arrival, endpoint: Endpoint): Findings {
  const { urn, serviceName, policy, kind } = endpoint;
  const isExpected = SYSTEMS_MANAGER.test(serviceName) && serviceName.startsWith("com.amazonaws.");
  const loose =
    !isExpected || kind !== "Interface"
      ? [`leads to ${serviceName}`]
      : accountId === undefined
        ? []
        : unpinned(endpoint, accountId).map((label) => `lets other accounts' requests through by ${label}`);
  return {
    evidence: [],
    counterExamples: loose.map((why) =>
      example(reached, `GitLab reaches the endpoint ${urn}, which ${why}.`),
    ),
    reasons: [
      ...(policy === undefined ? [`${urn}: its policy is not known`] : []),
      ...(accountId === undefined ? [`${urn}: the source's account is not known`] : []),
    ],
  };
}

/**
 * Hosts that connect to a host that GitLab reaches, and fetch from it what GitLab left there; and all that these connect to, or
 * that connects to them. The path is the data's.
 */
function collectors(graph: Graph, reached: readonly Arrival[]): Arrival[] {
  const isOther = ({ owner }: Interface) => owner.kind === "host" && owner.of.role === "other";
  const holding = reached.filter(({ at }) => isOther(at));
  if (holding.length === 0) return [];
  const others = graph.interfaces.filter(isOther);
  const reaching = new Map(
    others.map((one) => [one, arrivals(graph, [sentBy(one)], ({ role }) => role !== "other")]),
  );
  const pathTo = (from: Interface, to: Interface) => reaching.get(from)?.find(({ at }) => at === to)?.path;
  const found: Arrival[] = [];
  for (const holder of holding) {
    for (const one of others) {
      if (holding.some(({ at }) => at === one)) continue;
      const path = pathTo(holder.at, one) ?? pathTo(one, holder.at)?.toReversed();
      if (path === undefined) continue;
      const collector = { ...holder, at: one, path: [...holder.path, ...path.slice(1)] };
      holding.push(collector);
      found.push(collector);
    }
  }
  return found;
}

/** A host that GitLab reaches is a way out if it may connect to outside, or if it is connected to from there. */
function hostFindings(graph: Graph, reached: Arrival, fromOutside: readonly Arrival[]): Findings {
  const { at } = reached;
  const host = at.owner.of.urn;
  const collecting = fromOutside.filter(
    (arrival) => arrival.at === at && !collectedBy(graph, arrival).isEmpty,
  );
  return {
    evidence: [],
    counterExamples: [
      ...waysOut(graph, at)
        .slice(0, 1)
        .map(({ to, traffic, path, route }) =>
          packet(
            `GitLab reaches ${host}, whose packets leave by the ${route.target.kind} ${route.target.to}.`,
            { from: at.addresses, to },
            traffic,
            [...reached.path, ...path.slice(1)],
          ),
        ),
      ...collecting
        .slice(0, 1)
        .map((arrival) =>
          packet(
            `GitLab reaches ${host}, where ${arrival.senders.first ?? ""} from outside connects to and collects what it holds.`,
            { from: at.addresses, to: collectedBy(graph, arrival) },
            arrival.traffic,
            [...new Set([...reached.path, ...[...arrival.path].reverse()])],
          ),
        ),
    ],
    reasons: unknownWaysOut(graph, at),
  };
}

/** Who of those that connect to a host gets answers: over a load balancer all of them, and else those that routes lead back to. */
function collectedBy({ network }: Graph, { at, senders, path }: Arrival): AddressSet {
  const isDirect = path.length === 2;
  if (!isDirect) return senders;
  const back = carriedSets(network, at).reduce((set, { to }) => set.union(to), AddressSet.none);
  return senders.intersect(back);
}

function proxyFindings(source: Side, graph: Graph, reached: Arrival, proxy: Host): Findings {
  const local = AddressSet.of(...localRanges(graph.network, reached.at.subnet.vpc));
  const stray = waysOut(graph, reached.at).filter(
    // Classes of traffic are cut before and behind port 443.
    ({ traffic: { protocol, from } }) => protocol !== "tcp" || from !== HTTPS.from,
  );
  const { lets, unknown } = faultsOf(source, proxy);
  return {
    evidence: [],
    counterExamples: [
      ...lets.map((problem) =>
        packet(
          `The proxy ${proxy.urn} ${problem}.`,
          { from: reached.at.addresses, to: AddressSet.ipv4.minus(local) },
          HTTPS,
          reached.path,
        ),
      ),
      ...stray
        .slice(0, 1)
        .map(({ to, traffic, path }) =>
          packet(
            `The proxy ${proxy.urn} can send beyond TCP port 443.`,
            { from: reached.at.addresses, to },
            traffic,
            path,
          ),
        ),
    ],
    reasons: [
      ...unknownRules(graph, reached.at, "egress").map(
        (urn) => `${urn} lets the proxy's packets out to what is not shown`,
      ),
      ...waysOut(graph, reached.at)
        .filter(({ route }) => route.target.kind === "endpoint")
        .map(
          ({ route }) =>
            `${route.urn} leads the proxy's packets to the endpoint ${route.target.to}, and what stands behind that is not shown`,
        ),
      ...unknown.map((why) => `${proxy.urn}: ${why}`),
    ],
  };
}

function example({ at, traffic, path }: Arrival, says: string): CounterExample {
  return packet(says, { from: AddressSet.none, to: at.addresses }, traffic, path);
}
