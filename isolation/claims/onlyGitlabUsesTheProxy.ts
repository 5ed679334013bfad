/** C15: only GitLab uses the proxy. */
import type { Host, Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { admitted, trafficClasses } from "../packets/filters";
import { graphOf, interfacesOf, unknownRules, type Graph, type Interface } from "../packets/interfaces";
import { openPoints } from "../packets/openPoints";
import { arrivals, sentBy, unknownTargets, type Arrival } from "../packets/reach";
import { localRanges } from "../packets/routing";
import { arrivalsFromOutside } from "../packets/wayIn";
import type { CounterExample, Findings } from "../verdict";
import type { Claim } from "./claim";
import { sideOf } from "./gate";
import { packet } from "./judgement";

/** C15. */
export const onlyGitlabUsesTheProxy: Claim<"C15"> = {
  id: "C15",
  title: "Only GitLab uses the proxy",
  statement: "Nothing but GitLab can connect to the proxy.",
  proved: () => "No packet reaches the proxy but GitLab's.",
  assumptions: () => [
    "No host that the state does not show is in GitLab's security group or has its address.",
    "AWS enforces security groups, network ACLs and load balancers' listeners as it documents them.",
  ],
  needs: ["source"],
  isSeenByPolicies: true,
  decide: ({ deployment }) => findings(sideOf(deployment, "source")),
};

function findings(source: Side): Findings {
  const { network } = source;
  const graph = graphOf(network);
  const interfaces = (role: Host["role"]) =>
    interfacesOf(
      graph,
      network.hosts.filter((host) => host.role === role).map(({ urn }) => urn),
    );
  const [gitlab, proxy, others] = [interfaces("gitlab"), interfaces("proxy"), interfaces("other")];
  const entries = entriesOf(graph, proxy);
  const users = arrivals(
    graph,
    [...arrivalsFromOutside(graph), ...others.map(sentBy)],
    ({ role }) => role !== "other",
  );
  return {
    evidence: [
      { what: "proxies", values: urnsOf(proxy) },
      {
        what: "load balancers that lead there",
        values: urnsOf(entries.filter((one) => !proxy.includes(one))),
      },
      { what: "GitLab", values: urnsOf(gitlab) },
    ],
    counterExamples: [
      ...firstOfEach(users.filter(({ at }) => proxy.includes(at))).map(use),
      ...entries.flatMap((entry) =>
        admittedBeside(graph, entry, [...gitlab, ...entries.filter((one) => isBefore(one, entry))]),
      ),
    ],
    reasons: [
      ...(proxy.length === 0 ? ["No proxy is shown in the source, so who uses it is not known."] : []),
      ...(gitlab.length === 0
        ? ["No GitLab is shown in the source, so whether it alone uses the proxy is not known."]
        : []),
      ...entries.flatMap((entry) =>
        unknownRules(graph, entry, "ingress").map((urn) => `${urn} lets packets in from what is not shown`),
      ),
      ...graph.unplaced,
      ...unknownTargets(graph),
      ...openPoints(source),
    ],
  };
}

/** The proxies' own interfaces, and those of load balancers that pass packets on to them, be it over others. */
function entriesOf({ interfaces }: Graph, proxies: readonly Interface[]): Interface[] {
  const found = new Set(proxies);
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const one of interfaces) if ([...found].some((entry) => isBefore(one, entry))) found.add(one);
  }
  return [...found];
}

/** Whether an interface is of a load balancer that may pass packets on to another one's owner, by name or by address. */
function isBefore({ owner }: Interface, { owner: { of }, addresses }: Interface): boolean {
  if (owner.kind !== "load balancer") return false;
  const targets = owner.of.listeners.flatMap((listener) => listener.targets);
  return targets.some(({ to }) => to === of.urn || (/^[\d.]+$/.test(to) && addresses.has(to)));
}

/** Addresses of the VPC that are let in to an entry and are not known to be GitLab's: anything there may have one of them. */
function admittedBeside(graph: Graph, entry: Interface, known: readonly Interface[]): CounterExample[] {
  const inside = AddressSet.of(...localRanges(graph.network, entry.subnet.vpc));
  const own = known.reduce((set, { addresses }) => set.union(addresses), AddressSet.none);
  return trafficClasses(graph.network)
    .map((traffic) => {
      const open = entry.isUnfiltered ? inside : admitted(entry.groups, "ingress", traffic).addresses;
      return { traffic, from: open.intersect(inside).minus(own) };
    })
    .filter(({ from }) => !from.isEmpty)
    .slice(0, 1)
    .map(({ traffic, from }) => {
      const { urn } = entry.owner.of;
      const says = `${from.cidrs()[0] ?? ""}, addresses of the VPC that are not GitLab's, may connect to ${urn}, which leads to the proxy.`;
      return packet(says, { from, to: entry.addresses }, traffic, [entry.subnet.urn, urn]);
    });
}

function use({ senders, at, began, path }: Arrival): CounterExample {
  const [first = ""] = path;
  const says = `${senders.cidrs()[0] ?? first}, which is not GitLab, connects to the proxy ${at.owner.of.urn}.`;
  return packet(says, { from: senders, to: at.addresses }, began, path);
}

/** One arrival for each place where packets begin. */
function firstOfEach(found: readonly Arrival[]): Arrival[] {
  return [...new Map([...found].reverse().map((one) => [one.path[0], one])).values()].reverse();
}

function urnsOf(interfaces: readonly Interface[]): string[] {
  return [...new Set(interfaces.map(({ owner }) => owner.of.urn))].sort();
}
