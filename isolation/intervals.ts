/** Addresses of both families as numbers on one line, IPv4 first. An IPv4-mapped IPv6 address is an IPv6 address. */
import * as ipaddr from "ipaddr.js";
import { parseAddress, parseCidr, type Address, type Cidr } from "../facts/addresses";
import { UnreadableRange } from "./undecidable";

export const FIRST_IPV6 = 1n << 32n;
/** Behind the last IPv6 address. */
export const END = FIRST_IPV6 + (1n << 128n);

/** From its first address up to but without its end. */
export interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * What a range, or a bare address, of either family covers.
 * @throws UnreadableRange for a text that is neither
 */
export function intervalOf(text: string): Interval {
  const { base, prefix } = read(text);
  const size = 1n << BigInt(bitsOf(base) - prefix);
  const number = base.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const from = (number / size) * size + (base.kind() === "ipv4" ? 0n : FIRST_IPV6);
  return { from, to: from + size };
}

/** The length of a range's prefix; a bare address has its family's longest. @throws UnreadableRange as `intervalOf` does */
export function prefixLength(text: string): number {
  return read(text).prefix;
}

function read(text: string): Cidr {
  const single = parseAddress(text);
  const cidr = single === undefined ? parseCidr(text) : { base: single, prefix: bitsOf(single) };
  if (cidr === undefined) throw new UnreadableRange(text);
  return cidr;
}

function bitsOf(address: Address): number {
  return address.kind() === "ipv4" ? 32 : 128;
}

/** The fewest ranges that make an interval: greedy from the left, at each step the largest that begins there. */
export function rangesOf({ from, to }: Interval): string[] {
  const [origin, bits] = from < FIRST_IPV6 ? [0n, 32] : [FIRST_IPV6, 128];
  const ranges: string[] = [];
  for (let at = from; at < to;) {
    let free = 0;
    while (free < bits && (at - origin) % (2n << BigInt(free)) === 0n && at + (2n << BigInt(free)) <= to)
      free++;
    ranges.push(`${textOf(at)}/${bits - free}`);
    at += 1n << BigInt(free);
  }
  return ranges;
}

/** The address that a number stands for, as text. */
export function textOf(at: bigint): string {
  const [number, length] = at < FIRST_IPV6 ? [at, 4] : [at - FIRST_IPV6, 16];
  const bytes = Array.from({ length }, (_, i) => Number((number >> BigInt(8 * (length - 1 - i))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}
