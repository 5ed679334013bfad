/** Everything that can be wrong with how isolated terminals pull. */
import { notPublic, overlaps, parseCidr, type Cidr } from "../ipv4";
import { isolatedNetworkPrefix, isWithin, terminalPrefix } from "../limits";
import { availabilityZoneProblem } from "../regions";
import type { EndpointPullArgs, IsolatedNetworkArgs, MirrorTargetArgs, PullArgs } from "./args";
import { repeated, problemUnless } from "./problems";

const CIDRS = "pull.isolatedTerminalCidrs";

/** All problems of `pull`, by itself and together with the push sources. */
export function pullProblems({ pull, pushSourceAddresses, region }: MirrorTargetArgs): string[] {
  const malformed = cidrProblems(pull);
  return [
    ...problemUnless(pull.isolatedTerminalCidrs.length > 0, CIDRS, [], "the CIDRs of the isolated terminals"),
    ...repeated(CIDRS, pull.isolatedTerminalCidrs),
    ...malformed,
    ...(pull.mode === "addresses" && malformed.length === 0
      ? sharedAddressProblems(pull.isolatedTerminalCidrs, pushSourceAddresses)
      : []),
    ...(pull.mode === "endpoint" ? networkProblems(pull, region) : []),
  ];
}

function cidrProblems({ mode, isolatedTerminalCidrs }: PullArgs): string[] {
  const [isFine, expectation] =
    mode === "addresses"
      ? [(range: Cidr) => notPublic(range) === undefined, 'a public IPv4 CIDR, e.g. "192.0.2.0/28"']
      : [
          ({ prefix }: Cidr) => isWithin(prefix, terminalPrefix),
          'an IPv4 CIDR of /8 or narrower, e.g. "10.1.0.0/24"',
        ];
  return isolatedTerminalCidrs.flatMap((cidr, i) => {
    const range = parseCidr(cidr);
    return problemUnless(range !== undefined && isFine(range), `${CIDRS}[${i}]`, cidr, expectation);
  });
}

/** An isolated terminal at an address that pushes come from could push, given the push credential. */
function sharedAddressProblems(cidrs: string[], addresses: string[]): string[] {
  const sources = addresses.map((address) => parseCidr(`${address}/32`));
  return cidrs.flatMap((cidr, i) => {
    const range = parseCidr(cidr);
    const shared = sources.some((source) => source && range && overlaps(source, range));
    return problemUnless(!shared, `${CIDRS}[${i}]`, cidr, "a CIDR without any of pushSourceAddresses");
  });
}

function networkProblems({ network }: EndpointPullArgs, region: string): string[] {
  return "vpcId" in network ? existingNetworkProblems(network) : newNetworkProblems(network, region);
}

function existingNetworkProblems(network: Extract<IsolatedNetworkArgs, { vpcId: string }>): string[] {
  return [
    ...problemUnless(
      /^vpc-[0-9a-f]+$/.test(network.vpcId),
      "pull.network.vpcId",
      network.vpcId,
      'e.g. "vpc-0123456789abcdef0"',
    ),
    ...problemUnless(
      network.subnetIds.length > 0,
      "pull.network.subnetIds",
      [],
      "one subnet or more, each in its own zone",
    ),
  ];
}

function newNetworkProblems(
  { cidrBlock, availabilityZones }: Extract<IsolatedNetworkArgs, { cidrBlock: string }>,
  region: string,
): string[] {
  const range = parseCidr(cidrBlock);
  const inBounds = range !== undefined && isWithin(range.prefix, isolatedNetworkPrefix);
  return [
    ...problemUnless(
      inBounds,
      "pull.network.cidrBlock",
      cidrBlock,
      'an IPv4 CIDR from /16 to /27, e.g. "10.1.0.0/24"',
    ),
    ...problemUnless(
      availabilityZones.length > 0,
      "pull.network.availabilityZones",
      [],
      "one zone or more, by name",
    ),
    ...repeated("pull.network.availabilityZones", availabilityZones),
    ...availabilityZones.flatMap((zone, i) =>
      problemUnless(
        availabilityZoneProblem(zone, region) === undefined,
        `pull.network.availabilityZones[${i}]`,
        zone,
        `a zone of ${region}, e.g. "${region}a"`,
      ),
    ),
    // The narrowest subnet is a /28 (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
    ...problemUnless(
      !inBounds || availabilityZones.length <= 2 ** (28 - range.prefix),
      "pull.network.cidrBlock",
      cidrBlock,
      `room for a /28 in each of ${availabilityZones.length} zones`,
    ),
  ];
}
