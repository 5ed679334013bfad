/** IPv4 addresses and CIDR ranges, each in its one canonical form, and which of them can be somebody's public ones. */
import ipaddr from "ipaddr.js";

/** Addresses from the first to the last, as numbers from 0 to 2^32 - 1. */
export interface Range {
  first: number;
  last: number;
}

/** The range of a CIDR; `text` is the CIDR itself. */
export interface Cidr extends Range {
  text: string;
  prefix: number;
}

/** The number of an address in dotted decimal; undefined for any other text (`127.1`, `010.0.0.1`, IPv6). */
export function parseIpv4(text: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  return ipaddr.IPv4.parse(text).octets.reduce((number, octet) => number * 256 + octet, 0);
}

/** The address of a number from 0 to 2^32 - 1, in dotted decimal. */
export function formatAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

/** The addresses in the order of their numbers. */
export function sortAddresses(addresses: readonly string[]): string[] {
  return [...addresses].sort((a, b) => (parseIpv4(a) ?? 0) - (parseIpv4(b) ?? 0));
}

/** An address without the `/32` that it may be written with. */
export function bareAddress(text: string): string {
  return text.replace(/\/32$/, "");
}

/** The range of a canonical CIDR such as `10.0.0.0/16`; undefined for any other text, see `cidrProblem`. */
export function parseCidr(text: string): Cidr | undefined {
  const range = rangeAround(text);
  return range?.text === text ? range : undefined;
}

/** The range of a canonical CIDR. Throws an Error, which says what is wrong, for any other text. */
export function requireCidr(text: string): Cidr {
  const range = parseCidr(text);
  if (range === undefined) throw new Error(`${JSON.stringify(text)} ${cidrProblem(text) ?? ""}`);
  return range;
}

/** What keeps a text from being a canonical CIDR, with its repair where there is one; undefined when nothing does. */
export function cidrProblem(text: string): string | undefined {
  const range = rangeAround(text);
  if (range?.text === text) return undefined;
  if (ipaddr.IPv6.isValid(text) || ipaddr.IPv6.isValidCIDR(text))
    return "is IPv6, and this side of the airlock speaks IPv4 only";
  if (parseIpv4(text) !== undefined)
    return `has no prefix length: one address is ${JSON.stringify(`${text}/32`)}`;
  return range !== undefined && text.endsWith(`/${range.prefix}`)
    ? `has bits set beyond its prefix: its range is ${JSON.stringify(range.text)}`
    : "is not a CIDR";
}

/** The range that an address with a prefix length lies in. */
function rangeAround(text: string): Cidr | undefined {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
  const [, prefix] = ipaddr.IPv4.parseCIDR(text);
  const network = ipaddr.IPv4.networkAddressFromCIDR(text).toString();
  const first = parseIpv4(network) ?? 0;
  return { text: `${network}/${prefix}`, first, last: first + 2 ** (32 - prefix) - 1, prefix };
}

/** Whether two ranges share an address. */
export function overlaps(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** How many addresses lie in at least one of the ranges. */
export function unionSize(ranges: readonly Range[]): number {
  let size = 0;
  let next = 0;
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    size += Math.max(0, last + 1 - Math.max(first, next));
    next = Math.max(next, last + 1);
  }
  return size;
}

/** The first `count` of the equal parts that a range divides into: the fewest parts, a power of two, that suffice. */
export function divide({ first, prefix }: Cidr, count: number): string[] {
  const partPrefix = prefix + Math.ceil(Math.log2(count));
  const size = 2 ** (32 - partPrefix);
  return Array.from({ length: count }, (_, i) => `${formatAddress(first + i * size)}/${partPrefix}`);
}

/**
 * Ranges that are nobody's public address, from IANA's special-purpose address registry
 * (https://www.iana.org/assignments/iana-ipv4-special-registry; the AS112, AMT and 6to4 anycast blocks belong to those
 * services) and multicast (RFC 5771). ipaddr.js knows the same ones, but not whether a range touches them.
 */
const specialRanges = (
  [
    ["0.0.0.0/8", "this network"],
    ["10.0.0.0/8", "private"],
    ["100.64.0.0/10", "carrier-grade NAT"],
    ["127.0.0.0/8", "loopback"],
    ["169.254.0.0/16", "link-local"],
    ["172.16.0.0/12", "private"],
    ["192.0.0.0/24", "reserved for protocols"],
    ["192.0.2.0/24", "documentation"],
    ["192.31.196.0/24", "reserved for AS112"],
    ["192.52.193.0/24", "reserved for AMT"],
    ["192.88.99.0/24", "reserved for 6to4"],
    ["192.168.0.0/16", "private"],
    ["192.175.48.0/24", "reserved for AS112"],
    ["198.18.0.0/15", "reserved for benchmarks"],
    ["198.51.100.0/24", "documentation"],
    ["203.0.113.0/24", "documentation"],
    ["224.0.0.0/4", "multicast"],
    ["240.0.0.0/4", "reserved"],
  ] as const
).map(([cidr, kind]) => ({ ...requireCidr(cidr), kind }));

/**
 * What makes a range unfit to be public, e.g. "10.0.0.0/8 is private": a single address in it is enough. Undefined for
 * public ranges, and for those of documentation, which examples and the rehearsal use.
 */
export function notPublic(range: Range): string | undefined {
  const special = specialRanges.find((other) => other.kind !== "documentation" && overlaps(other, range));
  return special && `${special.text} is ${special.kind}`;
}

/** What keeps a text from being one public IPv4 address; undefined when nothing does. */
export function publicAddressProblem(text: string): string | undefined {
  const number = parseIpv4(text);
  if (number === undefined) return "is not one IPv4 address";
  const why = notPublic({ first: number, last: number });
  return why && `is not a public address: ${why}`;
}

/** Whether an address is of the ranges for examples (RFC 5737): 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24. */
export function isDocumentation(address: string): boolean {
  const number = parseIpv4(address);
  if (number === undefined) return false;
  return specialRanges.some(
    (range) => range.kind === "documentation" && contains(range, { first: number, last: number }),
  );
}
