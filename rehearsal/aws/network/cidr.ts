/** The checks on CIDR texts that the AWS provider and EC2 make. */
import ipaddr from "ipaddr.js";
import { parseCidr, type Cidr } from "../../../facts/ipv4";
import { AwsError } from "../awsError";

/** The range of a CIDR text. Anything else is refused with InvalidParameterValue, naming the parameter. */
export function requireIpv4Block(text: string, parameter: string): Cidr {
  const block = parseCidr(text);
  if (!block) {
    // EC2 itself would drop the surplus bits silently; the AWS provider refuses them before it asks EC2.
    throw new AwsError(
      "InvalidParameterValue",
      `Value (${text}) for parameter ${parameter} is invalid. It must be an IPv4 network address with its prefix, e.g. 10.0.0.0/16`,
    );
  }
  return block;
}

/** Refuses a text that is not an IPv6 network address with its prefix, with InvalidParameterValue. */
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
