/** Addresses that people of the rehearsal sit at. */
import { formatAddress, requireCidr } from "../../facts/ipv4";

/** The first address of an IPv4 CIDR that a host can have: the very first is the network's, but in a /31 and a /32. */
export function firstAddress(cidr: string): string {
  const { first, prefix } = requireCidr(cidr);
  return formatAddress(prefix < 31 ? first + 1 : first);
}
