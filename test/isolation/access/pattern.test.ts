import { expect } from "chai";
import fc from "fast-check";
import { arnPattern, glob, Reader } from "../../../isolation/access/pattern";
import { arnMatches, globMatches } from "../../../isolation/iam/match";

const text = fc.string({ unit: fc.constantFrom("a", "b", ":", "*"), maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?"), maxLength: 8 });

describe("the automaton of a pattern", () => {
  it("covers what the concrete decider's wildcards match", () => {
    fc.assert(
      fc.property(pattern, text, (wanted, given) => {
        expect(new Reader(glob(wanted)).covers(given)).to.equal(globMatches(wanted, given));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps the wildcards of an ARN within its components", () => {
    const six = (part: fc.Arbitrary<string>) =>
      fc.array(part, { minLength: 6, maxLength: 7 }).map((c) => c.join(":"));
    const wanted = six(fc.constantFrom("a", "*", "?", "a*", ""));
    fc.assert(
      fc.property(wanted, six(fc.constantFrom("a", "b", "aa", "")), (one, given) => {
        expect(new Reader(arnPattern(one)).covers(given)).to.equal(arnMatches(one, given));
      }),
      { numRuns: 2000 },
    );
    expect(new Reader(arnPattern("a:*:c:d:e:f")).covers("a:b:x:c:d:e:f")).to.equal(false);
  });
});
