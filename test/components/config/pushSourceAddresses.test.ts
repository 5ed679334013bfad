import { expect } from "chai";
import fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import {
  checkPushSourceAddresses,
  documentationAddresses,
  type PushSourceExpectation,
} from "../../../components/config/pushSourceAddresses";

const any = { expected: [], isolatedTerminalCidrs: [] };

function check(value: unknown, expectation: Partial<PushSourceExpectation> = {}) {
  const count = Array.isArray(value) ? value.length : 1;
  return checkPushSourceAddresses(value, { count, ...any, ...expectation });
}

/** First and last address of everything that nobody can have on the Internet, written down apart from the code. */
const notPublic: readonly (readonly [number, number])[] = [
  [0x00000000, 0x00ffffff],
  [0x0a000000, 0x0affffff],
  [0x64400000, 0x647fffff],
  [0x7f000000, 0x7fffffff],
  [0xa9fe0000, 0xa9feffff],
  [0xac100000, 0xac1fffff],
  [0xc0000000, 0xc00000ff],
  [0xc01fc400, 0xc01fc4ff],
  [0xc034c100, 0xc034c1ff],
  [0xc0586300, 0xc05863ff],
  [0xc0a80000, 0xc0a8ffff],
  [0xc0af3000, 0xc0af30ff],
  [0xc6120000, 0xc613ffff],
  [0xe0000000, 0xffffffff],
];

function dotted(number: number): string {
  return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join(".");
}

describe("the push sources of a source stack", () => {
  it("are let in exactly when they are public", () => {
    const nearEdges = fc
      .tuple(fc.constantFrom(...notPublic.flat()), fc.integer({ min: -2, max: 2 }))
      .map(([edge, step]) => Math.min(2 ** 32 - 1, Math.max(0, edge + step)));
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), nearEdges),
        fc.boolean(),
        (number, slash) => {
          const isPublic = !notPublic.some(([first, last]) => first <= number && number <= last);
          const text = dotted(number) + (slash ? "/32" : "");
          const checked = check([text]);
          if (isPublic) expect(checked).to.deep.equal({ addresses: [dotted(number)] });
          else expect(checked).to.have.property("problems").with.length(1);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("are what ipaddr.js, too, takes for unicast or documentation", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (number) => {
        const text = dotted(number);
        const accepted = "addresses" in check([text]);
        const isExample = documentationAddresses([text]).length > 0;
        expect(accepted && !isExample).to.equal(ipaddr.IPv4.parse(text).range() === "unicast");
      }),
      { numRuns: 2000 },
    );
  });

  it("are never any other text", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.ipV6(), fc.domain(), fc.constantFrom("203.0.113.0/24", "1.2.3.4/0")),
        (text) => {
          const address = text.replace(/\/32$/, "");
          fc.pre(!ipaddr.IPv4.isValidFourPartDecimal(address));
          expect(check([text])).to.have.property("problems");
        },
      ),
    );
  });

  it("are never anything but a list of texts", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        fc.pre(!(Array.isArray(value) && value.every((item) => typeof item === "string")));
        expect(check(value, { count: 2 }))
          .to.have.property("problems")
          .with.length(1);
      }),
    );
  });

  it("come out in ascending order, whatever order they came in", () => {
    const addresses = ["9.9.9.9", "52.1.2.3", "203.0.113.7"];
    fc.assert(
      fc.property(fc.shuffledSubarray(addresses, { minLength: 3 }), (shuffled) => {
        expect(check(shuffled)).to.deep.equal({ addresses });
      }),
    );
  });

  it("are refused when there are more or fewer than expected", () => {
    for (const count of [1, 3]) {
      expect(check(["52.1.2.3", "52.1.2.4"], { count })).to.deep.equal({
        problems: [`there are 2 addresses, and expected are ${count}: ["52.1.2.3","52.1.2.4"]`],
      });
    }
  });

  it("are refused when one is there twice, also as /32", () => {
    expect(check(["52.1.2.3", "52.1.2.3/32"])).to.deep.equal({
      problems: ['"52.1.2.3/32" is in the list twice; expected distinct addresses'],
    });
  });

  it("are refused when they are not the pinned ones, with each difference named", () => {
    const expected = ["52.1.2.3", "52.1.2.4"];
    expect(check(["52.1.2.4", "52.1.2.5"], { expected })).to.deep.equal({
      problems: ["missing of expectedSourceAddresses: 52.1.2.3", "not in expectedSourceAddresses: 52.1.2.5"],
    });
    expect(check(["52.1.2.4", "52.1.2.3"], { expected })).to.deep.equal({ addresses: expected });
  });

  it("are refused where isolated terminals pull from", () => {
    const isolatedTerminalCidrs = ["192.0.2.0/24", "52.1.2.0/24"];
    expect(check(["52.1.2.3"], { isolatedTerminalCidrs })).to.deep.equal({
      problems: [`"52.1.2.3" lies in the isolated terminals' 52.1.2.0/24`],
    });
  });

  it("say what makes an address unfit", () => {
    expect(check(["10.0.0.1"])).to.deep.equal({
      problems: [
        '"10.0.0.1" is not a public address: 10.0.0.0/8 is private; expected one public IPv4 address, e.g. "203.0.113.10"',
      ],
    });
  });

  it("count as examples in exactly the three documentation ranges", () => {
    const inside = ["192.0.2.0", "192.0.2.255", "198.51.100.1", "203.0.113.255"];
    const outside = ["192.0.3.0", "198.51.99.255", "203.0.114.0", "52.1.2.3"];
    expect(documentationAddresses([...inside, ...outside])).to.deep.equal(inside);
  });
});
