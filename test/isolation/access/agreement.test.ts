import { expect } from "chai";
import fc from "fast-check";
import type { Region } from "../../../isolation/access/region";
import { createSpace } from "../../../isolation/access/space";
import { allows, draft, inputsOf, limitsOf, requestOf, sample, users, type Sample } from "./drafts";

function holds(region: Region, { action, resource, context }: Sample): boolean {
  let rest = region.within("action", { values: [action] }).within("resource", { values: [resource] });
  for (const [key, value] of Object.entries(context)) {
    rest = rest.within(key, value === undefined ? { absent: true } : { values: [value].flat() });
  }
  return !rest.isEmpty();
}

describe("the set of allowed requests", () => {
  it("holds exactly those that the concrete decider allows", () => {
    let allowed = 0;
    fc.assert(
      fc.property(draft, fc.array(sample, { minLength: 20, maxLength: 30 }), (given, samples) => {
        const limits = limitsOf(given);
        const space = createSpace(inputsOf(limits));
        const regions = new Map(users.map((user) => [user, space.allowed(user, limits)]));
        for (const one of samples) {
          const region = regions.get(one.requester);
          if (!region) throw new Error("no such requester");
          const expected = allows(requestOf(one), limits);
          if (expected) allowed++;
          expect(holds(region, one), JSON.stringify(one)).to.equal(expected);
        }
      }),
      { numRuns: 120 },
    );
    // Agreement over denials alone would say little.
    expect(allowed).to.be.greaterThan(100);
  });

  it("gives an example that the concrete decider allows, and of its complement one that it denies", () => {
    fc.assert(
      fc.property(draft, fc.constantFrom(...users), (given, user) => {
        const limits = limitsOf(given);
        const space = createSpace(inputsOf(limits));
        const allowed = space.allowed(user, limits);
        const example = allowed.example();
        expect(example === undefined).to.equal(allowed.isEmpty());
        if (example) expect(allows(example, limits), JSON.stringify(example)).to.equal(true);
        const denied = space.everything(user).minus(allowed).example();
        if (denied) expect(allows(denied, limits), JSON.stringify(denied)).to.equal(false);
      }),
      { numRuns: 120 },
    );
  });

  it("gives an example from every class of resources and actions that the concrete decider allows", () => {
    fc.assert(
      fc.property(draft, fc.constantFrom(...users), (given, user) => {
        const limits = limitsOf(given);
        const space = createSpace({
          ...inputsOf(limits),
          resources: [],
          values: { "aws:SourceVpce": ["vpce-1"] },
        });
        let rest = space.allowed(user, limits);
        for (let i = 0; i < 10 && !rest.isEmpty(); i++) {
          const example = rest.example();
          if (!example) throw new Error("a region that is not empty has no example");
          expect(allows(example, limits), JSON.stringify(example)).to.equal(true);
          const { values } = rest.along("resource");
          const known = values.filter((value) => !value.startsWith("<"));
          if (known.length === 0) break;
          rest = rest.outside("resource", { values: known.slice(0, 1) });
        }
      }),
      { numRuns: 60 },
    );
  });
});
