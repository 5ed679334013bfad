/** Address ranges as rules judge them. */
import { parseAddress, parseCidr, type Cidr } from "../../facts/addresses";

/** Reads a CIDR, or a bare address of either family as the range of that address alone; undefined for anything else. */
export function parseRange(text: string): Cidr | undefined {
  const base = parseAddress(text);
  if (base === undefined) return parseCidr(text);
  return { base, prefix: base.kind() === "ipv4" ? 32 : 128 };
}

/** Whether the range is a single address. */
export function isSingleAddress({ base, prefix }: Cidr): boolean {
  return prefix === (base.kind() === "ipv4" ? 32 : 128);
}

/** Whether every address of the inner range is in the outer one. */
export function holdsRange(outer: Cidr, inner: Cidr): boolean {
  return (
    outer.base.kind() === inner.base.kind() &&
    outer.prefix <= inner.prefix &&
    inner.base.match(outer.base, outer.prefix)
  );
}

/** RFC 1918 and RFC 6598 for IPv4, RFC 4193 for IPv6: ranges that the Internet does not route. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"].map(known);

/** RFC 5737 and RFC 3849: ranges for examples, where nobody is. */
const DOCUMENTATION = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"].map(known);

/** Whether the whole range is private. */
export function isPrivate(range: Cidr): boolean {
  return PRIVATE.some((block) => holdsRange(block, range));
}

/** Whether the whole range is for documentation only. */
export function isDocumentation(range: Cidr): boolean {
  return DOCUMENTATION.some((block) => holdsRange(block, range));
}

/** Whether the range is one that somebody on the Internet can have; documentation counts, as the rehearsal lives there. */
export function isPublic(range: Cidr): boolean {
  return isDocumentation(range) || range.base.range() === "unicast";
}

function known(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`${text} is not a CIDR`);
  return cidr;
}
