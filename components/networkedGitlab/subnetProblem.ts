/** Whether a subnet that exists can be used. */
import { overlaps, requireCidr } from "../../facts/ipv4";

/** Where a subnet is, or has to be: a VPC, and a range of its. */
export interface Place {
  vpcId: string;
  cidrBlock: string;
}

/**
 * What is wrong with a subnet of which AWS says that it is at `found`; undefined when nothing is. A VPC may have several
 * ranges, but squid and nginx believe load balancers of the expected one alone, so its subnets have to be of that one.
 */
export function subnetProblem(id: string, found: Place, expected: Place): string | undefined {
  if (found.vpcId !== expected.vpcId)
    return `subnet ${id} is in ${found.vpcId}, expected ${expected.vpcId}; give subnets of that VPC`;
  if (!overlaps(requireCidr(found.cidrBlock), requireCidr(expected.cidrBlock)))
    return `subnet ${id} has ${found.cidrBlock}, which is not in network.cidrBlock ${expected.cidrBlock}; give subnets of that range`;
  return undefined;
}
