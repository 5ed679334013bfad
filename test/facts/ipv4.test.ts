import { expect } from "chai";
import fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import {
  bareAddress,
  cidrProblem,
  contains,
  divide,
  formatAddress,
  isDocumentation,
  notPublic,
  overlaps,
  parseIpv4,
  parseCidr,
  publicAddressProblem,
  requireCidr,
  sortAddresses,
  unionSize,
} from "../../facts/ipv4";

const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const prefix = fc.integer({ min: 0, max: 32 });

describe("IPv4 addresses", () => {
  it("come back from their text as they were", () => {
    fc.assert(fc.property(number, (value) => parseIpv4(formatAddress(value)) === value));
  });

  it("are taken in their one canonical form only", () => {
    for (const text of [
      "",
      "1.2.3",
      "127.1",
      "1.2.3.4.5",
      "256.1.1.1",
      "010.0.0.1",
      "0x7f.0.0.1",
      "::1",
      " 1.2.3.4",
      "1.2.3.4 ",
      "1.2.3.4\n",
      "1.2.3.4/32",
    ]) {
      expect(parseIpv4(text), text).to.equal(undefined);
    }
  });

  it("sort by number, not by text", () => {
    expect(sortAddresses(["203.0.113.100", "203.0.113.9", "9.0.0.1"])).to.deep.equal([
      "9.0.0.1",
      "203.0.113.9",
      "203.0.113.100",
    ]);
  });

  it("may be written as a range of one", () => {
    expect(bareAddress("203.0.113.9/32")).to.equal("203.0.113.9");
    expect(bareAddress("203.0.113.9")).to.equal("203.0.113.9");
    expect(bareAddress("203.0.113.8/31")).to.equal("203.0.113.8/31");
  });
});

describe("IPv4 CIDRs", () => {
  it("reach from the first address to the last", () => {
    expect(parseCidr("10.1.2.0/23")).to.deep.equal({
      text: "10.1.2.0/23",
      first: 0x0a010200,
      last: 0x0a0103ff,
      prefix: 23,
    });
    expect(parseCidr("0.0.0.0/0")).to.deep.include({ first: 0, last: 2 ** 32 - 1 });
    expect(parseCidr("255.255.255.255/32")).to.deep.include({ first: 2 ** 32 - 1, last: 2 ** 32 - 1 });
  });

  it("are taken exactly when no bit is set beyond the prefix; otherwise the repaired one is shown", () => {
    fc.assert(
      fc.property(number, prefix, (value, length) => {
        const cidr = `${formatAddress(value)}/${length}`;
        const network = ipaddr.IPv4.networkAddressFromCIDR(cidr).toString();
        const broadcast = ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString();
        if (network === formatAddress(value)) {
          const [first, last] = [parseIpv4(network), parseIpv4(broadcast)];
          expect(parseCidr(cidr)).to.deep.equal({ text: cidr, first, last, prefix: length });
          expect(cidrProblem(cidr)).to.equal(undefined);
        } else {
          expect(parseCidr(cidr)).to.equal(undefined);
          expect(cidrProblem(cidr)).to.equal(
            `has bits set beyond its prefix: its range is "${network}/${length}"`,
          );
        }
      }),
    );
  });

  it("are no other text, and it is said why", () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => (parseCidr(text) === undefined) === (cidrProblem(text) !== undefined),
      ),
    );
    for (const [text, says] of [
      ["10.0.0.1", 'has no prefix length: one address is "10.0.0.1/32"'],
      ["::/0", "is IPv6, and this side of the airlock speaks IPv4 only"],
      ["2001:db8::1", "is IPv6, and this side of the airlock speaks IPv4 only"],
      ...[
        "1.2.3.0/33",
        "1.2.3.0/",
        "1.2.3.0/024",
        "1.2.3.0/24/1",
        "1.2.3.0/+8",
        "1.2.3.0/-0",
        "10/8",
        "",
      ].map((malformed) => [malformed, "is not a CIDR"] as const),
    ] as const) {
      expect(parseCidr(text), text).to.equal(undefined);
      expect(cidrProblem(text), text).to.equal(says);
    }
  });

  it("that have to be sound fail with what is wrong", () => {
    expect(requireCidr("10.0.0.0/8").prefix).to.equal(8);
    expect(() => requireCidr("10.0.0.1/8")).to.throw('"10.0.0.1/8" has bits set beyond its prefix');
  });

  it("overlap at a single address, and neighbours do not", () => {
    const [net, last, next] = ["10.0.0.0/24", "10.0.0.255/32", "10.0.1.0/24"].map(requireCidr);
    if (net === undefined || last === undefined || next === undefined) throw new Error("unreachable");
    expect(overlaps(net, last) && overlaps(last, net)).to.equal(true);
    expect(overlaps(net, next) || overlaps(next, net)).to.equal(false);
    expect(contains(net, last)).to.equal(true);
    expect(contains(last, net) || contains(net, next)).to.equal(false);
  });

  it("that share an address count it once", () => {
    const cidr = fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
      .map(([last, length]) => requireCidr(`10.0.0.${last - (last % 2 ** (32 - length))}/${length}`));
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 8 }), (ranges) => {
        const { first: start } = requireCidr("10.0.0.0/24");
        const inside = Array.from({ length: 256 }, (_, index) => start + index).filter((address) =>
          ranges.some(({ first, last }) => first <= address && address <= last),
        );
        expect(unionSize(ranges)).to.equal(inside.length);
      }),
    );
    expect(unionSize([requireCidr("0.0.0.0/1"), requireCidr("128.0.0.0/1")])).to.equal(2 ** 32);
  });

  it("divide into equal parts that do not touch each other and stay inside", () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 24 }), fc.integer({ min: 1, max: 8 }), (length, count) => {
        const whole = requireCidr(`10.0.0.0/${length}`);
        const parts = divide(whole, count).map(requireCidr);
        expect(parts).to.have.lengthOf(count);
        parts.forEach((part, i) => {
          expect(contains(whole, part)).to.equal(true);
          expect(parts.slice(i + 1).some((other) => overlaps(part, other))).to.equal(false);
        });
      }),
    );
    expect(divide(requireCidr("10.1.0.0/27"), 2)).to.deep.equal(["10.1.0.0/28", "10.1.0.16/28"]);
  });
});

describe("public IPv4", () => {
  it("addresses are those that ipaddr.js, too, takes for unicast, and those of documentation", () => {
    const blocks = ["10.0.0.0", "100.64.0.0", "172.16.0.0", "192.0.0.0", "192.88.99.0", "198.18.0.0"];
    const nearABlock = fc
      .tuple(fc.constantFrom(...blocks), fc.integer({ min: -300, max: 300 }))
      .map(([block, distance]) => (parseIpv4(block) ?? 0) + distance);
    fc.assert(
      fc.property(fc.oneof(number, nearABlock), (value) => {
        const address = formatAddress(value);
        const isPublic = publicAddressProblem(address) === undefined;
        const isUnicast = ipaddr.IPv4.parse(address).range() === "unicast";
        expect(isPublic).to.equal(isUnicast || isDocumentation(address));
      }),
    );
  });

  it("addresses are not ranges and no IPv6, and why others are not public is said", () => {
    for (const text of ["203.0.113.0/24", "203.0.113.1/32", "2001:db8::1", ""]) {
      expect(publicAddressProblem(text), text).to.equal("is not one IPv4 address");
    }
    expect(publicAddressProblem("10.0.0.1")).to.equal("is not a public address: 10.0.0.0/8 is private");
  });

  it("ranges hold no address that is private or otherwise nobody's", () => {
    for (const cidr of ["8.8.8.8/32", "203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/28", "11.0.0.0/8"]) {
      expect(notPublic(requireCidr(cidr)), cidr).to.equal(undefined);
    }
    for (const [cidr, why] of [
      ["10.0.0.1/32", "10.0.0.0/8 is private"],
      ["172.31.255.0/24", "172.16.0.0/12 is private"],
      ["100.64.1.0/24", "100.64.0.0/10 is carrier-grade NAT"],
      ["169.254.0.0/16", "169.254.0.0/16 is link-local"],
      ["0.0.0.0/0", "0.0.0.0/8 is this network"],
      ["128.0.0.0/1", "169.254.0.0/16 is link-local"],
      ["192.0.0.0/8", "192.0.0.0/24 is reserved for protocols"],
      ["224.0.0.1/32", "224.0.0.0/4 is multicast"],
      ["240.0.0.0/4", "240.0.0.0/4 is reserved"],
    ] as const) {
      expect(notPublic(requireCidr(cidr)), cidr).to.equal(why);
    }
  });

  it("addresses of documentation are those of RFC 5737", () => {
    for (const address of ["192.0.2.0", "198.51.100.7", "203.0.113.255"]) {
      expect(isDocumentation(address), address).to.equal(true);
    }
    for (const address of ["192.0.3.0", "198.51.99.255", "203.0.114.0", "203.0.113.0/24"]) {
      expect(isDocumentation(address), address).to.equal(false);
    }
  });
});
