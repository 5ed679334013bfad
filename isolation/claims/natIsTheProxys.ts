/** C13: nothing but the proxy can use the NAT addresses. */
import type { Findings } from "../verdict";
import type { NatGateway, Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { graphOf } from "../packets/interfaces";
import { packet } from "./judgement";
import { openPoints } from "../packets/openPoints";
import { listRoutes, routedSets, tableOf } from "../packets/routing";
import { localRanges, waysOut } from "../packets/wayOut";
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
    const reason = "No NAT gateway is shown, so it cannot be told who uses the addresses that push.";
    return { evidence: [], counterExamples: [], reasons: [reason] };
  }
  const graph = graphOf(network);
  const isNat = (to: string) => nats.some(({ urn }) => urn === to);
  const leading = network.subnets.flatMap((subnet) => {
    const table = tableOf(network, subnet);
    const sets = routedSets(table?.routes ?? [], localRanges(network, subnet.vpc));
    return sets
      .filter(({ route }) => isNat(route.target.to))
      .map(({ route, to }) => ({ subnet, table: table?.urn ?? subnet.urn, route, to }));
  });
  const users = leading.flatMap((way) =>
    graph.interfaces
      .filter(({ owner, subnet }) => owner.kind === "host" && subnet.urn === way.subnet.urn)
      .map((one) => ({ ...way, one })),
  );
  const strangers = users.filter(({ one: { owner } }) => owner.kind !== "host" || owner.of.role !== "proxy");
  const elsewhere = network.elasticIps.filter(
    ({ urn, associatedWith }) =>
      associatedWith !== undefined && nats.some(({ elasticIps }) => elasticIps.includes(urn)),
  );
  const vpcs = new Set(leading.map(({ subnet }) => subnet.vpc));
  return {
    evidence: [
      { what: "NAT gateways", values: nats.map(shown) },
      { what: "subnets whose routes lead there", values: unique(leading.map(({ subnet }) => subnet.urn)) },
      { what: "hosts in them", values: unique(users.map(({ one }) => one.owner.of.urn)) },
    ],
    counterExamples: [
      ...strangers.map(({ one, subnet, table, route, to }) => {
        const open = waysOut(graph, one).find((way) => way.route === route);
        const says = `${one.owner.of.urn}, which is no proxy, stands where routes lead to the NAT gateway ${route.target.to}.`;
        return packet(says, one.addresses, open?.to ?? to, open?.traffic ?? { protocol: "tcp", from: 443 }, [
          ...new Set([one.owner.of.urn, subnet.urn, table, route.urn, route.target.to]),
        ]);
      }),
      ...elsewhere.map(({ urn, publicIp, associatedWith = "" }) => {
        const from = publicIp === undefined ? AddressSet.none : AddressSet.of(publicIp);
        const says = `${associatedWith} sends from the Elastic IP ${urn}, which is a NAT gateway's.`;
        return packet(says, from, AddressSet.ipv4, { protocol: "tcp", from: 443 }, [associatedWith, urn]);
      }),
    ],
    reasons: [
      ...graph.unplaced,
      ...network.subnets.flatMap((subnet) => {
        const table = tableOf(network, subnet);
        const standing = graph.interfaces.some(
          (one) =>
            one.subnet.urn === subnet.urn && one.owner.kind === "host" && one.owner.of.role !== "proxy",
        );
        if (!standing) return [];
        if (table === undefined) return [`${subnet.urn} is served by a route table that is not shown`];
        return listRoutes(table.routes)
          .filter(({ target }) => isNat(target.to))
          .map(({ urn }) => `${urn} leads to a NAT gateway by a prefix list, whose ranges are not known`);
      }),
      ...network.routeTables
        .flatMap(({ routes }) => routes)
        .filter(({ target }) => target.kind === "network interface")
        .map(({ urn, target }) => `${urn} leads to the interface ${target.to}, which may pass packets on`),
      // Packets from a transit gateway can use NAT: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html
      ...network.gateways
        .filter(
          ({ kind, vpcs: attached }) => kind === "transit gateway" && attached.some((vpc) => vpcs.has(vpc)),
        )
        .map(({ urn }) => `${urn} lets other networks in, whose packets may take the NAT gateways' routes`),
      ...openPoints(source),
    ],
  };
}

function shown({ urn, publicIp }: NatGateway): string {
  return publicIp === undefined ? urn : `${urn} (${publicIp})`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
