/**
 * How awsx carves a VPC into subnets under `subnetStrategy: "Auto"`: each zone gets an equal power-of-two share, and in
 * it the specs follow each other in order, each aligned to its own size.
 *
 * Source: pulumi-awsx `awsx/ec2/subnetDistributorNew.ts`, `allocateSubnetCidrBlocks`.
 */
import { formatAddress, requireCidr } from "../../../facts/ipv4";

/** One tier of subnets as awsx takes it. */
export interface SubnetSpec {
  cidrMask?: number | undefined;
  cidrBlocks?: string[] | undefined;
}

/** The CIDR of each spec in each zone, as `[zone][spec]`. Throws when the specs do not fit. */
export function subnetBlocks(vpcCidr: string, zones: number, specs: readonly SubnetSpec[]): string[][] {
  if (specs.some((s) => s.cidrBlocks)) {
    return Array.from({ length: zones }, (_, zone) =>
      specs.map((s) => {
        const block = s.cidrBlocks?.[zone];
        if (block === undefined)
          throw new Error(`every subnet spec needs one CIDR block for each of ${zones} zones`);
        return block;
      }),
    );
  }
  const { first, prefix } = requireCidr(vpcCidr);
  const zoneMask = prefix + Math.ceil(Math.log2(zones));
  const defaultMask = zoneMask + Math.ceil(Math.log2(specs.length));
  const size = (mask: number) => 2 ** (32 - mask);
  const needed = specs.reduce((sum, s) => sum + size(s.cidrMask ?? defaultMask), 0);
  if (needed > size(zoneMask))
    throw new Error(`Subnets are too large for VPC: ${needed} addresses for ${size(zoneMask)} in each zone`);
  return Array.from({ length: zones }, (_, zone) => {
    let next = first + zone * size(zoneMask);
    return specs.map((s) => {
      const mask = s.cidrMask ?? defaultMask;
      const start = Math.ceil(next / size(mask)) * size(mask);
      next = start + size(mask);
      return `${formatAddress(start)}/${mask}`;
    });
  });
}
