/** Checks the arguments of NetworkedGitlab before anything is made. */
import { cronProblem } from "../cron";
import { parseCidr, publicAddressProblem } from "../ipv4";
import * as limits from "../limits";
import { availabilityZoneProblem, regionProblem } from "../regions";
import {
  certificateArnProblem,
  emailProblem,
  ec2Id,
  hostnameProblem,
  imageProblem,
  instanceTypeProblem,
  originProblem,
  proxyUrlProblem,
} from "../syntax";
import { timezoneProblem } from "../timeZones";
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
  check.sound("region", args.region, regionProblem(args.region), `an AWS region, e.g. "ap-northeast-1"`);
  check.matches("accountId", args.accountId, /^\d{12}$/, "twelve digits");
  // A GitLab that exists has ways in of its own.
  const leastTerminals = "url" in args.gitlab ? 0 : 1;
  const terminals = `one CIDR or more, all different, e.g. "198.51.100.0/24"`;
  check.distinct("workTerminalCidrs", args.workTerminalCidrs, leastTerminals, terminals);
  args.workTerminalCidrs.forEach((cidr, i) => {
    check.cidr(`workTerminalCidrs[${i}]`, cidr, limits.terminalPrefix, "198.51.100.0/24");
  });
  const tooMany = tooManyTerminals(args.workTerminalCidrs, args.gitlab);
  if (tooMany !== undefined)
    check.add("workTerminalCidrs", `(${args.workTerminalCidrs.length} CIDRs)`, tooMany);
  if ("vpcId" in args.network) checkExistingNetwork(check, args.network, args);
  else checkNewNetwork(check, args.network, args.region);
  if ("url" in args.gitlab) {
    const { url } = args.gitlab;
    check.sound("gitlab.url", url, originProblem(url, "https"), `e.g. "https://gitlab.example.com"`);
    if (args.gitlab.instanceId !== undefined) check.id("gitlab.instanceId", args.gitlab.instanceId, "i");
  } else checkNewGitlab(check, args.gitlab);
  checkProxy(check, args.proxy);
  const { emails } = args.alarms;
  check.distinct("alarms.emails", emails, 0, "addresses, all different");
  emails.forEach((email, i) => {
    check.sound(`alarms.emails[${i}]`, email, emailProblem(email), `e.g. "operators@example.com"`);
  });
  return check.problems;
}

/**
 * What to do about more work terminals than the ingress load balancer's security group can hold: it has a rule for each of
 * them at each of its ports, 443 and perhaps 22. Nothing is wrong with fewer, or where no ingress is made.
 */
export function tooManyTerminals(
  cidrs: readonly string[],
  gitlab: { url: string } | { gitOverSsh: boolean },
): string | undefined {
  if ("url" in gitlab) return undefined;
  const most = gitlab.gitOverSsh ? limits.inboundRules / 2 : limits.inboundRules;
  if (cidrs.length <= most) return undefined;
  const why = gitlab.gitOverSsh ? ", and each CIDR needs two, for https and for git over ssh" : "";
  const orElse =
    gitlab.gitOverSsh && cidrs.length <= limits.inboundRules ? ", or set gitlab.gitOverSsh to false" : "";
  return `at most ${most} CIDRs: a security group holds ${limits.inboundRules} inbound rules${why}; give fewer, wider ones${orElse}`;
}

function checkNewNetwork(check: Checklist, network: NewNetworkArgs, region: string): void {
  check.cidr("network.cidrBlock", network.cidrBlock, limits.newNetworkPrefix, "10.0.0.0/16");
  const zones = network.availabilityZones;
  const path = "network.availabilityZones";
  check.that(path, zones, zones.length === 2 && new Set(zones).size === 2, "exactly two different zones");
  zones.forEach((zone, i) => {
    const problem = availabilityZoneProblem(zone, region);
    check.sound(`${path}[${i}]`, zone, problem, `a zone of ${region}, e.g. "${region}a"`);
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
  check.cidr("network.cidrBlock", network.cidrBlock, limits.vpcPrefix, "10.0.0.0/16");
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
    // Where load balancers go, a second subnet of a zone is refused.
    if (tier !== "isolatedSubnetIds" && network[tier].length > limits.zonesOfARegion)
      check.add(
        `network.${tier}`,
        `(${network[tier].length} subnets)`,
        `at most ${limits.zonesOfARegion}, one in each zone: a load balancer takes no more`,
      );
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
    check.sound(
      `network.natPublicIps[${i}]`,
      ip,
      publicAddressProblem(ip),
      `a public IPv4 address, e.g. "203.0.113.10"`,
    );
  });
}

function checkNewGitlab(check: Checklist, gitlab: NewGitlabArgs): void {
  if (gitlab.hostname !== undefined)
    check.sound(
      "gitlab.hostname",
      gitlab.hostname,
      hostnameProblem(gitlab.hostname),
      `a name in lower case, e.g. "gitlab.dev.example.com"`,
    );
  check.matches("gitlab.version", gitlab.version, /^\d+\.\d+\.\d+$/, `an exact version, e.g. "18.5.1"`);
  if (gitlab.amiId !== undefined) check.id("gitlab.amiId", gitlab.amiId, "ami");
  check.sound(
    "gitlab.instanceType",
    gitlab.instanceType,
    instanceTypeProblem(gitlab.instanceType),
    `an instance type on Nitro, where the data volume is found by its id, e.g. "m7i.large"`,
  );
  check.integer("gitlab.rootVolumeSize", gitlab.rootVolumeSize, limits.rootVolumeSize, "GiB");
  check.integer("gitlab.dataVolumeSize", gitlab.dataVolumeSize, limits.dataVolumeSize, "GiB");
  checkCertificate(check, gitlab);
  if (gitlab.officeHours) {
    const { start, stop, timezone } = gitlab.officeHours;
    const path = "gitlab.officeHours";
    check.sound(`${path}.start`, start, cronProblem(start), `six fields, e.g. "0 8 ? * MON-FRI *"`);
    check.sound(`${path}.stop`, stop, cronProblem(stop), `six fields, e.g. "0 20 ? * MON-FRI *"`);
    check.sound(`${path}.timezone`, timezone, timezoneProblem(timezone), `an IANA name, e.g. "Asia/Tokyo"`);
  }
  check.matches("gitlab.backups.time", gitlab.backups.time, /^([01]\d|2[0-3]):[0-5]\d$/, `UTC, e.g. "17:00"`);
  check.integer("gitlab.backups.keep", gitlab.backups.keep, limits.backupsKept, "snapshots");
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
    check.sound(
      path,
      certificateArn,
      certificateArnProblem(certificateArn, undefined),
      `e.g. "arn:aws:acm:ap-northeast-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef"`,
    );
}

function checkProxy(check: Checklist, proxy: ProxyArgs): void {
  if (proxy.mode === "managed") {
    check.integer("proxy.tasks", proxy.tasks, limits.proxyTasks, "tasks");
    check.sound(
      "proxy.image",
      proxy.image,
      imageProblem(proxy.image),
      `an image, e.g. "public.ecr.aws/ubuntu/squid:6.6-24.04_edge"`,
    );
  } else if (proxy.mode === "existing")
    check.sound("proxy.url", proxy.url, proxyUrlProblem(proxy.url), `e.g. "http://proxy.internal:3128"`);
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

  sound(path: string, got: string, problem: string | undefined, expected: string): void {
    this.that(path, got, problem === undefined, expected);
  }

  matches(path: string, got: string, pattern: RegExp, expected: string): void {
    this.that(path, got, pattern.test(got), expected);
  }

  id(path: string, got: string, prefix: string): void {
    this.matches(path, got, ec2Id(prefix), `an id like "${prefix}-0123456789abcdef0"`);
  }

  integer(path: string, got: number, bounds: limits.Limits, unit: string): void {
    const holds = Number.isInteger(got) && limits.isWithin(got, bounds);
    this.that(path, got, holds, `${bounds[0]} to ${bounds[1]} ${unit}`);
  }

  distinct(path: string, got: readonly string[], least: number, expected: string): void {
    this.that(path, got, got.length >= least && new Set(got).size === got.length, expected);
  }

  cidr(path: string, got: string, prefixes: limits.Limits, example: string): void {
    const range = parseCidr(got);
    const holds = range !== undefined && limits.isWithin(range.prefix, prefixes);
    const expected = `an IPv4 CIDR of /${prefixes[0]} to /${prefixes[1]} that begins at its first address, e.g. "${example}"`;
    this.that(path, got, holds, expected);
  }
}
