import { expect } from "chai";
import fc from "fast-check";
import { cidrHolds, parseAddress, parseCidr } from "../../facts/addresses";

function holds(cidrText: string, addressText: string): boolean {
  const cidr = parseCidr(cidrText);
  const address = parseAddress(addressText);
  if (!cidr || !address) throw new Error(`cannot read ${cidrText} or ${addressText}`);
  return cidrHolds(cidr, address);
}

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));

/** The address as a whole number, and as text. */
function toNumber(parts: number[]): bigint {
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

describe("an address range", () => {
  it("holds its first and last address and not their neighbours", () => {
    expect(holds("203.0.113.64/26", "203.0.113.64")).to.equal(true);
    expect(holds("203.0.113.64/26", "203.0.113.127")).to.equal(true);
    expect(holds("203.0.113.64/26", "203.0.113.63")).to.equal(false);
    expect(holds("203.0.113.64/26", "203.0.113.128")).to.equal(false);
  });

  it("is a single address when IPv4 comes without a prefix", () => {
    expect(holds("203.0.113.7", "203.0.113.7")).to.equal(true);
    expect(holds("203.0.113.7", "203.0.113.6")).to.equal(false);
  });

  it("0.0.0.0/0 holds every IPv4 address and no IPv6 address; ::/0 the reverse", () => {
    for (const address of ["0.0.0.0", "8.8.8.8", "203.0.113.7", "255.255.255.255"]) {
      expect(holds("0.0.0.0/0", address), address).to.equal(true);
      expect(holds("::/0", address), address).to.equal(false);
    }
    for (const address of ["::", "2001:db8::1", "::ffff:203.0.113.7", "::ffff:cb00:7107"]) {
      expect(holds("0.0.0.0/0", address), address).to.equal(false);
      expect(holds("::/0", address), address).to.equal(true);
    }
  });

  // "The non-zero bits in the IP address after the masked bits are ignored."
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
  it("ignores bits beyond the prefix", () => {
    expect(holds("203.0.113.77/24", "203.0.113.1")).to.equal(true);
    expect(holds("2001:db8::77/32", "2001:db8:1::")).to.equal(true);
  });

  it("is not read in forms that two readers may understand differently", () => {
    for (const text of [
      "127.1",
      "0x7f.0.0.1",
      "010.0.0.1",
      "1.2.3.4/024",
      "1.2.3.4/33",
      "1.2.3.4/",
      "1.2.3/8",
    ]) {
      expect(parseCidr(text), text).to.equal(undefined);
    }
    for (const text of [
      "::/129",
      "fe80::1%eth0/64",
      "::ffff:010.0.0.1/128",
      "2001:db8::1",
      "::/0/0",
      " ::/0",
      "",
    ]) {
      expect(parseCidr(text), text).to.equal(undefined);
    }
  });

  it("agrees with integer arithmetic on any IPv4 address and prefix", () => {
    const nearby = fc.tuple(octets, octets, fc.nat(32)).map(([base, other, kept]) => {
      // Of two random addresses nearly none share a network; here the second shares `kept` bits with the first.
      const shift = BigInt(32 - kept);
      const mixed = ((toNumber(base) >> shift) << shift) | (toNumber(other) & ((1n << shift) - 1n));
      return [base, [24n, 16n, 8n, 0n].map((s) => Number((mixed >> s) & 255n))] as const;
    });
    fc.assert(
      fc.property(nearby, fc.nat(32), ([base, address], prefix) => {
        const shift = BigInt(32 - prefix);
        const expected = toNumber(base) >> shift === toNumber(address) >> shift;
        expect(holds(`${base.join(".")}/${prefix}`, address.join("."))).to.equal(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
