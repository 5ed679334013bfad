/** Whether a VPC's resolver is closed: a name that is asked for carries data to whoever answers for it. */
import type { CounterExample, Findings } from "../verdict";
import type { Network, Reference } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { askedFor, bare } from "../packets/resolver";
import { packet } from "./judgement";

const DNS = { protocol: "udp", from: 53 };
/** Of every VPC: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
const RESOLVER = AddressSet.of("169.254.169.253");

/**
 * A VPC's resolver is closed when its firewall blocks every name, fails closed, and allows before that no name but those that
 * may be asked for.
 * @param mayAsk whether an exact name, in lower case and without its final dot, is one of them
 */
export function resolverFindings(
  network: Network,
  vpc: Reference,
  mayAsk: (name: string) => boolean,
): Findings {
  const inside = AddressSet.of(...(network.vpcs.find(({ urn }) => urn === vpc)?.cidrBlocks ?? []));
  const example = (says: string, urn: string): CounterExample =>
    packet(says, { from: inside, to: RESOLVER }, DNS, [...new Set([vpc, urn])]);
  const firewall = network.resolverFirewalls.find((one) => one.vpc === vpc);
  if (firewall === undefined || firewall.rules.length === 0) {
    const says = `The resolver of ${vpc} asks the world for any name: it has no DNS Firewall.`;
    return { evidence: [], counterExamples: [example(says, vpc)], reasons: [] };
  }
  const { domains, isLimited } = askedFor(firewall);
  return {
    evidence: [{ what: "names that the resolver asks for", values: domains.map(({ domain }) => domain) }],
    counterExamples: [
      ...(isLimited
        ? []
        : [
            example(
              `The resolver of ${vpc} asks the world for any name: no rule of its firewall blocks *.`,
              vpc,
            ),
          ]),
      ...(firewall.failsClosed
        ? []
        : [example(`The resolver of ${vpc} asks for any name while its firewall cannot answer.`, vpc)]),
      ...domains
        .filter(({ domain }) => !mayAsk(bare(domain)))
        .map(({ urn, domain }) =>
          example(`The resolver of ${vpc} asks the world for ${domain}, by the rule ${urn}.`, urn),
        ),
    ],
    reasons: [],
  };
}
