/** The network's part of code going in: what stands in the ways to CodeCommit, and what of them is not known. */
import { gitHostOf } from "../../facts/hosts";
import type { StackResource } from "../model/snapshot";
import { propertiesOf } from "../model/stack";
import type { Endpoint, Host, LoadBalancer, NatGateway, Network, Side, Subnet } from "../model/deployment";
import { squidLetsThrough, squidPorts } from "../model/squidConf";
import { AddressSet } from "../packets/addressSet";
import { aclAdmits, admitted, trafficClasses, type Direction } from "../packets/filters";
import {
  delivers,
  graphOf,
  groupsAdmit,
  interfacesOf,
  type Graph,
  type Interface,
} from "../packets/interfaces";
import { arrivals, sentBy, type Arrival } from "../packets/reach";
import { ruleFor } from "../packets/resolver";
import { diversions, kindOf, localRanges, routedSets, tableOf, type RoutedSet } from "../packets/routing";
import type { CounterExample } from "../verdict";
import type { Gate } from "./gate";

/** What keeps code from going in. */
export interface Obstacles {
  /** What surely does. */
  readonly certain: readonly CounterExample[];
  /** Sentences about what may, or is not known. */
  readonly possible: readonly string[];
}

/** One fault of a way; one that is certain names the resource. */
type Fault = string | { readonly urn: string; readonly says: string };

const HTTPS = 443;
/** Where answers go to: NAT gateways and load balancers take any of these ports. */
const EPHEMERAL = { from: 1024, to: 65535 };

/** Addresses of the Internet, where CodeCommit's are. */
const PUBLIC = AddressSet.ipv4.minus(
  AddressSet.of(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
  ),
);

/**
 * GitLab's way over a proxy to a NAT gateway, or straight to one where there is no proxy. A proxy whose ways all hold is enough.
 * @param hosts where the repositories are
 */
export function wayOut(source: Side, hosts: readonly string[]): Obstacles {
  const { network } = source;
  const gitlabs = network.hosts.filter(({ role }) => role === "gitlab");
  if (gitlabs.length === 0)
    return sorted(["No GitLab host is shown in the source, so its way out is not known."]);
  const graph = graphOf(network);
  const start = interfacesOf(
    graph,
    gitlabs.map(({ urn }) => urn),
  );
  const found = arrivals(graph, start.map(sentBy), ({ role }) => role === "proxy");
  const proxies = network.hosts.filter(
    ({ urn, role }) => role === "proxy" && found.some(({ at }) => at.owner.of.urn === urn),
  );
  const ways =
    proxies.length > 0
      ? proxies.map((proxy) => [
          ...faultsOver(source, graph, proxy, found),
          ...hosts.flatMap((host) => squidFaults(graph, proxy, host)),
        ])
      : start.map((one) => (leadsToNat(network, one) ? faultsBehind(graph, one) : undefined));
  const known = ways.filter((way) => way !== undefined);
  const fewest = [...known].sort((a, b) => a.length - b.length)[0];
  if (fewest === undefined)
    return sorted([
      "No packet of GitLab reaches a proxy or a NAT gateway that is shown, so how it pushes is not known.",
    ]);
  const proxyNames = balancersBefore(network, proxies).flatMap(({ dnsName }) => dnsName?.toLowerCase() ?? []);
  const names = hosts.flatMap((host) => namesOf(source, start, host, proxyNames));
  if (fewest.length === 0) return sorted(names);
  // What surely stands in one way is not a certainty while another one may hold.
  const isCertain = known.every((way) => way.some((fault) => typeof fault !== "string"));
  const faults = known.flat().map((fault) => (isCertain || typeof fault === "string" ? fault : fault.says));
  return sorted([...faults, ...names]);
}

/** The load balancers by which proxies are reached. */
function balancersBefore({ loadBalancers }: Network, proxies: readonly Host[]): LoadBalancer[] {
  return loadBalancers.filter(({ listeners }) =>
    listeners.some(({ targets }) => targets.some(({ to }) => proxies.some(({ urn }) => urn === to))),
  );
}

function sorted(faults: readonly Fault[]): Obstacles {
  return {
    certain: faults.flatMap((fault) =>
      typeof fault === "string" ? [] : [{ kind: "resource" as const, ...fault }],
    ),
    possible: [...new Set(faults.filter((fault) => typeof fault === "string"))],
  };
}

/** What is wrong with a proxy and the ways over it. Its tasks may run in any of its subnets. */
function faultsOver(source: Side, graph: Graph, proxy: Host, found: readonly Arrival[]): Fault[] {
  const { urn, desiredCount } = proxy;
  const isScaled = source.snapshot.resources.some(({ type }) => type.startsWith("aws:appautoscaling/"));
  const says = `${urn} runs no task (desiredCount 0): GitLab's proxy does not answer.`;
  return [
    ...(desiredCount === 0 ? [isScaled ? says : { urn, says }] : []),
    ...interfacesOf(graph, [urn]).flatMap((at) => {
      const ways = found.filter((arrival) => arrival.at === at);
      const faults = ways.map((way) => faultsOnTheWay(source, graph, way));
      const best = faults.sort((a, b) => a.length - b.length)[0];
      return [
        ...(best ?? [`${urn}: no packet of GitLab reaches it in ${at.subnet.urn}.`]),
        ...faultsBehind(graph, at),
      ];
    }),
  ];
}

function squidFaults(graph: Graph, { urn, squidConf }: Host, host: string): Fault[] {
  if (squidConf === undefined) return [`${urn}: what it lets through is not known.`];
  return interfacesOf(graph, [urn])
    .slice(0, 1)
    .filter(({ subnet }) => !squidLetsThrough(squidConf, host, localRanges(graph.network, subnet.vpc)))
    .map(() => `${urn}: that its squid.conf lets ${host} through is not certain.`);
}

/** Between GitLab and the proxy: every hop, its answers, and what the load balancer checks. */
function faultsOnTheWay(source: Side, graph: Graph, { at, traffic, path }: Arrival): Fault[] {
  const { network } = graph;
  const proxy = at.owner.of;
  const port = traffic.from;
  const conf = at.owner.kind === "host" ? at.owner.of.squidConf : undefined;
  const isHeard =
    conf === undefined || squidPorts(conf).some((one) => traffic.from <= one && one <= traffic.to);
  const passed = path.slice(0, -1).map((urn) => interfacesOf(graph, [urn]));
  const subnets = [...new Set([...passed.flat(), at].map(({ subnet }) => subnet))];
  return [
    ...(isHeard ? [] : [`${proxy.urn}: its squid listens on no port to which packets get (${port}).`]),
    ...network.loadBalancers
      .filter(({ urn }) => path.includes(urn))
      .flatMap((balancer) => balancerFaults(source, graph, balancer, at)),
    ...subnets.flatMap((subnet) =>
      diversions(network, subnet).map(
        ({ route }) =>
          `${route.urn} leads packets between addresses of the VPC to the ${route.target.kind} ${route.target.to}.`,
      ),
    ),
    ...subnets.flatMap((from) =>
      subnets
        .filter((to) => to !== from && !answersPass(network, from, to))
        .map((to) => `Answers from ${from.urn} to ${to.urn} do not pass their network ACLs.`),
    ),
  ];
}

function balancerFaults(source: Side, graph: Graph, balancer: LoadBalancer, at: Interface): Fault[] {
  const { urn, listeners, dnsName } = balancer;
  const proxy = at.owner.of.urn;
  const forwarding = listeners.filter(({ targets }) => targets.some(({ to }) => to === proxy));
  const plain = forwarding.filter(({ protocol }) => protocol === "TCP");
  const checks = plain.flatMap(({ targets }) =>
    targets.flatMap(({ to, healthCheck }) =>
      to === proxy && healthCheck !== undefined ? [healthCheck] : [],
    ),
  );
  const passes = (port: number) =>
    interfacesOf(graph, [urn]).some((one) =>
      delivers(graph, one, at, { protocol: "tcp", from: port, to: port }),
    );
  const failing = checks.filter(({ protocol, port }) => protocol !== "TCP" || !passes(port));
  const said = source.snapshot.outputs.proxyUrl;
  const asked = plain.map(({ port }) => `http://${dnsName ?? ""}:${port}`);
  const isAsked = typeof said !== "string" || dnsName === undefined || asked.includes(said);
  return [
    ...(forwarding.length > 0 && plain.length === 0
      ? [`${urn}: its listener does not pass TCP on to ${proxy} as it is.`]
      : []),
    ...failing.map(
      ({ protocol, port }) =>
        `${urn}: its health check of ${proxy} by ${protocol} on port ${port} cannot succeed.`,
    ),
    ...(isAsked ? [] : [`GitLab's proxy is ${said}, which is not ${asked.join(" or ")}.`]),
  ];
}

/** Whether answers get through the network ACLs of two subnets, which keep no state. */
function answersPass(network: Network, from: Subnet, to: Subnet): boolean {
  const far = (subnet: Subnet) => AddressSet.of(...subnet.cidrBlocks).intersect(AddressSet.ipv4);
  return (
    far(to).minus(aclPasses(network, from, "egress", EPHEMERAL)).isEmpty &&
    far(from).minus(aclPasses(network, to, "ingress", EPHEMERAL)).isEmpty
  );
}

/** The addresses that a subnet's network ACL, or else its VPC's default one, lets through on all of some TCP ports. */
function aclPasses(
  network: Network,
  { networkAcl, vpc }: Subnet,
  way: Direction,
  ports: { readonly from: number; readonly to: number },
): AddressSet {
  const { networkAcls } = network;
  const acl =
    networkAcls.find(({ urn }) => urn === networkAcl) ??
    networkAcls.find((one) => one.vpc === vpc && one.urn.includes("/defaultNetworkAcl:"));
  if (acl === undefined) return AddressSet.all;
  return trafficClasses(network)
    .filter(({ protocol, from, to }) => protocol === "tcp" && from <= ports.to && ports.from <= to)
    .reduce((all, traffic) => all.intersect(aclAdmits(acl[way], traffic)), AddressSet.all);
}

/** The routes of an interface's subnet to NAT gateways that are shown. */
function routesToNat(network: Network, { subnet }: Interface): (RoutedSet & { readonly nat: NatGateway })[] {
  const sets = routedSets(tableOf(network, subnet)?.routes ?? [], localRanges(network, subnet.vpc));
  return sets.flatMap((set) =>
    network.natGateways
      .filter(({ urn, connectivity }) => urn === set.route.target.to && connectivity === "public")
      .map((nat) => ({ ...set, nat })),
  );
}

function leadsToNat(network: Network, one: Interface): boolean {
  return routesToNat(network, one).length > 0;
}

/** Between who connects to CodeCommit and the Internet: filters, routes, and each NAT gateway's own subnet. */
function faultsBehind(graph: Graph, one: Interface): Fault[] {
  const { network } = graph;
  const { urn } = one.owner.of;
  const https = { protocol: "tcp", from: HTTPS, to: HTTPS };
  const ways = routesToNat(network, one);
  const routed = ways.reduce((set, { to }) => set.union(to), AddressSet.none);
  const open = groupsAdmit(graph, one, "egress", https)
    .intersect(aclPasses(network, one.subnet, "egress", https))
    .intersect(aclPasses(network, one.subnet, "ingress", EPHEMERAL));
  const nowhere = `none of its packets to port 443 gets to a NAT gateway that is shown`;
  if (ways.length === 0) return [`${urn}: ${nowhere}.`];
  return [
    ...ways.flatMap(({ route, nat }) => [
      ...(route.isBlackhole === true
        ? [
            {
              urn: route.urn,
              says: `${route.urn} leads to what is gone (blackhole): nothing gets to ${nat.urn}.`,
            },
          ]
        : []),
      ...natFaults(network, nat, one.subnet),
    ]),
    ...(PUBLIC.minus(routed).isEmpty
      ? []
      : [`${urn}: its routes lead to a NAT gateway for a part of the Internet only.`]),
    ...(PUBLIC.minus(open).isEmpty
      ? []
      : [`${urn}: its filters do not let all of its packets to port 443 out.`]),
  ];
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html */
function natFaults(network: Network, nat: NatGateway, from: Subnet): Fault[] {
  const subnet = network.subnets.find(({ urn }) => urn === nat.subnet);
  const table = subnet && tableOf(network, subnet);
  if (subnet === undefined || table === undefined)
    return [`${nat.urn}: the routes of its subnet ${nat.subnet} are not shown.`];
  const sets = routedSets(table.routes, localRanges(network, subnet.vpc));
  const out = sets.filter(
    ({ route }) => route.isBlackhole !== true && kindOf(network, route) === "internet gateway",
  );
  const routed = out.reduce((set, { to }) => set.union(to), AddressSet.none);
  const isElsewhere = ({ route, to }: RoutedSet) =>
    route.isBlackhole !== true &&
    kindOf(network, route) !== "internet gateway" &&
    !to.intersect(PUBLIC).isEmpty;
  const says = `${nat.urn} stands in ${subnet.urn}, whose routes do not lead to the Internet.`;
  const https = { from: HTTPS, to: HTTPS };
  const sides = AddressSet.of(...from.cidrBlocks).intersect(AddressSet.ipv4);
  const passes =
    PUBLIC.minus(aclPasses(network, subnet, "egress", https)).isEmpty &&
    PUBLIC.minus(aclPasses(network, subnet, "ingress", EPHEMERAL)).isEmpty &&
    sides.minus(aclPasses(network, subnet, "ingress", https)).isEmpty &&
    sides.minus(aclPasses(network, subnet, "egress", EPHEMERAL)).isEmpty;
  return [
    ...(PUBLIC.minus(routed).isEmpty
      ? []
      : out.length === 0 && !sets.some(isElsewhere)
        ? [{ urn: nat.urn, says }]
        : [says]),
    ...(passes
      ? []
      : [`${nat.urn}: the network ACL of ${subnet.urn} does not let all of its packets through.`]),
  ];
}

/** Types that have a say in what the names of a VPC mean. */
const NAMING = [
  "aws:route53/resolverRuleAssociation:ResolverRuleAssociation",
  "aws:route53/zoneAssociation:ZoneAssociation",
  "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
  "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
  "aws:ec2/defaultVpcDhcpOptions:DefaultVpcDhcpOptions",
];

/** Whether a resource may give a name another meaning inside a VPC: a hosted zone does for the names below its own. */
function renames({ type, inputs, outputs }: StackResource, host: string): boolean {
  if (type !== "aws:route53/zone:Zone") return NAMING.includes(type);
  const { name, vpcs } = { ...inputs, ...outputs };
  const isPrivate = Array.isArray(vpcs) && vpcs.length > 0;
  return isPrivate && (typeof name !== "string" || `.${host}.`.endsWith(`.${name.replace(/\.$/, "")}.`));
}

/** What makes CodeCommit's name, or the proxy's, mean something else in the VPCs that push, or nothing. */
function namesOf(
  { network, snapshot }: Side,
  start: readonly Interface[],
  host: string,
  proxyNames: readonly string[],
): Fault[] {
  const vpcs = new Set(start.map(({ subnet }) => subnet.vpc));
  const blocked = network.resolverFirewalls
    .filter(({ vpc }) => vpcs.has(vpc))
    .flatMap((firewall) => [host, ...proxyNames].map((name) => ({ name, rule: ruleFor(firewall, name) })))
    .flatMap(({ name, rule }) => (rule?.action === "BLOCK" ? [`${rule.urn} blocks the name ${name}.`] : []));
  return [
    ...network.endpoints
      .filter(
        ({ vpc, privateDns, serviceName }) => vpcs.has(vpc) && privateDns && gitHostOf(serviceName) === host,
      )
      .map(({ urn }) => ({
        urn,
        says:
          `${urn} answers for ${host} in GitLab's VPC with private addresses: GitLab refuses to mirror there, and ` +
          "CodeCommit does not see the NAT addresses.",
      })),
    ...blocked,
    ...network.vpcs
      .filter(({ urn, resolvesNames }) => vpcs.has(urn) && resolvesNames === false)
      .map(({ urn }) => `${urn} has no resolver (enableDnsSupport), so ${host} cannot be found.`),
    ...snapshot.resources
      .filter((resource) => renames(resource, host))
      .map(({ urn }) => `${urn} may give ${host} another meaning in GitLab's VPC.`),
    ...snapshot.resources
      .filter(blocksWaysOut)
      .map(({ urn }) => `${urn} may block what passes Internet gateways.`),
  ];
}

/**
 * Whether an account's block of public access may reach NAT gateways too: one of what comes in lets them out.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
 */
function blocksWaysOut(resource: StackResource): boolean {
  if (resource.type !== "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions") return false;
  const mode = propertiesOf(resource).internetGatewayBlockMode;
  return mode !== "off" && mode !== "block-ingress";
}

/** What keeps isolated terminals from the pull endpoints. @param hosts where the repositories are */
export function wayIn(
  { pullEndpoints, target }: Gate,
  cidrs: readonly string[],
  hosts: readonly string[],
): string[] {
  if (cidrs.length === 0)
    return ["From where isolated terminals pull is not declared (isolatedTerminalCidrs)."];
  const terminals = AddressSet.of(...cidrs);
  return pullEndpoints.flatMap((endpoint) => [
    ...groupFaults(endpoint, target.network, terminals),
    ...subnetFaults(endpoint, target.network, terminals),
    ...nameFaults(endpoint, hosts),
  ]);
}

function nameFaults({ urn, serviceName }: Endpoint, hosts: readonly string[]): string[] {
  const answered = gitHostOf(serviceName) ?? serviceName;
  const others = hosts.filter((host) => host !== answered);
  return others.map((host) => `${urn}: it answers for ${answered}, and clone URLs lead to ${host}.`);
}

function groupFaults({ urn, id, policy, securityGroups }: Endpoint, network: Network, terminals: AddressSet) {
  if (id === undefined || policy === undefined) return [`${urn}: its id or policy is not known.`];
  const https = { protocol: "tcp", from: HTTPS, to: HTTPS };
  const groups = network.securityGroups.filter((group) => securityGroups.includes(group.urn));
  const missing = terminals.minus(admitted(groups, "ingress", https).addresses);
  if (missing.isEmpty) return [];
  return [`${urn}: its security groups do not let all isolated terminals in on port 443.`];
}

function subnetFaults({ urn, subnets }: Endpoint, network: Network, terminals: AddressSet): string[] {
  const https = { from: HTTPS, to: HTTPS };
  const shown = network.subnets.filter((subnet) => subnets.includes(subnet.urn));
  const shut = shown.filter(
    (subnet) =>
      !terminals.minus(aclPasses(network, subnet, "ingress", https)).isEmpty ||
      !terminals.minus(aclPasses(network, subnet, "egress", EPHEMERAL)).isEmpty,
  );
  return [
    ...(subnets.length === 0 ? [`${urn}: it stands in no subnet, so nothing reaches it.`] : []),
    ...shut.map(
      (subnet) => `${urn}: the network ACL of ${subnet.urn} does not let all isolated terminals through.`,
    ),
  ];
}
