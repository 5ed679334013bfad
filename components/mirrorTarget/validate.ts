/** Everything that can be wrong with the arguments, found before the first resource. */
import type { EndpointPullArgs, IsolatedNetworkArgs, MirrorTargetArgs, RepositoryArgs } from "./args";
import { isPublic, overlap, parseIpv4, parseIpv4Cidr } from "./ipv4";
import { principalArn } from "./principalArn";
import { isGitlabProject, isRepositoryName, LONGEST_PREFIX, repositoryName } from "./repositoryName";
import { limitProblems } from "./validateLimits";

/**
 * All problems of the arguments, each naming the path of the value, the value, and what was expected instead. Sizes of
 * policies are only looked at when everything else is in order.
 */
export function validateMirrorTarget(name: string, args: MirrorTargetArgs): string[] {
  const problems = [
    ...placeProblems(name, args),
    ...pushSourceProblems(args.pushSourceAddresses),
    ...repositoryProblems(args),
    ...pullProblems(args),
    ...epochProblems("pushCredentialEpochs", args.pushCredentialEpochs),
    ...epochProblems("pullCredentialEpochs", args.pullCredentialEpochs),
    ...principalProblems(args),
  ];
  return problems.length > 0 ? problems : limitProblems(name, args);
}

function placeProblems(name: string, { region, accountId }: MirrorTargetArgs): string[] {
  return [
    // The name becomes part of the IAM users' names, which hold 64 characters.
    ...unless(
      /^[A-Za-z0-9-]{1,40}$/.test(name),
      "the component's name",
      name,
      "1 to 40 letters, digits and dashes",
    ),
    // The other partitions have other ARNs and host names.
    ...unless(
      /^(?!cn-|us-gov-|us-iso)[a-z]{2}(-[a-z]+)+-\d$/.test(region),
      "region",
      region,
      'a Region of the "aws" partition, e.g. "ap-northeast-1"',
    ),
    ...unless(isAccountId(accountId), "accountId", accountId, "twelve digits"),
  ];
}

function pushSourceProblems(addresses: string[]): string[] {
  return [
    ...unless(
      addresses.length > 0,
      "pushSourceAddresses",
      addresses,
      "the address of each NAT gateway of the source",
    ),
    ...repeated("pushSourceAddresses", addresses),
    ...addresses.flatMap((address, i) => {
      const range = parseIpv4(address) === undefined ? undefined : parseIpv4Cidr(`${address}/32`);
      return unless(
        range !== undefined && isPublic(range),
        `pushSourceAddresses[${i}]`,
        address,
        'one public IPv4 address, e.g. "203.0.113.10"',
      );
    }),
  ];
}

function repositoryProblems({ repositories, repositoryPrefix }: MirrorTargetArgs): string[] {
  const prefixProblems =
    repositoryPrefix === undefined
      ? []
      : unless(
          repositoryPrefix.length <= LONGEST_PREFIX && isRepositoryName(repositoryPrefix),
          "repositoryPrefix",
          repositoryPrefix,
          `1 to ${LONGEST_PREFIX} of [A-Za-z0-9._-]`,
        );
  const single = repositories.flatMap((repository, i) =>
    oneRepositoryProblems(repository, i, repositoryPrefix),
  );
  if (prefixProblems.length + single.length > 0) return [...prefixProblems, ...single];

  // GitLab takes two spellings of a path for the same project, and a clone on a case-insensitive disk two spellings
  // of a name for the same directory.
  return [
    ...unless(repositories.length > 0, "repositories", repositories, "at least one repository"),
    ...repeated("gitlabProject of repositories", lowerCase(repositories.map((r) => r.gitlabProject))),
    ...repeated(
      "name of repositories",
      lowerCase(repositories.map((r) => r.name ?? repositoryName(r.gitlabProject, repositoryPrefix))),
    ),
  ];
}

function oneRepositoryProblems(
  { name, gitlabProject, description }: RepositoryArgs,
  index: number,
  prefix: string | undefined,
): string[] {
  const path = `repositories[${index}]`;
  return [
    ...unless(
      isGitlabProject(gitlabProject),
      `${path}.gitlabProject`,
      gitlabProject,
      'the path of a GitLab project with its groups, e.g. "platform/network"',
    ),
    ...unless(
      name === undefined || isRepositoryName(name),
      `${path}.name`,
      name,
      "1 to 100 of [A-Za-z0-9._-], not ending in .git",
    ),
    ...unless(
      name === undefined || prefix === undefined || name.startsWith(`${prefix}-`),
      `${path}.name`,
      name,
      `a name that begins with "${prefix ?? ""}-", because repositoryPrefix is set`,
    ),
    ...unless(
      description === undefined || description.length <= 1000,
      `${path}.description`,
      `(${description?.length ?? 0} characters)`,
      "at most 1,000 characters",
    ),
  ];
}

function pullProblems({ pull, pushSourceAddresses, region }: MirrorTargetArgs): string[] {
  const path = "pull.isolatedTerminalCidrs";
  const ranges = pull.isolatedTerminalCidrs.map(parseIpv4Cidr);
  const wellFormed =
    pull.mode === "addresses"
      ? pull.isolatedTerminalCidrs.flatMap((cidr, i) =>
          unless(
            isSome(ranges[i], isPublic),
            `${path}[${i}]`,
            cidr,
            'a public IPv4 CIDR, e.g. "192.0.2.0/28"',
          ),
        )
      : pull.isolatedTerminalCidrs.flatMap((cidr, i) =>
          // No network of one's own is wider than 10.0.0.0/8; 0.0.0.0/1 would be half the Internet.
          unless(
            isSome(ranges[i], (range) => range.prefixLength >= 8),
            `${path}[${i}]`,
            cidr,
            'an IPv4 CIDR of /8 or narrower, e.g. "10.1.0.0/24"',
          ),
        );
  const shared =
    pull.mode === "addresses" && wellFormed.length === 0
      ? sharedAddressProblems(path, pull.isolatedTerminalCidrs, pushSourceAddresses)
      : [];
  return [
    ...unless(ranges.length > 0, path, [], "the CIDRs of the isolated terminals"),
    ...repeated(path, pull.isolatedTerminalCidrs),
    ...wellFormed,
    ...shared,
    ...(pull.mode === "endpoint" ? networkProblems(pull, region) : []),
  ];
}

/** An isolated terminal at an address that pushes come from could push, given the push credential. */
function sharedAddressProblems(path: string, cidrs: string[], addresses: string[]): string[] {
  const sources = addresses.map((address) => parseIpv4Cidr(`${address}/32`));
  return cidrs.flatMap((cidr, i) => {
    const range = parseIpv4Cidr(cidr);
    const shared = sources.some((source) => source && range && overlap(source, range));
    return unless(!shared, `${path}[${i}]`, cidr, `a CIDR without any of pushSourceAddresses`);
  });
}

function networkProblems({ network }: EndpointPullArgs, region: string): string[] {
  return "vpcId" in network ? existingNetworkProblems(network) : newNetworkProblems(network, region);
}

function existingNetworkProblems(network: Extract<IsolatedNetworkArgs, { vpcId: string }>): string[] {
  return [
    ...unless(
      /^vpc-[0-9a-f]+$/.test(network.vpcId),
      "pull.network.vpcId",
      network.vpcId,
      'e.g. "vpc-0123456789abcdef0"',
    ),
    ...unless(
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
  const range = parseIpv4Cidr(cidrBlock);
  const inBounds = isSome(range, ({ prefixLength }) => prefixLength >= 16 && prefixLength <= 27);
  return [
    ...unless(
      inBounds,
      "pull.network.cidrBlock",
      cidrBlock,
      'an IPv4 CIDR from /16 to /27, e.g. "10.1.0.0/24"',
    ),
    ...unless(
      availabilityZones.length > 0,
      "pull.network.availabilityZones",
      [],
      "one zone or more, by name",
    ),
    ...repeated("pull.network.availabilityZones", availabilityZones),
    ...availabilityZones.flatMap((zone, i) =>
      unless(
        /^-?[a-z0-9-]+$/.test(zone.slice(region.length)) && zone.startsWith(region),
        `pull.network.availabilityZones[${i}]`,
        zone,
        `a zone of ${region}, e.g. "${region}a"`,
      ),
    ),
    // The narrowest subnet is a /28 (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
    ...unless(
      !inBounds || range === undefined || availabilityZones.length <= 2 ** (28 - range.prefixLength),
      "pull.network.cidrBlock",
      cidrBlock,
      `room for a /28 in each of ${availabilityZones.length} zones`,
    ),
  ];
}

/** AWS holds no more than two credentials of a user for one service (IAM CreateServiceSpecificCredential). */
function epochProblems(path: string, epochs: number[]): string[] {
  const ascending = epochs.every((epoch, i) => Number.isSafeInteger(epoch) && epoch > (epochs[i - 1] ?? 0));
  return unless(
    ascending && (epochs.length === 1 || epochs.length === 2),
    path,
    epochs,
    "one positive integer, or two ascending ones while rotating, e.g. [3] or [3,4]",
  );
}

function principalProblems({ deployerArns, breakGlassArns, accountId }: MirrorTargetArgs): string[] {
  // A malformed account id is reported by itself, and not once more for every ARN.
  const account = isAccountId(accountId) ? `${accountId}:` : "";
  const problems = (path: string, arns: string[]) =>
    arns.flatMap((arn, i) =>
      unless(
        principalArn(arn)?.startsWith(`arn:aws:iam::${account}`) === true,
        `${path}[${i}]`,
        arn,
        `a role or user of account ${accountId}, e.g. "arn:aws:iam::${accountId}:role/deployer"`,
      ),
    );
  return [
    // Attached, the service control policy would lock out whoever deploys.
    ...unless(
      deployerArns.length > 0,
      "deployerArns",
      deployerArns,
      "the role or user that deploys this stack",
    ),
    ...problems("deployerArns", deployerArns),
    ...problems("breakGlassArns", breakGlassArns),
  ];
}

function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/** The one problem that `value` is not what was expected, unless it is. */
function unless(fine: boolean, path: string, value: unknown, expectation: string): string[] {
  return fine ? [] : [`${path}: got ${JSON.stringify(value)}, expected ${expectation}`];
}

function repeated(path: string, values: string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set(values.filter((value) => seen.size === seen.add(value).size));
  return [...twice].flatMap((value) =>
    unless(false, path, value, "each to be given once (case does not matter)"),
  );
}

function lowerCase(texts: string[]): string[] {
  return texts.map((text) => text.toLowerCase());
}

function isSome<T>(value: T | undefined, test: (value: T) => boolean): boolean {
  return value !== undefined && test(value);
}
