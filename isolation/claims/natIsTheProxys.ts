/** C13: nothing but the proxy can use the NAT addresses. */
import type { Findings } from "../verdict";
import type { NatGateway, Network, Reference, Subnet, Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { graphOf, type Graph, type Interface } from "../packets/interfaces";
import { packet } from "./judgement";
import { openPoints } from "../packets/openPoints";
import { faultsOf } from "../packets/proxies";
import {
  connectionsOf,
  listRoutes,
  localRanges,
  routedSets,
  tableOf,
  type RoutedSet,
} from "../packets/routing";
import { waysOut } from "../packets/wayOut";
import type { Claim } from "./claim";
import { sideOf } from "./gate";

/** C13. */
export const natIsTheProxys: Claim<"C13"> = {
  id: "C13",
  title: "Only the proxy uses the NAT addresses",
  statement: "Nothing but the proxy can use the NAT addresses.",
  proved: () => "No packet leaves by the NAT addresses but the proxy's.",
  assumptions: () => [
    "No host that the state does not show stands in a subnet whose routes lead to a NAT gateway.",
    "AWS enforces routes as it documents them.",
  ],
  needs: ["source"],
  isSeenByPolicies: true,
  decide: ({ deployment }) => findings(sideOf(deployment, "source")),
};

function findings(source: Side): Findings {
  const { network } = source;
  const nats = network.natGateways.filter(({ connectivity }) => connectivity === "public");
  if (nats.length === 0) {
    const reason = "No NAT gateway is shown, so who uses the addresses that push is not known.";
    return { evidence: [], counterExamples: [], reasons: [reason] };
  }
  const graph = graphOf(network);
  const isNat = (to: string) => nats.some(({ urn }) => urn === to);
  const leading = network.subnets.flatMap((subnet) =>
    onward(network, subnet)
      .filter(({ route }) => isNat(route.target.to))
      .map((way) => ({ subnet, ...way })),
  );
  const users = leading.flatMap((way) =>
    graph.interfaces
      .filter(({ owner, subnet }) => owner.kind === "host" && subnet.urn === way.subnet.urn)
      .map((one) => ({ ...way, one })),
  );
  const isProxy = ({ owner }: Interface) => owner.kind === "host" && owner.of.role === "proxy";
  const faults = (one: Interface) =>
    one.owner.kind === "host" && isProxy(one) ? faultsOf(source, one.owner.of) : { lets: [], unknown: [] };
  const strangers = users.filter(({ one }) => !isProxy(one) || faults(one).lets.length > 0);
  const elsewhere = network.elasticIps.filter(
    ({ urn, associatedWith }) =>
      associatedWith !== undefined && nats.some(({ elasticIps }) => elasticIps.includes(urn)),
  );
  return {
    evidence: [
      { what: "NAT gateways", values: nats.map(shown) },
      { what: "subnets whose routes lead there", values: unique(leading.map(({ subnet }) => subnet.urn)) },
      { what: "hosts in them", values: unique(users.map(({ one }) => one.owner.of.urn)) },
    ],
    counterExamples: [
      ...strangers.map(({ one, route, to, path }) => {
        const open = waysOut(graph, one).find((way) => way.route === route);
        const [fault] = faults(one).lets;
        const which = fault === undefined ? "which is not the proxy" : `which ${fault}`;
        const says = `${one.owner.of.urn}, ${which}, stands where routes lead to the NAT gateway ${route.target.to}.`;
        return packet(
          says,
          { from: one.addresses, to: open?.to ?? to },
          open?.traffic ?? { protocol: "tcp", from: 443 },
          [...new Set([one.owner.of.urn, ...path])],
        );
      }),
      ...elsewhere.map(({ urn, publicIp, associatedWith = "" }) => {
        const from = publicIp === undefined ? AddressSet.none : AddressSet.of(publicIp);
        const says = `${associatedWith} sends from the Elastic IP ${urn}, which is a NAT gateway's.`;
        return packet(says, { from, to: AddressSet.ipv4 }, { protocol: "tcp", from: 443 }, [
          associatedWith,
          urn,
        ]);
      }),
    ],
    reasons: [
      ...graph.unplaced,
      ...users.flatMap(({ one }) => faults(one).unknown.map((why) => `${one.owner.of.urn}: ${why}`)),
      ...openRoutes(network, graph, nats),
      ...openPoints(source),
    ],
  };
}

/** Routes of which it cannot be told whether they lead to the NAT gateways, as sentences. */
function openRoutes(network: Network, graph: Graph, nats: readonly NatGateway[]): string[] {
  const isNat = (to: string) => nats.some(({ urn }) => urn === to);
  const vpcs = new Set(
    nats.flatMap((nat) => network.subnets.find(({ urn }) => urn === nat.subnet)?.vpc ?? []),
  );
  // A route leads to a NAT gateway of its own VPC only; where one stands in a subnet that is not shown, any VPC may be its.
  const isBesideNat = ({ vpc }: Subnet) =>
    vpcs.has(vpc) || nats.some((nat) => !isShownSubnet(network, nat.subnet));
  return [
    ...network.subnets.flatMap((subnet) => {
      const table = tableOf(network, subnet);
      const standing = graph.interfaces.some(
        (one) => one.subnet.urn === subnet.urn && one.owner.kind === "host" && one.owner.of.role !== "proxy",
      );
      if (!standing) return [];
      if (table === undefined)
        return isBesideNat(subnet) ? [`${subnet.urn} is served by a route table that is not shown`] : [];
      return [
        ...listRoutes(table.routes)
          .filter(({ target }) => isNat(target.to) || target.kind === "endpoint")
          .map(
            ({ urn, target }) =>
              `${urn} leads to ${isNat(target.to) ? "a NAT gateway" : "an endpoint"} by a prefix list, whose ranges are not known`,
          ),
        ...onward(network, subnet)
          .filter(
            ({ route }) => route.target.kind === "endpoint" && !isShownEndpoint(network, route.target.to),
          )
          .map(
            ({ route }) =>
              `${route.urn} leads to the endpoint ${route.target.to}, which is not shown and may pass packets on to a NAT gateway`,
          ),
      ];
    }),
    ...network.routeTables
      .flatMap(({ routes }) => routes)
      .filter(({ target }) => target.kind === "network interface")
      .map(({ urn, target }) => `${urn} leads to the interface ${target.to}, which may pass packets on`),
    // Packets from a transit gateway can use NAT: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html
    ...[...vpcs].flatMap((vpc) =>
      [...connectionsOf(network, vpc)]
        .filter((kind) => kind === "transit gateway" || kind === "core network" || kind === "gateway")
        .map(
          (kind) =>
            `A ${kind} lets other networks into ${vpc}, whose packets may take the NAT gateways' routes`,
        ),
    ),
  ];
}

/** What the routes of a subnet decide, and those that packets take behind the endpoints that inspect them. */
function onward(
  network: Network,
  subnet: Subnet,
  before: readonly Reference[] = [],
): (RoutedSet & { readonly path: readonly Reference[] })[] {
  const table = tableOf(network, subnet);
  if (table === undefined || before.includes(subnet.urn)) return [];
  const here = [...before, subnet.urn];
  return routedSets(table.routes, localRanges(network, subnet.vpc)).flatMap(({ route, to }) => {
    const path = [...here, table.urn, route.urn, route.target.to];
    const behind = network.subnets.filter(({ urn }) =>
      network.endpoints.some((one) => one.urn === route.target.to && one.subnets.includes(urn)),
    );
    const further = behind.flatMap((next) =>
      onward(network, next, path).map((way) => ({ ...way, to: way.to.intersect(to) })),
    );
    return [{ route, to, path }, ...further.filter((way) => !way.to.isEmpty)];
  });
}

function isShownEndpoint({ endpoints, subnets }: Network, reference: Reference): boolean {
  const endpoint = endpoints.find(({ urn }) => urn === reference);
  return (
    endpoint !== undefined &&
    endpoint.subnets.length > 0 &&
    endpoint.subnets.every((one) => subnets.some(({ urn }) => urn === one))
  );
}

function isShownSubnet({ subnets }: Network, reference: Reference): boolean {
  return subnets.some(({ urn }) => urn === reference);
}

function shown({ urn, publicIp }: NatGateway): string {
  return publicIp === undefined ? urn : `${urn} (${publicIp})`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
