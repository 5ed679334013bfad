/** IPv4 addresses and ranges, strictly in canonical text form, and which of them a stranger cannot have. */

/** An aligned block of addresses, as unsigned 32-bit numbers. */
export interface Ipv4Range {
  first: number;
  last: number;
  prefixLength: number;
}

/** The number of a canonical dotted-decimal address; undefined for any other text (`127.1`, `010.0.0.1`, IPv6). */
export function parseIpv4(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const octets = text.split(".").map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((number, octet) => number * 256 + octet, 0);
}

/** The dotted-decimal form of an address number. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** The addresses in the order of their numbers. */
export function sortedIpv4(addresses: readonly string[]): string[] {
  return [...addresses].sort((a, b) => (parseIpv4(a) ?? 0) - (parseIpv4(b) ?? 0));
}

/** The range of a canonical CIDR; undefined when malformed or when bits behind the prefix are set (`10.0.0.1/24`). */
export function parseIpv4Cidr(text: string): Ipv4Range | undefined {
  const [, address, length] = /^([\d.]+)\/(0|[1-9]\d?)$/.exec(text) ?? [];
  const first = address === undefined ? undefined : parseIpv4(address);
  const prefixLength = Number(length);
  if (first === undefined || prefixLength > 32) return undefined;
  const size = 2 ** (32 - prefixLength);
  return first % size === 0 ? { first, last: first + size - 1, prefixLength } : undefined;
}

/** Whether two ranges share an address. */
export function overlap(a: Ipv4Range, b: Ipv4Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/**
 * Blocks that are nobody's on the Internet, by IANA's special-purpose registry
 * (https://www.iana.org/assignments/iana-ipv4-special-registry), plus multicast. The documentation blocks
 * 192.0.2.0/24, 198.51.100.0/24 and 203.0.113.0/24 are left out on purpose: examples and the rehearsal use them.
 */
const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
].map((cidr) => {
  const range = parseIpv4Cidr(cidr);
  if (range === undefined) throw new Error(`${cidr} is not a CIDR`);
  return range;
});

/** Whether every address of the range is public. A range that holds a single private one, as /0 does, is not. */
export function isPublic(range: Ipv4Range): boolean {
  return !NOT_PUBLIC.some((block) => overlap(block, range));
}

/** The first `count` of the equal parts that a range divides into: the fewest parts, a power of two, that suffice. */
export function divide(range: Ipv4Range, count: number): string[] {
  const prefixLength = range.prefixLength + Math.ceil(Math.log2(count));
  const size = 2 ** (32 - prefixLength);
  return Array.from({ length: count }, (_, i) => `${formatIpv4(range.first + i * size)}/${prefixLength}`);
}
