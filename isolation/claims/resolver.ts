/** Which names a VPC's resolver asks the world for: a name that is asked for carries data to whoever runs its zone. */
import type { CounterExample, Findings } from "../verdict";
import type { Endpoint, Network, Reference } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { packet } from "./judgement";

const DNS = { protocol: "udp", from: 53 };
/** Of every VPC: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
const RESOLVER = AddressSet.of("169.254.169.253");

/**
 * A VPC's resolver is closed when its firewall blocks every name, fails closed, and allows before that no name but those of
 * the VPC's endpoints. Rules are tried in order, the first match decides, and what none matches is allowed. Where AWS
 * redirects an endpoint's own name to is AWS's, so that redirects need no look.
 * Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-groups.html
 */
export function resolverFindings(network: Network, vpc: Reference, endpoints: readonly Endpoint[]): Findings {
  const inside = AddressSet.of(...(network.vpcs.find(({ urn }) => urn === vpc)?.cidrBlocks ?? []));
  const example = (says: string, urn: string): CounterExample =>
    packet(says, { from: inside, to: RESOLVER }, DNS, [...new Set([vpc, urn])]);
  const firewall = network.resolverFirewalls.find((one) => one.vpc === vpc);
  if (firewall === undefined || firewall.rules.length === 0) {
    const says = `The resolver of ${vpc} asks the world for any name: it has no DNS Firewall.`;
    return { evidence: [], counterExamples: [example(says, vpc)], reasons: [] };
  }
  const end = firewall.rules.findIndex(
    ({ action, domains }) => action === "BLOCK" && domains.some((domain) => bare(domain) === "*"),
  );
  const before = end < 0 ? firewall.rules : firewall.rules.slice(0, end);
  const own = endpoints.map(({ serviceName }) => nameOf(serviceName));
  const strange = before
    .filter(({ action }) => action !== "BLOCK")
    .flatMap(({ urn, domains }) =>
      domains.filter((domain) => !own.includes(bare(domain))).map((domain) => ({ urn, domain })),
    );
  return {
    evidence: [
      {
        what: "names that the resolver asks for",
        values: before.flatMap(({ action, domains }) => (action === "BLOCK" ? [] : domains)),
      },
    ],
    counterExamples: [
      ...(end < 0
        ? [
            example(
              `The resolver of ${vpc} asks the world for any name: no rule of its firewall blocks *.`,
              vpc,
            ),
          ]
        : []),
      ...(firewall.failsClosed
        ? []
        : [example(`The resolver of ${vpc} asks for any name while its firewall cannot answer.`, vpc)]),
      ...strange.map(({ urn, domain }) =>
        example(`The resolver of ${vpc} asks the world for ${domain}, by the rule ${urn}.`, urn),
      ),
    ],
    reasons: [],
  };
}

function bare(domain: string): string {
  return domain.length > 1 ? domain.replace(/\.$/, "").toLowerCase() : domain;
}

/** "com.amazonaws.<region>.git-codecommit" answers for "git-codecommit.<region>.amazonaws.com". */
function nameOf(serviceName: string): string {
  const [, , region = "", ...service] = serviceName.split(".");
  return `${service.reverse().join(".")}.${region}.amazonaws.com`;
}
