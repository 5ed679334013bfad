/** C7: GitLab's only ways out are the proxy and the pinned Systems Manager endpoints. */
import { codeCommitHost } from "../../facts/hosts";
import type { CounterExample, Findings } from "../verdict";
import type { Endpoint, Host, Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { graphOf, interfacesOf, unknownRules, type Graph, type Interface } from "../packets/interfaces";
import { packet } from "./judgement";
import { openPoints } from "../packets/openPoints";
import { unpinned } from "../packets/pinned";
import { reachedFrom, unknownTargets, type Reached } from "../packets/reach";
import { routedSets, tableOf } from "../packets/routing";
import { squidProblems } from "../model/squidConf";
import { localRanges, untoldWaysOut, waysOut } from "../packets/wayOut";
import type { Claim } from "./claim";
import { sideOf } from "./gate";

const HTTPS = { protocol: "tcp", from: 443 };
const SYSTEMS_MANAGER = /\.(ssm|ssmmessages|ec2messages)$/;

/** C7. */
export const gitlabGoesOutByTheProxy: Claim<"C7"> = {
  id: "C7",
  title: "GitLab goes out by the proxy",
  statement:
    "GitLab's only ways out are the proxy and the pinned Systems Manager endpoints, by routes as well as by " +
    "security groups; the proxy's only destination is git-codecommit of this region on 443.",
  proved: () => "No packet of GitLab gets out but by the proxy and the Systems Manager endpoints.",
  assumptions: () => [
    "Names that GitLab asks the source VPC's resolver for can carry data: its recursion is not closed.",
    "Replies to work terminals go out by the connections that they opened.",
    "AWS enforces routes, security groups and network ACLs as it documents them.",
    "The proxy's image (see the evidence) is squid, which enforces its configuration, and holds nothing else that runs.",
  ],
  needs: ["source"],
  isSeenByPolicies: true,
  decide: ({ deployment }) => findings(sideOf(deployment, "source")),
};

function findings(source: Side): Findings {
  const graph = graphOf(source.network);
  const gitlabs = source.network.hosts.filter(({ role }) => role === "gitlab");
  const start = interfacesOf(
    graph,
    gitlabs.map(({ urn }) => urn),
  );
  const reached = reachedFrom(graph, start);
  const parts = reached.map((one) => reachedFindings(source, graph, one));
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
    ],
    counterExamples: [
      ...start.flatMap((one) => routesOut(graph, one)),
      ...start.flatMap((one) => gatewayEndpoints(graph, one)),
      ...parts.flatMap(({ counterExamples }) => counterExamples),
    ],
    reasons: [
      ...(start.length === 0 ? ["No GitLab is shown in the source, so its ways out are not."] : []),
      ...start.flatMap((one) => [
        ...untoldWaysOut(graph, one),
        ...unknownRules(graph, one, "egress").map((urn) => `${urn} lets packets out to what is not shown`),
      ]),
      ...parts.flatMap(({ reasons }) => reasons),
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
    return packet(says, one.addresses, way?.to ?? to, way?.traffic ?? HTTPS, [...new Set(path)]);
  });
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
        one.addresses,
        AddressSet.none,
        HTTPS,
        [one.owner.of.urn, one.subnet.urn, table?.urn ?? "", urn],
      ),
    );
}

function reachedFindings(source: Side, graph: Graph, reached: Reached): Findings {
  const { owner } = reached.at;
  if (owner.kind === "load balancer") return { evidence: [], counterExamples: [], reasons: [] };
  if (owner.kind === "endpoint") return endpointFindings(source, reached, owner.of);
  return owner.of.role === "proxy"
    ? proxyFindings(source, graph, reached, owner.of)
    : hostFindings(graph, reached);
}

function endpointFindings({ accountId }: Side, reached: Reached, endpoint: Endpoint): Findings {
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

function hostFindings(graph: Graph, reached: Reached): Findings {
  const ways = waysOut(graph, reached.at);
  return {
    evidence: [],
    counterExamples: ways
      .slice(0, 1)
      .map(({ to, traffic, path, route }) =>
        packet(
          `GitLab reaches ${reached.at.owner.of.urn}, whose packets leave by the ${route.target.kind} ${route.target.to}.`,
          reached.at.addresses,
          to,
          traffic,
          [...reached.path, ...path.slice(1)],
        ),
      ),
    reasons: untoldWaysOut(graph, reached.at),
  };
}

function proxyFindings(source: Side, graph: Graph, reached: Reached, proxy: Host): Findings {
  const { region } = source;
  const local = AddressSet.of(...localRanges(graph.network, reached.at.subnet.vpc));
  const stray = waysOut(graph, reached.at).filter(
    ({ traffic: { protocol, from, to } }) => protocol !== "tcp" || from !== 443 || to !== 443,
  );
  const problems =
    region === undefined || proxy.squidConf === undefined
      ? []
      : squidProblems(proxy.squidConf, codeCommitHost(region));
  const undecided = problems.filter((problem) => problem.startsWith("cannot be decided"));
  return {
    evidence: [],
    counterExamples: [
      ...problems
        .filter((problem) => !undecided.includes(problem))
        .map((problem) =>
          packet(
            `The proxy ${proxy.urn} ${problem}.`,
            reached.at.addresses,
            AddressSet.ipv4.minus(local),
            HTTPS,
            reached.path,
          ),
        ),
      ...stray
        .slice(0, 1)
        .map(({ to, traffic, path }) =>
          packet(
            `The proxy ${proxy.urn} can send beyond TCP port 443.`,
            reached.at.addresses,
            to,
            traffic,
            path,
          ),
        ),
    ],
    reasons: [
      ...unknownRules(graph, reached.at, "egress").map(
        (urn) => `${urn} lets the proxy's packets out to what is not shown`,
      ),
      ...undecided.map((problem) => `${proxy.urn}: its squid.conf ${problem}`),
      ...(proxy.squidConf === undefined ? [`${proxy.urn}: its squid.conf is not known`] : []),
      ...(region === undefined ? [`${proxy.urn}: the source's region is not known`] : []),
    ],
  };
}

function example({ at, traffic, path }: Reached, says: string): CounterExample {
  return packet(says, AddressSet.none, at.addresses, traffic, path);
}
