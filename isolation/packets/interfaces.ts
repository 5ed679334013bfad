/** The network interfaces of a deployment, and which of them can send packets to which. */
import type {
  Endpoint,
  Host,
  LoadBalancer,
  Network,
  NetworkAcl,
  Reference,
  SecurityGroup,
  Subnet,
} from "../model/deployment";
import { AddressSet } from "./addressSet";
import { aclAdmits, admitted, type Direction, type TrafficClass } from "./filters";

/** What a host, load balancer or endpoint has in one subnet. */
export interface Interface {
  readonly owner:
    | { readonly kind: "host"; readonly of: Host }
    | { readonly kind: "load balancer"; readonly of: LoadBalancer }
    | { readonly kind: "endpoint"; readonly of: Endpoint };
  readonly subnet: Subnet;
  /** Its one address where that is known, else those of its subnet. */
  readonly addresses: AddressSet;
  readonly groups: readonly SecurityGroup[];
  /** A load balancer without groups lets everything in. */
  readonly isUnfiltered: boolean;
}

/** A network's interfaces, and what stands between them. */
export interface Graph {
  readonly network: Network;
  readonly interfaces: readonly Interface[];
  /** Sentences about what could not be placed, each naming the resource. */
  readonly unplaced: readonly string[];
}

/** Places everything that has interfaces in its subnets. */
export function graphOf(network: Network): Graph {
  const unplaced: string[] = [];
  const owners: Interface["owner"][] = [
    ...network.hosts.map((of) => ({ kind: "host" as const, of })),
    ...network.loadBalancers.map((of) => ({ kind: "load balancer" as const, of })),
    ...network.endpoints
      .filter(({ kind }) => kind !== "Gateway")
      .map((of) => ({ kind: "endpoint" as const, of })),
  ];
  const interfaces = owners.flatMap((owner) => {
    const groups = owner.of.securityGroups.flatMap((reference) => {
      const group = network.securityGroups.find(({ urn }) => urn === reference);
      if (group === undefined)
        unplaced.push(`${owner.of.urn} is in the security group ${reference}, which is not shown`);
      return group === undefined ? [] : [group];
    });
    const named = owner.of.securityGroups.length;
    return owner.of.subnets.flatMap((reference): Interface[] => {
      const subnet = network.subnets.find(({ urn }) => urn === reference);
      if (subnet === undefined) {
        unplaced.push(`${owner.of.urn} is in the subnet ${reference}, which is not shown`);
        return [];
      }
      // What names no group gets the VPC's default one.
      const vpc = network.vpcs.find(({ urn }) => urn === subnet.vpc);
      if (vpc === undefined) unplaced.push(`${owner.of.urn} is in the VPC ${subnet.vpc}, which is not shown`);
      const standard = network.securityGroups.filter(({ urn }) => urn === vpc?.defaultSecurityGroup);
      if (named === 0 && standard.length === 0 && owner.kind !== "load balancer") {
        unplaced.push(`${owner.of.urn} names no security group, and its VPC's default one is not shown`);
      }
      return [
        {
          owner,
          subnet,
          addresses: addressesOf(owner, subnet),
          groups: named === 0 && owner.kind !== "load balancer" ? standard : groups,
          isUnfiltered: named === 0 && owner.kind === "load balancer",
        },
      ];
    });
  });
  return { network, interfaces, unplaced };
}

/** Its known IPv4 address beside the subnet's IPv6 range, or else all of the subnet. */
function addressesOf(owner: Interface["owner"], { urn, cidrBlocks }: Subnet): AddressSet {
  const all = AddressSet.of(...cidrBlocks);
  const known =
    owner.kind === "host"
      ? owner.of.privateIp
      : owner.kind === "load balancer"
        ? owner.of.privateIps[urn]
        : undefined;
  return known === undefined ? all : all.intersect(AddressSet.ipv6).union(AddressSet.of(known));
}

/**
 * What the network ACL of a subnet lets through; a subnet without one of its own has the default one, which lets
 * everything through unless it was changed.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
 */
export function subnetAdmits(
  network: Network,
  subnet: Subnet,
  way: Direction,
  traffic: TrafficClass,
): AddressSet {
  const acl = aclOf(network, subnet);
  return acl === undefined ? AddressSet.all : aclAdmits(acl[way], traffic);
}

/** The network ACL that is shown for a subnet. */
function aclOf(network: Network, subnet: Subnet): NetworkAcl | undefined {
  return network.networkAcls.find(({ urn }) => urn === subnet.networkAcl);
}

/** The far addresses that an interface's groups admit, members of groups included. */
export function groupsAdmit(graph: Graph, one: Interface, way: Direction, traffic: TrafficClass): AddressSet {
  if (one.isUnfiltered) return AddressSet.all;
  const { addresses, groups } = admitted(one.groups, way, traffic);
  return graph.interfaces
    .filter((other) => other.groups.some(({ urn }) => groups.includes(urn)))
    .reduce((set, { addresses: theirs }) => set.union(theirs), addresses);
}

/** Rules of an interface's groups that name what is not shown: a prefix list, or another network's group. */
export function unknownRules(graph: Graph, one: Interface, way: Direction): string[] {
  return one.groups
    .flatMap((group) => group[way])
    .filter(
      ({ peer }) =>
        "prefixList" in peer ||
        ("group" in peer && !graph.network.securityGroups.some(({ urn }) => urn === peer.group)),
    )
    .map(({ urn }) => urn);
}

/**
 * Whether a packet of some class gets from one interface to another of the same VPC: groups at both ends and, between
 * subnets, both network ACLs (https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html). One packet is enough to
 * carry data, so no reply is asked for.
 */
export function delivers(graph: Graph, from: Interface, to: Interface, traffic: TrafficClass): boolean {
  if (from.subnet.vpc !== to.subnet.vpc) return false;
  if (!memberOrAddress(from, to, "egress", traffic) || !memberOrAddress(to, from, "ingress", traffic))
    return false;
  if (from.subnet.urn === to.subnet.urn) return true;
  const { network } = graph;
  return (
    !subnetAdmits(network, from.subnet, "egress", traffic).intersect(to.addresses).isEmpty &&
    !subnetAdmits(network, to.subnet, "ingress", traffic).intersect(from.addresses).isEmpty
  );
}

/** Whether the groups of `one` admit `other`: by a range that holds an address it may have, or as a member. */
function memberOrAddress(one: Interface, other: Interface, way: Direction, traffic: TrafficClass): boolean {
  if (one.isUnfiltered) return true;
  const { addresses, groups } = admitted(one.groups, way, traffic);
  return (
    !addresses.intersect(other.addresses).isEmpty || other.groups.some(({ urn }) => groups.includes(urn))
  );
}

/** The interfaces of some hosts or load balancers. */
export function interfacesOf(graph: Graph, owners: readonly Reference[]): Interface[] {
  return graph.interfaces.filter(({ owner }) => owners.includes(owner.of.urn));
}
