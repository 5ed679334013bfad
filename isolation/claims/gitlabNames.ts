/** C7's part about names: what the resolver of GitLab's VPC may be asked for. */
import type { Findings } from "../verdict";
import type { Deployment, Reference, Side } from "../model/deployment";
import { askedFor, bare, sourceNames, type LetThrough, type Whose } from "../packets/resolver";
import { resolverFindings } from "./resolver";

/** The names for which the resolver of GitLab's VPC asks a registry other than AWS's. */
export function namesOfRegistries({ source }: Deployment): string[] {
  if (source === undefined) return [];
  const { hosts, subnets } = source.network;
  const standing = hosts.filter(({ role }) => role === "gitlab").flatMap((gitlab) => gitlab.subnets);
  const vpcs = new Set(subnets.filter(({ urn }) => standing.includes(urn)).map(({ vpc }) => vpc));
  const names = [...vpcs].flatMap((vpc) => letThrough(source, vpc, "registry's"));
  return [...new Set(names.map(({ domain }) => bare(domain)))].sort();
}

/** What is open of a VPC that GitLab stands in. */
export function nameFindings(source: Side, vpc: Reference): Findings {
  const { network } = source;
  if (!network.vpcs.some(({ urn }) => urn === vpc))
    return { evidence: [], counterExamples: [], reasons: [`The resolver of ${vpc} is not shown`] };
  const whose = sourceNames(source, vpc);
  return {
    ...resolverFindings(network, vpc, (name) => whose(name) !== "stranger's"),
    reasons: letThrough(source, vpc, "the proxy's, perhaps").map(
      ({ urn, domain }) => `${urn} has the resolver ask for ${domain}: who answers for it is not shown`,
    ),
  };
}

function letThrough(source: Side, vpc: Reference, of: Whose): LetThrough[] {
  const whose = sourceNames(source, vpc);
  return source.network.resolverFirewalls
    .filter((firewall) => firewall.vpc === vpc)
    .flatMap((firewall) => askedFor(firewall).domains)
    .filter(({ domain }) => whose(bare(domain)) === of);
}
