import { expect } from "chai";
import * as fc from "fast-check";
import { account, make, refused, text } from "../make";

const password = "random:index/randomPassword:RandomPassword";

describe("the stand-in random provider", () => {
  const random = account();

  it("makes passwords of the length and with the least numbers that are asked for", async () => {
    const least = fc.nat({ max: 5 });
    await fc.assert(
      fc.asyncProperty(
        least,
        least,
        least,
        least,
        fc.nat({ max: 20 }),
        async (upper, lower, numeric, special, more) => {
          const length = Math.max(1, upper + lower + numeric + special + more);
          const minimums = { minUpper: upper, minLower: lower, minNumeric: numeric, minSpecial: special };
          const result = text(await make(random, password, "p", { length, ...minimums }), "result");
          const count = (pattern: RegExp): number => result.match(pattern)?.length ?? 0;
          expect(result).to.have.length(length);
          expect(count(/[A-Z]/g)).to.be.at.least(upper);
          expect(count(/[a-z]/g)).to.be.at.least(lower);
          expect(count(/[0-9]/g)).to.be.at.least(numeric);
          expect(count(/[^A-Za-z0-9]/g)).to.be.at.least(special);
        },
      ),
    );
  });

  it("uses the special characters that are given, and none when there shall be none", async () => {
    const own = { length: 200, upper: false, lower: false, numeric: false, overrideSpecial: "-_" };
    expect(text(await make(random, password, "p", own), "result")).to.match(/^[-_]{200}$/);
    const plain = await make(random, password, "p", { length: 200, special: false });
    expect(text(plain, "result")).to.match(/^[A-Za-z0-9]{200}$/);
  });

  it("refuses a length that the least numbers exceed, and no characters at all", async () => {
    await refused("InvalidAttributeValue", make(random, password, "p", { length: 3, minUpper: 4 }));
    const none = { length: 3, upper: false, lower: false, numeric: false, special: false };
    await refused("InvalidAttributeValue", make(random, password, "p", none));
  });

  it("makes the same for the same name, and other for another name or other keepers", async () => {
    const results: string[] = [];
    for (const [name, epoch] of [
      ["p", "1"],
      ["p", "1"],
      ["q", "1"],
      ["p", "2"],
    ] as const) {
      results.push(text(await make(random, password, name, { length: 32, keepers: { epoch } }), "result"));
    }
    const [first, again, otherName, otherKeepers] = results;
    expect(first).to.equal(again);
    expect(new Set([first, otherName, otherKeepers]).size).to.equal(3);
  });
});
