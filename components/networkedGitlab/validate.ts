/** Checks the arguments of NetworkedGitlab before anything is made. */
import { parseCidr, publicAddressProblem } from "../ipv4";
import type {
  ExistingNetworkArgs,
  NetworkedGitlabArgs,
  NewGitlabArgs,
  NewNetworkArgs,
  ProxyArgs,
} from "./args";

/** One thing that is wrong: where, what was given, and what would be right. */
export interface Problem {
  /** The argument's path, e.g. "network.availabilityZones[1]". */
  path: string;
  got: unknown;
  expected: string;
}

/** The problem as one line for people. */
export function describeProblem({ path, got, expected }: Problem): string {
  return `${path}: got ${got === undefined ? "nothing" : JSON.stringify(got)}; expected ${expected}`;
}

/** Every problem with a NetworkedGitlab's name and arguments, in the order of the arguments; none when all is well. */
export function validate(name: string, args: NetworkedGitlabArgs): Problem[] {
  const check = new Checklist();
  // Load balancer names hold 32 characters; ours add at most 8 ("-ingress"), and Pulumi's suffix 8 more.
  check.matches(
    "name",
    name,
    /^[a-zA-Z][a-zA-Z0-9-]{0,15}$/,
    "a letter, then at most 15 letters, digits and dashes",
  );
  check.matches("region", args.region, /^[a-z]{2}(-[a-z]+)+-\d$/, `an AWS region, e.g. "ap-northeast-1"`);
  check.matches("accountId", args.accountId, /^\d{12}$/, "twelve digits");
  check.distinct("workTerminalCidrs", args.workTerminalCidrs, 1, `one CIDR or more, e.g. "198.51.100.0/24"`);
  args.workTerminalCidrs.forEach((cidr, i) => {
    // Two halves of the Internet are the Internet too: no organisation's range is wider than a /8.
    check.cidr(`workTerminalCidrs[${i}]`, cidr, 8, 32, "198.51.100.0/24");
  });
  if ("vpcId" in args.network) checkExistingNetwork(check, args.network, args);
  else checkNewNetwork(check, args.network, args.region);
  if ("url" in args.gitlab) {
    check.that(
      "gitlab.url",
      args.gitlab.url,
      isUrl(args.gitlab.url, "https:"),
      `e.g. "https://gitlab.example.com"`,
    );
    if (args.gitlab.instanceId !== undefined) check.id("gitlab.instanceId", args.gitlab.instanceId, "i");
  } else checkNewGitlab(check, args.gitlab);
  checkProxy(check, args.proxy);
  return check.problems;
}

function checkNewNetwork(check: Checklist, network: NewNetworkArgs, region: string): void {
  check.cidr("network.cidrBlock", network.cidrBlock, 16, 24, "10.0.0.0/16");
  const zones = network.availabilityZones;
  const path = "network.availabilityZones";
  check.that(path, zones, zones.length === 2 && new Set(zones).size === 2, "exactly two different zones");
  zones.forEach((zone, i) => {
    check.that(`${path}[${i}]`, zone, isZoneOf(region, zone), `a zone of ${region}, e.g. "${region}a"`);
  });
}

function checkExistingNetwork(
  check: Checklist,
  network: ExistingNetworkArgs,
  args: NetworkedGitlabArgs,
): void {
  const host = !("url" in args.gitlab);
  const direct = args.proxy.mode === "none";
  check.id("network.vpcId", network.vpcId, "vpc");
  check.cidr("network.cidrBlock", network.cidrBlock, 16, 28, "10.0.0.0/16");
  const tiers: [keyof ExistingNetworkArgs & `${string}SubnetIds`, number, string][] = [
    ["publicSubnetIds", host ? 2 : 0, "two or more different subnets for the ingress load balancer"],
    [
      "privateSubnetIds",
      args.proxy.mode === "managed" || (host && direct) ? 1 : 0,
      "one or more different subnets",
    ],
    ["isolatedSubnetIds", host && !direct ? 1 : 0, "one or more different subnets for GitLab"],
  ];
  for (const [tier, least, expected] of tiers) {
    check.distinct(`network.${tier}`, network[tier], least, expected);
    network[tier].forEach((id, i) => {
      check.id(`network.${tier}[${i}]`, id, "subnet");
    });
  }
  const seen = new Map<string, string>();
  for (const [tier] of tiers)
    for (const id of new Set(network[tier])) {
      const other = seen.get(id);
      if (other) check.add(`network.${tier}`, id, `a subnet of one tier only; it is in ${other} too`);
      seen.set(id, tier);
    }
  check.distinct(
    "network.natPublicIps",
    network.natPublicIps,
    1,
    "the NAT gateways' public addresses, all different",
  );
  network.natPublicIps.forEach((ip, i) => {
    check.that(
      `network.natPublicIps[${i}]`,
      ip,
      publicAddressProblem(ip) === undefined,
      `a public IPv4 address, e.g. "203.0.113.10"`,
    );
  });
}

function checkNewGitlab(check: Checklist, gitlab: NewGitlabArgs): void {
  if (gitlab.hostname !== undefined)
    check.matches(
      "gitlab.hostname",
      gitlab.hostname,
      /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
      `a name in lower case, e.g. "gitlab.dev.example.com"`,
    );
  check.matches("gitlab.version", gitlab.version, /^\d+\.\d+\.\d+$/, `an exact version, e.g. "18.5.1"`);
  if (gitlab.amiId !== undefined) check.id("gitlab.amiId", gitlab.amiId, "ami");
  check.matches(
    "gitlab.instanceType",
    gitlab.instanceType,
    /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
    `an instance type, e.g. "m7i.large"`,
  );
  // The official image's root is 20 GB: omnibus-gitlab support/packer/ce.pkr.hcl.
  check.integer("gitlab.rootVolumeSize", gitlab.rootVolumeSize, 20, 16384, "GiB");
  check.integer("gitlab.dataVolumeSize", gitlab.dataVolumeSize, 10, 16384, "GiB");
  checkCertificate(check, gitlab);
  if (gitlab.officeHours) {
    const { start, stop, timezone } = gitlab.officeHours;
    check.that("gitlab.officeHours.start", start, isCron(start), `six fields, e.g. "0 8 ? * MON-FRI *"`);
    check.that("gitlab.officeHours.stop", stop, isCron(stop), `six fields, e.g. "0 20 ? * MON-FRI *"`);
    check.that(
      "gitlab.officeHours.timezone",
      timezone,
      isTimezone(timezone),
      `an IANA name, e.g. "Asia/Tokyo"`,
    );
  }
  check.matches("gitlab.backups.time", gitlab.backups.time, /^([01]\d|2[0-3]):[0-5]\d$/, `UTC, e.g. "17:00"`);
  check.integer("gitlab.backups.keep", gitlab.backups.keep, 1, 1000, "snapshots");
}

function checkCertificate(
  check: Checklist,
  { certificateArn, hostname, selfSignedCertificate }: NewGitlabArgs,
): void {
  const path = "gitlab.certificateArn";
  const got =
    certificateArn === undefined || typeof certificateArn === "string"
      ? certificateArn
      : "(known after deployment)";
  if (got !== undefined && selfSignedCertificate)
    check.add(path, got, "either certificateArn or selfSignedCertificate, not both");
  else if (got !== undefined && hostname === undefined)
    check.add(path, got, "a hostname beside it: no certificate can be had for a load balancer's own name");
  else if (got === undefined && !selfSignedCertificate)
    check.add(path, got, "the ARN of an ACM certificate, or selfSignedCertificate: true");
  if (typeof certificateArn === "string")
    check.matches(
      path,
      certificateArn,
      /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
      `e.g. "arn:aws:acm:ap-northeast-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef"`,
    );
}

function checkProxy(check: Checklist, proxy: ProxyArgs): void {
  if (proxy.mode === "managed") {
    check.integer("proxy.tasks", proxy.tasks, 1, 2, "tasks");
    check.matches(
      "proxy.image",
      proxy.image,
      /^[a-z0-9][\w.:/-]*(@sha256:[0-9a-f]{64})?$/,
      `an image, e.g. "public.ecr.aws/ubuntu/squid:6.6-24.04_edge"`,
    );
  } else if (proxy.mode === "existing")
    check.that("proxy.url", proxy.url, isUrl(proxy.url, "http:"), `e.g. "http://proxy.internal:3128"`);
}

/** Collects what does not hold. */
class Checklist {
  readonly problems: Problem[] = [];

  add(path: string, got: unknown, expected: string): void {
    this.problems.push({ path, got, expected });
  }

  that(path: string, got: unknown, holds: boolean, expected: string): void {
    if (!holds) this.add(path, got, expected);
  }

  matches(path: string, got: string, pattern: RegExp, expected: string): void {
    this.that(path, got, pattern.test(got), expected);
  }

  id(path: string, got: string, prefix: string): void {
    this.matches(
      path,
      got,
      new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`),
      `an id like "${prefix}-0123456789abcdef0"`,
    );
  }

  integer(path: string, got: number, least: number, most: number, unit: string): void {
    this.that(path, got, Number.isInteger(got) && got >= least && got <= most, `${least} to ${most} ${unit}`);
  }

  distinct(path: string, got: readonly string[], least: number, expected: string): void {
    this.that(path, got, got.length >= least && new Set(got).size === got.length, expected);
  }

  cidr(path: string, got: string, widest: number, narrowest: number, example: string): void {
    const expected = `an IPv4 CIDR of /${widest} to /${narrowest} that begins at its first address, e.g. "${example}"`;
    const range = parseCidr(got);
    const holds = range !== undefined && range.prefix >= widest && range.prefix <= narrowest;
    this.that(path, got, holds, expected);
  }
}

/** Zones are named after their region: "ap-northeast-1a"; local zones ("ap-northeast-1-tpe-1a") have no NAT gateways. */
function isZoneOf(region: string, zone: string): boolean {
  return zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length));
}

/** An origin only: scheme, host, perhaps a port. */
function isUrl(text: string, protocol: "http:" | "https:"): boolean {
  return (
    /^[a-z]+:\/\/[a-z0-9.-]+(:\d{1,5})?\/?$/.test(text) &&
    URL.canParse(text) &&
    new URL(text).protocol === protocol
  );
}

function isCron(text: string): boolean {
  return /^[A-Z0-9*?,/#-]+( [A-Z0-9*?,/#-]+){5}$/.test(text);
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
