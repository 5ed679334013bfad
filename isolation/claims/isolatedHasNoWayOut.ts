/** C6: the isolated network has no way out but its declared conduits. */
import type { CounterExample, Findings } from "../verdict";
import type { Endpoint, Gateway, Network, Reference, Route, Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { packet } from "./judgement";
import { openPoints } from "../packets/openPoints";
import { pullEndpointsOf, unpinned } from "../packets/pinned";
import { endpointName } from "../packets/resolver";
import { resolverFindings } from "./resolver";
import type { Claim } from "./claim";
import { sideOf } from "./gate";

const HTTPS = { protocol: "tcp", from: 443 };

/** C6. */
export const isolatedHasNoWayOut: Claim<"C6"> = {
  id: "C6",
  title: "The isolated network has no way out",
  statement: "The isolated network has no way out but its declared conduits.",
  proved: () => "No packet leaves the isolated VPC but by endpoints that admit this account alone.",
  assumptions: () => [
    "The room's own link leads to the isolated VPC with fixed CIDRs and routes, and nowhere else.",
    "AWS enforces routes, security groups, endpoint policies and the DNS Firewall as it documents them.",
    "What people in production may do with the control plane of other services is outside the proof.",
  ],
  needs: ["target"],
  wayBack: { to: "outside" },
  isSeenByPolicies: true,
  decide: ({ deployment }) =>
    findings(sideOf(deployment, "target"), deployment.declared.isolatedTerminalCidrs),
};

function open(reason: string): Findings {
  return { evidence: [], counterExamples: [], reasons: [reason] };
}

function findings(target: Side, room: readonly string[]): Findings {
  const { network } = target;
  const pulls = pullEndpointsOf(network, room);
  if (pulls.length === 0) {
    return open(
      "No pull endpoint is shown, so nothing is shown of the network that pulls: pull through an endpoint in a VPC of this " +
        "deployment (mode endpoint), or show by other means that the room's network leads nowhere else.",
    );
  }
  const vpcs = [...new Set(pulls.map(({ vpc }) => vpc))].sort();
  const parts = vpcs.map((vpc) =>
    network.vpcs.some(({ urn }) => urn === vpc)
      ? vpcFindings(target, vpc, room)
      : open(
          `${vpc} is a VPC outside of the deployment: its routes, gateways, endpoints and resolver are not shown.`,
        ),
  );
  return {
    evidence: [
      { what: "isolated VPCs", values: vpcs },
      {
        what: "endpoints in them",
        values: network.endpoints.filter(({ vpc }) => vpcs.includes(vpc)).map(({ urn }) => urn),
      },
      ...parts.flatMap(({ evidence }) => evidence),
    ],
    counterExamples: parts.flatMap(({ counterExamples }) => counterExamples),
    reasons: [...parts.flatMap(({ reasons }) => reasons), ...standingNowhere(network), ...openPoints(target)],
  };
}

function vpcFindings(target: Side, vpc: Reference, room: readonly string[]): Findings {
  const { network } = target;
  const endpoints = network.endpoints.filter((endpoint) => endpoint.vpc === vpc);
  const own = endpoints.map(endpointName);
  const resolver = resolverFindings(network, vpc, (name) => own.includes(name));
  const account = target.accountId;
  const link = roomLink(network, vpc, room);
  return {
    evidence: resolver.evidence,
    counterExamples: [
      ...leaving(network, vpc)
        .filter(({ by }) => !link.some((part) => part === by))
        .map(({ example }) => example),
      ...(account === undefined ? [] : endpoints.flatMap((one) => endpointExamples(network, one, account))),
      ...resolver.counterExamples,
    ],
    reasons: [
      ...link.map(({ urn }) => `${urn} is taken for the room's link: what lies behind it is not shown`),
      ...endpoints
        .filter(({ policy }) => policy === undefined)
        .map(({ urn }) => `${urn}: its policy is not known`),
      ...(account === undefined
        ? ["The target's account is not known, so no endpoint can be pinned to it"]
        : []),
      ...network.subnets
        .filter((subnet) => subnet.vpc === vpc && isServedUnseen(network, vpc, subnet.routeTable))
        .map(({ urn }) => `${urn} is served by a route table that is not shown`),
      ...inSubnetsNotShown(network, endpoints),
    ],
  };
}

function isServedUnseen(network: Network, vpc: Reference, table: Reference | undefined): boolean {
  const serving = table ?? network.vpcs.find(({ urn }) => urn === vpc)?.mainRouteTable;
  return !network.routeTables.some(({ urn }) => urn === serving);
}

/** What runs in subnets that are not shown: they could be the isolated VPC's. */
function standingNowhere(network: Network): string[] {
  return inSubnetsNotShown(network, [...network.hosts, ...network.loadBalancers]);
}

function inSubnetsNotShown(
  network: Network,
  owners: readonly { readonly urn: Reference; readonly subnets: readonly Reference[] }[],
): string[] {
  return owners.flatMap(({ urn, subnets }) =>
    subnets
      .filter((subnet) => !network.subnets.some((one) => one.urn === subnet))
      .map((subnet) => `${urn} is in the subnet ${subnet}, which is not shown`),
  );
}

/**
 * The room's own link, if it is made here: virtual private and transit gateways to which routes lead, all of them to
 * addresses of the declared isolated terminals.
 */
function roomLink(network: Network, vpc: Reference, room: readonly string[]): readonly (Gateway | Route)[] {
  const terminals = AddressSet.of(...room);
  const gateways = network.gateways.filter(
    ({ kind, vpcs }) =>
      vpcs.includes(vpc) && (kind === "virtual private gateway" || kind === "transit gateway"),
  );
  const routes = routesOf(network, vpc)
    .map(({ route }) => route)
    .filter(
      ({ target }) => target.kind === "transit gateway" || gateways.some(({ urn }) => urn === target.to),
    );
  const isRooms = routes.every(
    ({ destination }) => "cidr" in destination && AddressSet.of(destination.cidr).minus(terminals).isEmpty,
  );
  if (gateways.length === 0 || routes.length === 0 || !isRooms) return [];
  return [...gateways, ...routes];
}

function routesOf(network: Network, vpc: Reference): { readonly table: Reference; readonly route: Route }[] {
  const served = new Set(network.subnets.filter((s) => s.vpc === vpc).map((s) => s.routeTable));
  return network.routeTables
    .filter((table) => table.vpc === vpc || served.has(table.urn))
    .flatMap(({ urn, routes }) => routes.map((route) => ({ table: urn, route })));
}

/** Gateways, routes and whatever runs there. Each is a way out, or one route away from it. */
function leaving(
  network: Network,
  vpc: Reference,
): { readonly by: object; readonly example: CounterExample }[] {
  const inside = AddressSet.of(...(network.vpcs.find(({ urn }) => urn === vpc)?.cidrBlocks ?? []));
  const outside = AddressSet.all.minus(inside);
  const subnets = network.subnets.filter((subnet) => subnet.vpc === vpc).map(({ urn }) => urn);
  const via = (what: string, by: { readonly urn: string }) => ({
    by,
    example: packet(
      `A packet leaves the isolated VPC by ${what} ${by.urn}.`,
      { from: inside, to: outside },
      HTTPS,
      [vpc, by.urn],
    ),
  });
  return [
    ...network.gateways
      .filter(({ vpcs }) => vpcs.includes(vpc))
      .map((gateway) => via(`the ${gateway.kind}`, gateway)),
    ...network.natGateways
      .filter(({ subnet }) => subnets.includes(subnet))
      .map((nat) => via("the NAT gateway", nat)),
    ...routesOf(network, vpc).map(({ table, route }) => {
      const { urn, destination, target } = route;
      const says = `A packet leaves the isolated VPC by the route ${urn} to the ${target.kind} ${target.to}.`;
      const to = "cidr" in destination ? AddressSet.of(destination.cidr) : outside;
      const path = [...new Set([vpc, table, urn, target.to])];
      return { by: route, example: packet(says, { from: inside, to }, HTTPS, path) };
    }),
    ...[...network.hosts, ...network.loadBalancers]
      .filter((one) => one.subnets.some((subnet) => subnets.includes(subnet)))
      .map((one) => via("what runs in it, which may have another leg elsewhere:", one)),
  ];
}

function endpointExamples(network: Network, endpoint: Endpoint, account: string): CounterExample[] {
  const { urn, vpc, kind, serviceName } = endpoint;
  const inside = AddressSet.of(...(network.vpcs.find((one) => one.urn === vpc)?.cidrBlocks ?? []));
  const isAwsService =
    /^((cn\.)?com\.amazonaws|aws)\./.test(serviceName) && !serviceName.includes(".vpce-svc-");
  const why =
    !isAwsService || !["Interface", "Gateway"].includes(kind)
      ? [`leads to ${serviceName}, where no endpoint policy decides`]
      : unpinned(endpoint, account).map((label) => `lets other accounts' requests through by ${label}`);
  return why.map((reason) =>
    packet(`The endpoint ${urn} ${reason}.`, { from: inside, to: inside }, HTTPS, [vpc, urn]),
  );
}
