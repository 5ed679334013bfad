/** C6: the isolated network has no way out but its declared conduits. */
import type { CounterExample, Verdict } from "../claims/verdict";
import type { Deployment, Endpoint, Network, Reference, Side } from "../deployment/deployment";
import { AddressSet } from "./addressSet";
import { judge, packet, type Findings } from "../claims/judgement";
import { openPoints } from "./openPoints";
import { isGitEndpoint, unpinned } from "./pinned";
import { resolverFindings } from "./resolver";

const HTTPS = { protocol: "tcp", from: 443 };

/** Decides C6. */
export function isolatedHasNoWayOut({ target }: Deployment): Verdict {
  return judge(
    {
      claim: "C6",
      statement: "The isolated network has no way out but its declared conduits.",
      proved: "No packet leaves the isolated VPC but by endpoints that admit this account alone.",
      assumptions: [
        "The room's own link leads to the isolated VPC with fixed CIDRs and routes, and nowhere else.",
        "AWS enforces routes, security groups, endpoint policies and the DNS Firewall as it documents them.",
        "What people in production may do with the control plane of other services is outside the proof.",
      ],
    },
    () => (target === undefined ? open("The target is not shown.") : findings(target)),
  );
}

function open(reason: string): Findings {
  return { evidence: [], counterExamples: [], reasons: [reason] };
}

function findings(target: Side): Findings {
  const { network } = target;
  const pulls = network.endpoints.filter(isGitEndpoint);
  if (pulls.length === 0) {
    return open(
      "No pull endpoint is shown, so nothing is shown of the network that pulls: pull through an endpoint in a VPC of this " +
        "deployment (mode endpoint), or show by other means that the room's network leads nowhere else.",
    );
  }
  const vpcs = [...new Set(pulls.map(({ vpc }) => vpc))].sort();
  const parts = vpcs.map((vpc) =>
    network.vpcs.some(({ urn }) => urn === vpc)
      ? vpcFindings(target, vpc)
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

function vpcFindings(target: Side, vpc: Reference): Findings {
  const { network } = target;
  const endpoints = network.endpoints.filter((endpoint) => endpoint.vpc === vpc);
  const resolver = resolverFindings(network, vpc, endpoints);
  const account = target.accountId;
  return {
    evidence: resolver.evidence,
    counterExamples: [
      ...leaving(network, vpc),
      ...(account === undefined ? [] : endpoints.flatMap((one) => endpointExamples(network, one, account))),
      ...resolver.counterExamples,
    ],
    reasons: [
      ...endpoints
        .filter(({ policy }) => policy === undefined)
        .map(({ urn }) => `${urn}: its policy is not known`),
      ...(account === undefined
        ? ["The target's account is not known, so no endpoint can be pinned to it"]
        : []),
      ...network.subnets
        .filter((subnet) => subnet.vpc === vpc && isServedUnseen(network, vpc, subnet.routeTable))
        .map(({ urn }) => `${urn} is served by a route table that is not shown`),
    ],
  };
}

function isServedUnseen(network: Network, vpc: Reference, table: Reference | undefined): boolean {
  const serving = table ?? network.vpcs.find(({ urn }) => urn === vpc)?.mainRouteTable;
  return !network.routeTables.some(({ urn }) => urn === serving);
}

/** What runs in subnets that are not shown: they could be the isolated VPC's. */
function standingNowhere(network: Network): string[] {
  return [...network.hosts, ...network.loadBalancers].flatMap(({ urn, subnets }) =>
    subnets
      .filter((subnet) => !network.subnets.some((one) => one.urn === subnet))
      .map((subnet) => `${urn} is in the subnet ${subnet}, which is not shown`),
  );
}

/** Gateways, routes and whatever runs there. Each is a way out, or one route away from it. */
function leaving(network: Network, vpc: Reference): CounterExample[] {
  const inside = AddressSet.of(...(network.vpcs.find(({ urn }) => urn === vpc)?.cidrBlocks ?? []));
  const outside = AddressSet.all.minus(inside);
  const subnets = network.subnets.filter((subnet) => subnet.vpc === vpc).map(({ urn }) => urn);
  const served = new Set(network.subnets.filter((s) => s.vpc === vpc).map((s) => s.routeTable));
  const via = (what: string, urn: string, to: AddressSet = outside) =>
    packet(`A packet leaves the isolated VPC by ${what} ${urn}.`, inside, to, HTTPS, [vpc, urn]);
  return [
    ...network.gateways
      .filter(({ vpcs }) => vpcs.includes(vpc))
      .map(({ urn, kind }) => via(`the ${kind}`, urn)),
    ...network.natGateways
      .filter(({ subnet }) => subnets.includes(subnet))
      .map(({ urn }) => via("the NAT gateway", urn)),
    ...network.routeTables
      .filter((table) => table.vpc === vpc || served.has(table.urn))
      .flatMap(({ urn: table, routes }) =>
        routes.map(({ urn, destination, target }) =>
          packet(
            `A packet leaves the isolated VPC by the route ${urn} to the ${target.kind} ${target.to}.`,
            inside,
            "cidr" in destination ? AddressSet.of(destination.cidr) : outside,
            HTTPS,
            [...new Set([vpc, table, urn, target.to])],
          ),
        ),
      ),
    ...[...network.hosts, ...network.loadBalancers]
      .filter((one) => one.subnets.some((subnet) => subnets.includes(subnet)))
      .map(({ urn }) => via("what runs in it, which may have another leg elsewhere:", urn)),
  ];
}

function endpointExamples(network: Network, endpoint: Endpoint, account: string): CounterExample[] {
  const { urn, vpc, kind, serviceName } = endpoint;
  const inside = AddressSet.of(...(network.vpcs.find((one) => one.urn === vpc)?.cidrBlocks ?? []));
  const isAwsService = /^(com|aws)\./.test(serviceName) && !serviceName.includes(".vpce-svc-");
  const why =
    !isAwsService || !["Interface", "Gateway"].includes(kind)
      ? [`leads to ${serviceName}, where no endpoint policy decides`]
      : unpinned(endpoint, account).map((label) => `lets other accounts' requests through by ${label}`);
  return why.map((reason) => packet(`The endpoint ${urn} ${reason}.`, inside, inside, HTTPS, [vpc, urn]));
}
