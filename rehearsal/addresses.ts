/** Addresses that people of the rehearsal sit at. */
import * as ipaddr from "ipaddr.js";

/** The first address of an IPv4 CIDR that a host can have. */
export function firstAddress(cidr: string): string {
  const [network, bits] = ipaddr.IPv4.parseCIDR(cidr);
  const octets = ipaddr.IPv4.networkAddressFromCIDR(`${network.toString()}/${bits}`).octets;
  if (bits < 31) octets[3] = (octets[3] ?? 0) + 1;
  return octets.join(".");
}
