/** IPv4 addresses and CIDR ranges as numbers, and which of them can be somebody's public address. */
import { isIPv4, isIPv6 } from "node:net";

/** A CIDR range: its first and last address as numbers from 0 to 2^32 - 1. */
export interface Range {
  first: number;
  last: number;
  prefix: number;
}

/** The number of an address in dotted decimal (`10.0.0.1`, no leading zeros), or undefined when it is none. */
export function parseAddress(text: string): number | undefined {
  if (!isIPv4(text)) return undefined;
  return text.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
}

/** Dotted decimal of a number from 0 to 2^32 - 1. */
export function formatAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/** The range of a canonical CIDR such as `10.0.0.0/16`, or what is wrong with the text. */
export function parseCidr(text: string): Range | string {
  const [address = "", length, ...rest] = text.split("/");
  if (isIPv6(address)) return "is IPv6, and this side of the airlock speaks IPv4 only";
  const number = parseAddress(address);
  if (number === undefined || rest.length > 0) return "is not a CIDR";
  if (length === undefined) return `has no prefix length: one address is ${JSON.stringify(`${text}/32`)}`;
  if (!/^(?:[0-9]|[12][0-9]|3[0-2])$/.test(length)) return "is not a CIDR";
  const prefix = Number(length);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(number / size) * size;
  if (first !== number) {
    return `has bits set beyond its prefix: its range is ${JSON.stringify(`${formatAddress(first)}/${length}`)}`;
  }
  return { first, last: first + size - 1, prefix };
}

/** Whether two ranges share an address. */
export function overlaps(one: Omit<Range, "prefix">, other: Omit<Range, "prefix">): boolean {
  return one.first <= other.last && other.first <= one.last;
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

/**
 * Ranges that are nobody's public address, from IANA's special-purpose address registry (RFC 6890 and its
 * successors; the AS112, AMT and 6to4 anycast blocks belong to those services) and multicast (RFC 5771).
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
).map(([cidr, kind]) => {
  const range = parseCidr(cidr);
  if (typeof range === "string") throw new Error(`${cidr} ${range}`);
  return { cidr, kind, ...range };
});

/** What makes a range unfit to be public, e.g. "10.0.0.0/8 is private"; undefined for public and documentation. */
export function notPublic(range: Omit<Range, "prefix">): string | undefined {
  const special = specialRanges.find(
    ({ kind, ...other }) => kind !== "documentation" && overlaps(other, range),
  );
  return special && `${special.cidr} is ${special.kind}`;
}

/** Whether an address is of the ranges for examples (RFC 5737): 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24. */
export function isDocumentation(address: number): boolean {
  return specialRanges.some(
    ({ kind, first, last }) => kind === "documentation" && first <= address && address <= last,
  );
}

/** The number of a public IPv4 address, alone or with `/32`; or what is wrong with the text. */
export function parsePublicAddress(text: string): number | string {
  const alone = text.endsWith("/32") ? text.slice(0, -"/32".length) : text;
  const number = parseAddress(alone);
  if (number === undefined) return "is not one IPv4 address";
  const why = notPublic({ first: number, last: number });
  return why === undefined ? number : `is not a public address: ${why}`;
}
