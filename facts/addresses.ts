/** IP addresses and CIDR ranges as IAM's IpAddress conditions write them, read strictly. */
import * as ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A range of one family. Bits of `base` beyond `prefix` mean nothing. */
export interface Cidr {
  readonly base: Address;
  readonly prefix: number;
}

/**
 * Reads an address, or returns undefined. ipaddr.js alone takes "127.1", "010.0.0.1" (octal) and zone ids for
 * addresses; a reader that disagrees with AWS about what a text means must not decide anything.
 */
export function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  const last = text.slice(text.lastIndexOf(":") + 1);
  if (last.includes(".") && !ipaddr.IPv4.isValidFourPartDecimal(last)) return undefined;
  return ipaddr.IPv6.parse(text);
}

/**
 * Reads `<address>/<prefix>` or a bare IPv4 address, which is a /32; or returns undefined. A bare IPv6 address is
 * not read: AWS documents /32 as the default prefix without regard to the family.
 *
 * Bits beyond the prefix may be set. AWS ignores them ("Suggestion – Improve IP range",
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html).
 */
export function parseCidr(text: string): Cidr | undefined {
  const [addressText = "", prefixText, ...rest] = text.split("/");
  const base = parseAddress(addressText);
  if (base === undefined || rest.length > 0) return undefined;
  if (prefixText === undefined) return base.kind() === "ipv4" ? { base, prefix: 32 } : undefined;
  if (!/^(0|[1-9][0-9]{0,2})$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  return prefix <= (base.kind() === "ipv4" ? 32 : 128) ? { base, prefix } : undefined;
}

/** Whether the range holds the address. An IPv4 range holds no IPv6 address, IPv4-mapped ones included. */
export function cidrHolds(cidr: Cidr, address: Address): boolean {
  return cidr.base.kind() === address.kind() && address.match(cidr.base, cidr.prefix);
}
