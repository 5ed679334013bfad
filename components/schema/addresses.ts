/** IPv4 addresses and ranges as arguments: networks, public addresses, and from where people come. */
import {
  bareAddress,
  cidrProblem,
  notPublic,
  overlaps,
  parseCidr,
  publicAddressProblem,
  unionSize,
  type Cidr,
} from "../../facts/ipv4";
import { isWithin, terminalPrefix, type Limits } from "../limits";
import { distinctTexts, text } from "./fields";

/** A CIDR in canonical form; `problem` may ask for more. */
export function cidr(example: string, problem: (range: Cidr) => string | undefined = () => undefined) {
  return text(example, (value) => {
    const range = parseCidr(value);
    return range === undefined ? cidrProblem(value) : problem(range);
  });
}

/** The CIDR of a network, whose prefix is within limits. */
export function networkCidr(example: string, prefixes: Limits) {
  return cidr(example, ({ prefix }) =>
    isWithin(prefix, prefixes) ? undefined : `is not of /${prefixes[0]} to /${prefixes[1]}`,
  );
}

/** A public IPv4 address; `/32` may follow, and is taken off. Documentation addresses count as public. */
export function publicAddress() {
  return text("203.0.113.10", (value) => publicAddressProblem(bareAddress(value))).transform(bareAddress);
}

const [shortestPrefix] = terminalPrefix;

/** As many addresses as four /8 hold. Halves, quarters … of the Internet must not add up to the Internet. */
const mostAddresses = 2 ** 26;

/** A list of CIDRs that people come from; `isPublic` asks for public addresses. */
export function terminalCidrs(example: string, least: 0 | 1, isPublic = false) {
  const one = cidr(example, (range) => {
    if (range.prefix === 0) return "is the whole Internet, and not where terminals are";
    if (range.prefix < shortestPrefix)
      return `is wider than /${shortestPrefix}, too wide to be where terminals are`;
    const why = isPublic ? notPublic(range) : undefined;
    return why && `is not public, and pulls by address come over the Internet: ${why}`;
  });
  return distinctTexts(one, [example], least).superRefine((cidrs, context) => {
    // What is not a CIDR, or too wide by itself, has been reported.
    const ranges = cidrs.map(parseCidr).filter((range) => range !== undefined);
    const size = unionSize(ranges.filter(({ prefix }) => prefix >= shortestPrefix));
    if (size <= mostAddresses) return;
    const percent = Math.round((size / 2 ** 32) * 100);
    const message = `together hold ${percent} % of all IPv4 addresses; name the few ranges that terminals are in, expected e.g. ${JSON.stringify([example])}`;
    context.addIssue({ code: "custom", input: cidrs, message });
  });
}

/** The first of the CIDRs that an address lies in. */
export function overlappingCidr(address: string, cidrs: readonly string[]): string | undefined {
  const one = parseCidr(`${address}/32`);
  return cidrs.find((cidr) => {
    const range = parseCidr(cidr);
    return one !== undefined && range !== undefined && overlaps(range, one);
  });
}
