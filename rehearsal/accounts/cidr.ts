/** IPv4 blocks as ranges of numbers, and the checks on CIDR texts that the AWS provider and EC2 make. */
import ipaddr from "ipaddr.js";
import { AwsError } from "./service";

/** An IPv4 block; `first` and `last` are its addresses as unsigned 32-bit numbers. */
export interface Ipv4Block {
  text: string;
  prefix: number;
  first: number;
  last: number;
}

/** The number of a dotted-quad address, or undefined when the text is none. */
export function ipv4Number(text: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  return ipaddr.IPv4.parse(text)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The dotted quad of an address number. */
export function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** A CIDR text as a block, or undefined when it is malformed or has bits beyond its prefix. */
export function ipv4Block(text: string): Ipv4Block | undefined {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  const first = ipv4Number(address.toString());
  const size = 2 ** (32 - prefix);
  if (first === undefined || first % size !== 0 || `${address.toString()}/${prefix}` !== text)
    return undefined;
  return { text, prefix, first, last: first + size - 1 };
}

/** The block of a CIDR text. Anything else is refused with InvalidParameterValue, naming the parameter. */
export function requireIpv4Block(text: string, parameter: string): Ipv4Block {
  const block = ipv4Block(text);
  if (!block) {
    // EC2 itself would drop the surplus bits silently; the AWS provider refuses them before it asks EC2.
    throw new AwsError(
      "InvalidParameterValue",
      `Value (${text}) for parameter ${parameter} is invalid. It must be an IPv4 network address with its prefix, e.g. 10.0.0.0/16`,
    );
  }
  return block;
}

/** Refuses whatever is no IPv6 network address with its prefix, with InvalidParameterValue. */
export function requireIpv6Block(text: string, parameter: string): void {
  const valid =
    ipaddr.IPv6.isValidCIDR(text) &&
    ipaddr.IPv6.networkAddressFromCIDR(text).toNormalizedString() ===
      ipaddr.IPv6.parseCIDR(text)[0].toNormalizedString();
  if (!valid) {
    throw new AwsError(
      "InvalidParameterValue",
      `Value (${text}) for parameter ${parameter} is invalid. It must be an IPv6 network address with its prefix, e.g. 2001:db8::/32`,
    );
  }
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: Ipv4Block, inner: Pick<Ipv4Block, "first" | "last">): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether two blocks have an address in common. */
export function overlaps(a: Ipv4Block, b: Ipv4Block): boolean {
  return a.first <= b.last && b.first <= a.last;
}
