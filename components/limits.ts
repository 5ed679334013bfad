/** The numbers that the configuration and the components hold their values to, each as the least and the most. */

/** Both are allowed themselves. */
export type Limits = readonly [least: number, most: number];

/** Prefix of the source's network, where it is made: of a /24, each of the six subnets is a /27. */
export const newNetworkPrefix: Limits = [16, 24];

/** Prefix of a VPC (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html). */
export const vpcPrefix: Limits = [16, 28];

/** Prefix of the isolated VPC, where it is made: has room for two subnets at the least. */
export const isolatedNetworkPrefix: Limits = [16, 27];

/** Prefix of a range that terminals are in: no organisation has a wider one, and two halves make the whole Internet. */
export const terminalPrefix: Limits = [8, 32];

/** GiB. The official image's root is 20 GB: omnibus-gitlab support/packer/ce.pkr.hcl. */
export const rootVolumeSize: Limits = [20, 16384];

/** GiB. */
export const dataVolumeSize: Limits = [10, 16384];

/** Snapshots that a lifecycle policy keeps (Data Lifecycle Manager API, RetainRule). */
export const backupsKept: Limits = [1, 1000];

/** Proxy tasks: two outlive the loss of a zone. */
export const proxyTasks: Limits = [1, 2];

/**
 * Inbound rules of a security group. AWS raises it on request, which is no way out here: nothing tells that it did
 * (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups).
 */
export const inboundRules = 60;

/**
 * Zones of a Region, generously: us-east-1 has six. A Network Load Balancer and an interface endpoint take one subnet of each
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html,
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
 */
export const zonesOfARegion = 8;

/** Repositories of an account (https://aws.amazon.com/codecommit/pricing/; the user guide still says 1,000). */
export const repositoriesOfAnAccount = 5_000;

/**
 * Characters of a GitLab project's path: with the longest URL it still fits into the 4 KB of the parameter that its mirror
 * is in (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html).
 */
export const longestProjectPath = 3_800;

/**
 * Bytes of a key policy
 * (https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html#key-policy-limit).
 */
export const keyPolicySize = 32_768;

/** Whether a number is within limits. */
export function isWithin(value: number, [least, most]: Limits): boolean {
  return least <= value && value <= most;
}

/**
 * Characters of the first name that ACM makes a certificate for: it becomes the common name, which holds no more.
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
 */
export const longestCertifiedName = 64;
