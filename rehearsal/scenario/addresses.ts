/** Addresses that people of the rehearsal sit at. */
import { formatAddress, requireCidr } from "../../facts/ipv4";

/** An address on the Internet that stands for any: no route or rule of ours names one (RFC 2544). */
export const anywhere = "198.18.0.1";

/** The first address of an IPv4 CIDR that a host can have: the very first is the network's, but in a /31 and a /32. */
export function firstAddress(cidr: string): string {
  const { first, prefix } = requireCidr(cidr);
  return formatAddress(prefix < 31 ? first + 1 : first);
}
