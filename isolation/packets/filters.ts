/** What security groups and network ACLs let through, as sets of addresses for each class of traffic. */
import type {
  Network,
  NetworkAclEntry,
  PortRange,
  Reference,
  SecurityGroup,
  SecurityGroupRule,
} from "../model/deployment";
import { AddressSet } from "./addressSet";

/** A protocol and ports between which no rule of the network makes a difference. */
export type TrafficClass = PortRange;

export type Direction = "ingress" | "egress";

/** Every class of traffic that the network's rules and listeners tell apart, and one unknown protocol. */
export function trafficClasses(network: Network): TrafficClass[] {
  const ranges = [
    ...network.securityGroups.flatMap(({ ingress, egress }) => [...ingress, ...egress]),
    ...network.networkAcls.flatMap(({ ingress, egress }) => [...ingress, ...egress]),
  ].map(({ ports }) => ports);
  const listened = network.loadBalancers.flatMap(({ listeners }) =>
    listeners.flatMap(({ port, targets }) => [port, ...targets.map((target) => target.port)]),
  );
  const protocols = new Set(["tcp", "udp", "icmp", "icmpv6", "other"]);
  for (const { protocol } of ranges) if (protocol !== "all") protocols.add(protocol);
  const cuts = new Set([0, 65536, 443, 444]);
  for (const { from, to } of ranges) cuts.add(from).add(to + 1);
  for (const port of listened) cuts.add(port).add(port + 1);
  const sorted = [...cuts].filter((cut) => cut >= 0 && cut <= 65536).sort((a, b) => a - b);
  return [...protocols].flatMap((protocol) =>
    sorted.slice(0, -1).map((from, i) => ({ protocol, from, to: (sorted[i + 1] ?? 65536) - 1 })),
  );
}

/** Whether a rule's ports include a class. */
export function covers(ports: PortRange, traffic: TrafficClass): boolean {
  return (
    (ports.protocol === "all" || ports.protocol === traffic.protocol) &&
    (ports.protocol === "all" || (ports.from <= traffic.from && traffic.to <= ports.to))
  );
}

/** What some groups let through together, by address and by membership. */
export interface Admitted {
  readonly addresses: AddressSet;
  /** Groups whose members are let through, by their private addresses. */
  readonly groups: readonly Reference[];
  /** Rules that name a prefix list, whose ranges are not known. */
  readonly unknown: readonly SecurityGroupRule[];
}

/**
 * What the groups of an interface admit: any rule of any of them suffices. Replies to what was admitted pass by
 * themselves. A rule for a group admits the private addresses of that group's members.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function admitted(groups: readonly SecurityGroup[], way: Direction, traffic: TrafficClass): Admitted {
  const rules = groups.flatMap((group) => group[way]).filter(({ ports }) => covers(ports, traffic));
  return {
    addresses: AddressSet.of(...rules.flatMap(({ peer }) => ("cidr" in peer ? [peer.cidr] : []))),
    groups: rules.flatMap(({ peer }) => ("group" in peer ? [peer.group] : [])),
    unknown: rules.filter(({ peer }) => "prefixList" in peer),
  };
}

/**
 * The addresses that a network ACL lets through: the first entry that matches decides, and none means no.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export function aclAdmits(entries: readonly NetworkAclEntry[], traffic: TrafficClass): AddressSet {
  let decided = AddressSet.none;
  let open = AddressSet.none;
  for (const { allow, ports, cidr } of entries) {
    if (!covers(ports, traffic)) continue;
    const range = AddressSet.of(cidr);
    if (allow) open = open.union(range.minus(decided));
    decided = decided.union(range);
  }
  return open;
}
