/** Security group rules, whichever of the provider's forms they came in: checked, and matched with connections. */
import { contains, parseIpv4, parseCidr, type Cidr } from "../../../facts/ipv4";
import { AwsError } from "../awsError";
import { requireIpv4Block, requireIpv6Block } from "./cidr";

export type Direction = "ingress" | "egress";

/** The other end that a rule allows. */
export type RulePeer =
  | { kind: "ipv4"; block: Cidr }
  | { kind: "ipv6"; cidr: string }
  | { kind: "group"; groupId: string }
  | { kind: "prefixList"; prefixListId: string };

/** One rule: one direction, one port range, one peer. */
export interface SecurityGroupRule {
  id: string;
  groupId: string;
  direction: Direction;
  /** "tcp", "udp", "icmp", "icmpv6", "-1" for all, or another protocol's number. */
  protocol: string;
  /** The first and last port of tcp and udp; undefined means all. */
  ports: { from: number; to: number } | undefined;
  peer: RulePeer;
}

/** A connection as a security group sees it. */
export interface Connection {
  /** The other end: its IPv4 address, or a CIDR all of which is meant, and the groups its network interface is in. */
  peer: { cidr?: string; groupIds?: readonly string[] };
  port: number;
  /** @default "tcp" */
  protocol?: "tcp" | "udp";
}

/** What the forms of a rule have in common. */
export interface RuleForm {
  protocol: string;
  fromPort?: number | undefined;
  toPort?: number | undefined;
  cidrBlocks?: string[] | undefined;
  ipv6CidrBlocks?: string[] | undefined;
  prefixListIds?: string[] | undefined;
  groupIds?: string[] | undefined;
  description?: string | undefined;
}

const protocolNames: Record<string, string> = {
  all: "-1",
  "6": "tcp",
  "17": "udp",
  "1": "icmp",
  "58": "icmpv6",
};
/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
const descriptionPattern = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** Refuses a group's or a rule's description with characters that EC2 does not take, or more than 255. */
export function requireDescription(description: string | undefined): void {
  if (description === undefined || descriptionPattern.test(description)) return;
  throw new AwsError(
    "InvalidParameterValue",
    `Invalid security group description '${description}'. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
  );
}

/** The single rules that a form stands for, without ids. Values that EC2 does not take are refused with its codes. */
export function rulesOf(
  form: RuleForm,
  groupId: string,
  direction: Direction,
): Omit<SecurityGroupRule, "id">[] {
  requireDescription(form.description);
  const protocol = protocolNames[form.protocol.toLowerCase()] ?? form.protocol.toLowerCase();
  if (!/^(-1|tcp|udp|icmp|icmpv6|\d{1,3})$/.test(protocol) || Number(protocol) > 255) {
    throw new AwsError("InvalidPermission.Malformed", `Unsupported IP protocol "${form.protocol}"`);
  }
  const peers: RulePeer[] = [
    ...(form.cidrBlocks ?? []).map((cidr): RulePeer => ({
      kind: "ipv4",
      block: requireIpv4Block(cidr, "cidrIpv4"),
    })),
    ...(form.ipv6CidrBlocks ?? []).map((cidr): RulePeer => {
      requireIpv6Block(cidr, "cidrIpv6");
      return { kind: "ipv6", cidr };
    }),
    ...(form.groupIds ?? []).map((id): RulePeer => ({ kind: "group", groupId: id })),
    ...(form.prefixListIds ?? []).map((id): RulePeer => ({ kind: "prefixList", prefixListId: id })),
  ];
  if (peers.length === 0) {
    throw new AwsError(
      "MissingParameter",
      `the ${direction} rule of ${groupId} names no CIDR, group or prefix list`,
    );
  }
  const ports = portsOf(form, protocol);
  return peers.map((peer) => ({ groupId, direction, protocol, ports, peer }));
}

/** Whether two rules say the same, their ids and descriptions apart. */
export function sameRule(a: Omit<SecurityGroupRule, "id">, b: Omit<SecurityGroupRule, "id">): boolean {
  return ruleText(a) === ruleText(b);
}

/** A rule in words, e.g. "ingress tcp 443-443 203.0.113.0/24 sg-0123". */
export function ruleText(rule: Omit<SecurityGroupRule, "id">): string {
  const ports = rule.ports ? `${rule.ports.from}-${rule.ports.to}` : "all";
  return `${rule.direction} ${rule.protocol} ${ports} ${peerText(rule.peer)} ${rule.groupId}`;
}

/**
 * Whether a rule allows a connection. A rule for a prefix list allows none here, because the list's addresses are not
 * known; nor does an IPv6 rule, because a connection's CIDR is IPv4.
 */
export function allows(rule: SecurityGroupRule, connection: Connection): boolean {
  const { protocol = "tcp", port, peer } = connection;
  if (rule.protocol !== "-1" && rule.protocol !== protocol) return false;
  if (rule.ports && (port < rule.ports.from || port > rule.ports.to)) return false;
  if (rule.peer.kind === "group") return peer.groupIds?.includes(rule.peer.groupId) ?? false;
  if (rule.peer.kind !== "ipv4" || peer.cidr === undefined) return false;
  return contains(rule.peer.block, addressesOf(peer.cidr));
}

function addressesOf(text: string): { first: number; last: number } {
  const address = parseIpv4(text);
  const block = address === undefined ? parseCidr(text) : { first: address, last: address };
  if (!block)
    throw new AwsError("InvalidParameterValue", `"${text}" is neither an IPv4 address nor an IPv4 CIDR`);
  return block;
}

function portsOf(form: RuleForm, protocol: string): SecurityGroupRule["ports"] {
  const { fromPort: from, toPort: to } = form;
  // EC2 ignores ports where every protocol is meant, and what they say about ICMP is not a port.
  if (protocol !== "tcp" && protocol !== "udp") return undefined;
  if (from === undefined || to === undefined) {
    throw new AwsError(
      "InvalidParameterValue",
      "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
    );
  }
  for (const port of [from, to]) {
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new AwsError("InvalidParameterValue", `TCP/UDP port (${port}) out of range`);
    }
  }
  if (from > to) throw new AwsError("InvalidParameterValue", `Invalid TCP/UDP port range (${from}:${to})`);
  return { from, to };
}

function peerText(peer: RulePeer): string {
  switch (peer.kind) {
    case "ipv4":
      return peer.block.text;
    case "ipv6":
      return peer.cidr;
    case "group":
      return peer.groupId;
    case "prefixList":
      return peer.prefixListId;
  }
}
