/** Which names a VPC's resolver asks the world for, and which of them are the VPC's own. */
import { codeCommitHost, serviceHost } from "../../facts/hosts";
import { imageHosts, mayKeepLayers } from "../../facts/imageHosts";
import type { Endpoint, Network, Reference, ResolverFirewall, Side } from "../model/deployment";

/** A name, or names by a wildcard, that a rule lets through. */
export interface LetThrough {
  readonly urn: string;
  /** As the list has it, e.g. "*.amazonaws.com." */
  readonly domain: string;
}

/** What a firewall lets through before the rule that blocks whatever is left. */
export interface Asked {
  readonly domains: readonly LetThrough[];
  /** Whether there is such a rule: a name that no rule matches is allowed. */
  readonly isLimited: boolean;
}

/**
 * Rules are tried in order, and the first match decides. Where AWS redirects a name of its own to is AWS's, and where another
 * is redirected to is for its zone to say, so that redirects need no look.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-groups.html
 */
export function askedFor({ rules }: Pick<ResolverFirewall, "rules">): Asked {
  const end = rules.findIndex(({ action, domains }) => action === "BLOCK" && domains.some(isEvery));
  const before = end < 0 ? rules : rules.slice(0, end);
  const domains = before
    .filter(({ action }) => action !== "BLOCK")
    .flatMap(({ urn, domains }) => domains.map((domain) => ({ urn, domain })));
  return { domains, isLimited: end >= 0 };
}

/** The rule that decides about a name; undefined where none does, and the name is allowed. */
export function ruleFor(
  { rules }: ResolverFirewall,
  name: string,
): ResolverFirewall["rules"][number] | undefined {
  return rules.find(({ domains }) => domains.some((domain) => matches(bare(domain), name)));
}

function matches(domain: string, name: string): boolean {
  return domain === "*" || domain === name || (domain.startsWith("*.") && name.endsWith(domain.slice(1)));
}

function isEvery(domain: string): boolean {
  return bare(domain) === "*";
}

/** A domain of a list as names are compared: in lower case, without the final dot. */
export function bare(domain: string): string {
  return domain.length > 1 ? domain.replace(/\.$/, "").toLowerCase() : domain;
}

/** "com.amazonaws.<region>.git-codecommit" answers for "git-codecommit.<region>.amazonaws.com". */
export function endpointName({ serviceName }: Pick<Endpoint, "serviceName">): string {
  const [, , region = "", ...service] = serviceName.split(".");
  return serviceHost(service.reverse().join("."), region);
}

/**
 * Whose a name is that may be asked for where GitLab stands: "AWS's", where what is shown there needs it; a "registry's", where
 * an image of a proxy is kept; "the proxy's, perhaps", where no proxy is shown, or not what one runs; else a "stranger's".
 */
export type Whose = "AWS's" | "registry's" | "the proxy's, perhaps" | "stranger's";

/**
 * Tells whose names are, in lower case and without a final dot. Needed are the names of the VPC's endpoints and load balancers,
 * CodeCommit's, and what tasks of the proxies take to start: their image and their log. An exact name in a zone that AWS alone
 * answers for carries nothing to anybody else: whose bucket, distribution or load balancer it is does not see who asks for
 * it. A name under a wildcard is nobody's here, since all of it is the asker's choice.
 */
export function sourceNames({ network, region, fips }: Side, vpc: Reference): (name: string) => Whose {
  const proxies = network.hosts.filter(({ role }) => role === "proxy");
  const images = proxies.flatMap(({ image }) => image ?? []);
  const needed = new Set([
    ...network.endpoints.filter((endpoint) => endpoint.vpc === vpc).map(endpointName),
    ...balancerNames(network, vpc),
    ...(region === undefined ? [] : [codeCommitHost(region, fips)]),
    ...(region === undefined || images.length === 0 ? [] : [serviceHost("logs", region)]),
    ...images.flatMap((image) => imageHosts(image).ofAws),
  ]);
  const registries = new Set(images.flatMap((image) => imageHosts(image).ofOthers));
  return (name) => {
    if (needed.has(name) || images.some((image) => mayKeepLayers(name, image))) return "AWS's";
    if (registries.has(name)) return "registry's";
    return (images.length > 0 && images.length === proxies.length) || name.includes("*")
      ? "stranger's"
      : "the proxy's, perhaps";
  };
}

/** Of one that does not exist yet, its URN. */
function balancerNames({ loadBalancers, subnets }: Network, vpc: Reference): string[] {
  const inside = new Set(subnets.filter((subnet) => subnet.vpc === vpc).map(({ urn }) => urn));
  return loadBalancers
    .filter((balancer) => balancer.subnets.some((subnet) => inside.has(subnet)))
    .map(({ urn, dnsName = urn }) => dnsName.toLowerCase());
}
