/** C8: GitLab is reachable from the work terminals and the VPC only. */
import type { CounterExample, Findings } from "../verdict";
import type { Host, Network, Reference, Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { graphOf, unknownRules, type Graph } from "../packets/interfaces";
import { packet } from "./judgement";
import { openPoints } from "../packets/openPoints";
import { isTightProxy } from "../packets/proxies";
import { arrivals, unknownTargets } from "../packets/reach";
import { diversions } from "../packets/routing";
import { arrivalsFromOutside } from "../packets/wayIn";
import type { Claim } from "./claim";
import { sideOf } from "./gate";

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
  const isGitlab = ({ role }: Host) => role === "gitlab";
  const ways = arrivals(
    graph,
    arrivalsFromOutside(graph),
    (host) => isGitlab(host) || isTightProxy(source, host),
  ).filter(({ at }) => at.owner.kind === "host" && isGitlab(at.owner.of));
  const allowed = AddressSet.of(...terminals);
  const both = allowed.intersect(AddressSet.of(...room)).minus(PRIVATE);
  const strange = ways
    .map((way) => ({ ...way, senders: way.senders.minus(allowed) }))
    .filter(({ senders }) => !senders.isEmpty);
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
            ways.flatMap(({ senders, began: { protocol, from, to } }) =>
              senders.cidrs().map((cidr) => `${cidr} on ${protocol}/${from}-${to}`),
            ),
          ),
        ].sort(),
      },
      { what: "work terminals", values: terminals },
    ],
    counterExamples: [
      ...strange.map(({ senders, at, began, path }) =>
        packet(
          `${some(senders.cidrs())}, not of the work terminals, reach ${arrivedAt(path, gitlabs)} on ` +
            `${began.protocol} port ${began.from}.`,
          { from: senders, to: at.addresses },
          began,
          path,
        ),
      ),
      ...diversionsBefore(source.network, graph, new Set(ways.flatMap(({ path }) => path.slice(0, -1)))),
    ],
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

/**
 * Where packets on their way to GitLab are handed to something else first, which can send others in their place: from a subnet
 * that they pass, or by a gateway's own routes.
 */
function diversionsBefore(
  network: Network,
  { interfaces }: Graph,
  passed: ReadonlySet<Reference>,
): CounterExample[] {
  const subnets = new Set(
    interfaces.filter(({ owner }) => passed.has(owner.of.urn)).map(({ subnet }) => subnet),
  );
  const vpcs = new Set([...subnets].map(({ vpc }) => vpc));
  const inward = network.routeTables
    .filter(({ vpc, gateways }) => vpcs.has(vpc) && gateways.length > 0)
    .flatMap(({ urn, routes }) => routes.map((route) => ({ at: urn, route, to: AddressSet.none })));
  const between = [...subnets].flatMap((subnet) =>
    diversions(network, subnet).map((diversion) => ({ at: subnet.urn, ...diversion })),
  );
  return [...inward, ...between].map(({ at, route, to }) => {
    const says = `Packets to GitLab are handed to the ${route.target.kind} ${route.target.to} by the route ${route.urn}.`;
    const path = [...new Set([at, route.urn, route.target.to])];
    return packet(says, { from: AddressSet.none, to }, { protocol: "tcp", from: 443 }, path);
  });
}
