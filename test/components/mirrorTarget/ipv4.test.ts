import { expect } from "chai";
import fc from "fast-check";
import {
  divide,
  formatIpv4,
  isPublic,
  overlap,
  parseIpv4,
  parseIpv4Cidr,
  sortedIpv4,
  type Ipv4Range,
} from "../../../components/mirrorTarget/ipv4";

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function range(cidr: string): Ipv4Range {
  const parsed = parseIpv4Cidr(cidr);
  if (parsed === undefined) throw new Error(`${cidr} is no CIDR`);
  return parsed;
}

describe("IPv4 addresses", () => {
  it("come back from their text as they were", () => {
    fc.assert(fc.property(address, (number) => parseIpv4(formatIpv4(number)) === number));
  });

  it("are taken in their one canonical form only", () => {
    for (const text of [
      "127.1",
      "1.2.3",
      "1.2.3.4.5",
      "010.0.0.1",
      "256.0.0.1",
      "0x7f.0.0.1",
      "1.2.3.4 ",
      "::1",
      "",
    ]) {
      expect(parseIpv4(text), text).to.equal(undefined);
    }
  });

  it("sort by number, not by text", () => {
    expect(sortedIpv4(["203.0.113.100", "203.0.113.9", "9.0.0.1"])).to.deep.equal([
      "9.0.0.1",
      "203.0.113.9",
      "203.0.113.100",
    ]);
  });
});

describe("IPv4 CIDRs", () => {
  it("reach from the first address to the last", () => {
    expect(range("10.1.2.0/23")).to.deep.equal({ first: 0x0a010200, last: 0x0a0103ff, prefixLength: 23 });
    expect(range("0.0.0.0/0")).to.deep.equal({ first: 0, last: 2 ** 32 - 1, prefixLength: 0 });
  });

  it("are refused with bits behind the prefix, or a malformed prefix", () => {
    for (const text of [
      "10.0.0.1/24",
      "10.0.0.0/33",
      "10.0.0.0",
      "10.0.0.0/",
      "10.0.0.0/08",
      "10.0.0.0/-1",
    ]) {
      expect(parseIpv4Cidr(text), text).to.equal(undefined);
    }
  });

  it("are public only if no address in them is private or otherwise nobody's", () => {
    for (const cidr of ["8.8.8.8/32", "203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/28", "11.0.0.0/8"]) {
      expect(isPublic(range(cidr)), cidr).to.equal(true);
    }
    const others = [
      "10.0.0.1/32",
      "172.31.255.0/24",
      "192.168.0.0/16",
      "100.64.1.0/24",
      "169.254.0.0/16",
      "240.0.0.0/4",
    ];
    for (const cidr of [...others, "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "192.0.0.0/8", "224.0.0.1/32"]) {
      expect(isPublic(range(cidr)), cidr).to.equal(false);
    }
  });

  it("divide into equal parts that do not touch each other and stay inside", () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 24 }), fc.integer({ min: 1, max: 8 }), (prefixLength, count) => {
        const whole = range(`10.0.0.0/${prefixLength}`);
        const parts = divide(whole, count).map(range);
        expect(parts).to.have.lengthOf(count);
        parts.forEach((part, i) => {
          expect(part.first >= whole.first && part.last <= whole.last).to.equal(true);
          expect(parts.slice(i + 1).some((other) => overlap(part, other))).to.equal(false);
        });
      }),
    );
    expect(divide(range("10.1.0.0/27"), 2)).to.deep.equal(["10.1.0.0/28", "10.1.0.16/28"]);
  });
});
