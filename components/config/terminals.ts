/** From where people come: the CIDRs of work terminals and of isolated terminals. */
import { notPublic, parseCidr, unionSize } from "../ipv4";
import { terminalPrefix } from "../limits";
import { cidr, distinctTexts } from "./fields";

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
    // What is no CIDR, or too wide by itself, has been reported.
    const ranges = cidrs.map(parseCidr).filter((range) => range !== undefined);
    const size = unionSize(ranges.filter(({ prefix }) => prefix >= shortestPrefix));
    if (size <= mostAddresses) return;
    const percent = Math.round((size / 2 ** 32) * 100);
    const message = `together hold ${percent} % of all IPv4 addresses; name the few ranges that terminals are in, expected e.g. ${JSON.stringify([example])}`;
    context.addIssue({ code: "custom", input: cidrs, message });
  });
}
