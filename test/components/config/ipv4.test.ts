import { expect } from "chai";
import fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import {
  formatAddress,
  overlaps,
  parseAddress,
  parseCidr,
  unionSize,
  type Range,
} from "../../../components/config/ipv4";

const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const prefix = fc.integer({ min: 0, max: 32 });

/** A range that the code under test has read. */
function range(cidr: string): Range {
  const parsed = parseCidr(cidr);
  if (typeof parsed === "string") throw new Error(`${cidr} ${parsed}`);
  return parsed;
}

describe("IPv4 in the config", () => {
  it("reads an address and writes it back", () => {
    fc.assert(fc.property(number, (value) => parseAddress(formatAddress(value)) === value));
  });

  it("reads no address in any spelling but the plain one", () => {
    for (const text of [
      "",
      "1.2.3",
      "1.2.3.4.5",
      "256.1.1.1",
      "01.2.3.4",
      "0x1.2.3.4",
      " 1.2.3.4",
      "1.2.3.4\n",
      "::1",
    ]) {
      expect(parseAddress(text), text).to.equal(undefined);
    }
  });

  it("takes a CIDR exactly when no bit is set beyond its prefix, and shows the repaired one otherwise", () => {
    fc.assert(
      fc.property(number, prefix, (value, length) => {
        const cidr = `${formatAddress(value)}/${length}`;
        const network = ipaddr.IPv4.networkAddressFromCIDR(cidr).toString();
        const broadcast = ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString();
        const parsed = parseCidr(cidr);
        if (network === formatAddress(value)) {
          expect(parsed).to.deep.equal({
            first: parseAddress(network),
            last: parseAddress(broadcast),
            prefix: length,
          });
        } else {
          expect(parsed).to.equal(`has bits set beyond its prefix: its range is "${network}/${length}"`);
        }
      }),
    );
  });

  it("takes no other text for a CIDR", () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => typeof parseCidr(text) === "string" || ipaddr.IPv4.isValidCIDRFourPartDecimal(text),
      ),
    );
    for (const text of [
      "1.2.3.0/33",
      "1.2.3.0/",
      "1.2.3.0/024",
      "1.2.3.0/24/1",
      "1.2.3.0/+8",
      "1.2.3.0/-0",
    ]) {
      expect(parseCidr(text), text).to.equal("is not a CIDR");
    }
  });

  it("counts an address that lies in several ranges once", () => {
    const cidr = fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
      .map(([last, length]) => range(`10.0.0.${last - (last % 2 ** (32 - length))}/${length}`));
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 8 }), (ranges) => {
        const start = range("10.0.0.0/24").first;
        const inside = Array.from({ length: 256 }, (_, index) => start + index).filter((address) =>
          ranges.some(({ first, last }) => first <= address && address <= last),
        );
        expect(unionSize(ranges)).to.equal(inside.length);
      }),
    );
    expect(unionSize([range("0.0.0.0/1"), range("128.0.0.0/1")])).to.equal(2 ** 32);
  });

  it("sees that ranges overlap at a single address, and that neighbours do not", () => {
    expect(overlaps(range("10.0.0.0/24"), range("10.0.0.255/32"))).to.equal(true);
    expect(overlaps(range("10.0.0.255/32"), range("10.0.0.0/8"))).to.equal(true);
    expect(overlaps(range("10.0.0.0/24"), range("10.0.1.0/24"))).to.equal(false);
  });
});
