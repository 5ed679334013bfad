/** Reads security groups, whose rules are written in four forms. */
import type { PortRange, SecurityGroup, SecurityGroupRule } from "./deployment";
import type { Properties, StackResource } from "./snapshot";
import { propertiesOf, type Stack } from "./stack";
import { GROUPS, VPCS, ec2 } from "./types";

export const OLDER = ec2("SecurityGroupRule");
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

/** The properties by which the forms of a rule name ranges. */
export const PEER_RANGES = ["cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"] as const;

/** The same for prefix lists. */
export const PEER_LISTS = ["prefixListId", "prefixListIds"] as const;

const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ["-1", "all"],
  ["all", "all"],
  ["1", "icmp"],
  ["icmp", "icmp"],
  ["6", "tcp"],
  ["tcp", "tcp"],
  ["17", "udp"],
  ["udp", "udp"],
  ["58", "icmpv6"],
  ["icmpv6", "icmpv6"],
  ["ipv6-icmp", "icmpv6"],
]);

/**
 * A protocol by one name, whether it is written as a name or as a number. Another name could mean the number of another
 * rule, so that it is not understood.
 * @returns undefined, with a gap, where it is not known
 */
export function readProtocol(
  stack: Stack,
  resource: StackResource,
  rule: Properties,
  name: string,
): string | undefined {
  const written = stack.text(resource, name, rule)?.toLowerCase();
  const known = written === undefined ? undefined : PROTOCOLS.get(written);
  if (known !== undefined) return known;
  if (written !== undefined && /^(0|[1-9]\d{0,2})$/.test(written) && Number(written) < 256) return written;
  stack.gap(
    resource,
    written === undefined ? `a rule's ${name} is not known` : `the protocol ${written} is not understood`,
  );
  return undefined;
}

/** @param protocolName the property that names the protocol. @returns undefined, with a gap, where it is not known */
export function readPorts(
  stack: Stack,
  resource: StackResource,
  rule: Properties,
  protocolName: string,
): PortRange | undefined {
  const protocol = readProtocol(stack, resource, rule, protocolName);
  if (protocol === undefined) return undefined;
  if (protocol !== "tcp" && protocol !== "udp") return { protocol, from: 0, to: 65535 };
  const from = stack.number(resource, "fromPort", rule);
  const to = stack.number(resource, "toPort", rule);
  if (from === undefined || to === undefined) {
    stack.gap(resource, "a rule's ports are not known");
    return undefined;
  }
  return from === -1 ? { protocol, from: 0, to: 65535 } : { protocol, from, to };
}

export function readSecurityGroups(stack: Stack): SecurityGroup[] {
  const rules = {
    ingress: new Map<string, ReadRule[]>(),
    egress: new Map<string, ReadRule[]>(),
  };
  for (const rule of stack.of(OLDER, INGRESS, EGRESS)) {
    const type =
      rule.type === OLDER ? stack.text(rule, "type") : rule.type === INGRESS ? "ingress" : "egress";
    const group = stack.reference(rule, "securityGroupId", GROUPS);
    if ((type !== "ingress" && type !== "egress") || group === undefined) {
      stack.gap(rule, "whose rule it is, or its direction, is not known");
      continue;
    }
    const read = readRules(stack, rule, propertiesOf(rule), { group });
    const listed = rules[type].get(group);
    if (listed === undefined) rules[type].set(group, read);
    else listed.push(...read);
  }
  return stack.of(...GROUPS).map((group) => {
    const all = (direction: "ingress" | "egress") => {
      const inline = stack
        .objects(group, direction)
        .flatMap((rule, i) => readRules(stack, group, rule, { group: group.urn, property: direction, i }));
      return [...inline, ...(rules[direction].get(group.urn) ?? [])];
    };
    const [ingress, egress] = [all("ingress"), all("egress")];
    return {
      urn: group.urn,
      name: group.name,
      id: group.id,
      vpc: stack.reference(group, "vpcId", VPCS),
      ingress: inOrder(ingress),
      egress: inOrder(egress),
      portless: [
        ...ingress.map((rule) => ({ ...rule, way: "ingress" as const })),
        ...egress.map((rule) => ({ ...rule, way: "egress" as const })),
      ].flatMap(({ ports, ...rule }) => (ports === undefined ? [rule] : [])),
    };
  });
}

type ReadRule = Omit<SecurityGroupRule, "ports"> & { readonly ports: PortRange | undefined };

/** @param where whose rule it is and, of one that the group's resource holds, the property and the index */
function readRules(
  stack: Stack,
  resource: StackResource,
  rule: Properties,
  where: { readonly group: string; readonly property?: "ingress" | "egress"; readonly i?: number },
): ReadRule[] {
  const { group, property, i } = where;
  const ports = readPorts(stack, resource, rule, "ipProtocol" in rule ? "ipProtocol" : "protocol");
  const texts = (name: string) =>
    /s$/.test(name) ? stack.texts(resource, name, rule) : (stack.text(resource, name, rule) ?? []);
  const groupOf = (name: string) =>
    stack.reference(resource, name, GROUPS, { from: rule, property: property ?? name }) ?? [];
  const peers: SecurityGroupRule["peer"][] = [
    ...PEER_RANGES.flatMap(texts).map((cidr) => ({ cidr })),
    ...PEER_LISTS.flatMap(texts).map((prefixList) => ({ prefixList })),
    ...[groupOf("referencedSecurityGroupId"), groupOf("sourceSecurityGroupId")]
      .flat()
      .map((g) => ({ group: g })),
    ...stack
      .references(resource, "securityGroups", GROUPS, { from: rule, property: property ?? "securityGroups" })
      .map((g) => ({ group: g })),
    ...(stack.flag(resource, "self", rule) ? [{ group }] : []),
  ];
  if (peers.length === 0) stack.gap(resource, "a rule's peer is not known");
  const place = property === undefined ? {} : { place: `${property}[${i}]` };
  return peers.map((peer) => ({ urn: resource.urn, ...place, ports, peer }));
}

/** Those whose ports are known, without those that a group repeats inline, as a refreshed state does. */
function inOrder(rules: readonly ReadRule[]): SecurityGroupRule[] {
  const whole = rules.flatMap(({ ports, ...rule }) => (ports === undefined ? [] : [{ ...rule, ports }]));
  const distinct = new Map(whole.map((rule) => [JSON.stringify([rule.ports, rule.peer]), rule]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}
