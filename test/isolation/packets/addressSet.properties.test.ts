import { expect } from "chai";
import fc from "fast-check";
import type { Route } from "../../../isolation/model/deployment";
import { AddressSet } from "../../../isolation/packets/addressSet";
import { routedSets } from "../../../isolation/packets/routing";
import { UnreadableRange } from "../../../isolation/undecidable";

/** Sixteen addresses of either family, and all their ranges. */
const SPACE = [
  ...Array.from({ length: 16 }, (_, i) => `10.0.0.${i}`),
  ...Array.from({ length: 16 }, (_, i) => `2001:db8::${i.toString(16)}`),
];
const cidr = fc.record({ v6: fc.boolean(), host: fc.nat(15), free: fc.nat(4) }).map(({ v6, host, free }) => {
  const base = host - (host % 2 ** free);
  return v6 ? `2001:db8::${base.toString(16)}/${128 - free}` : `10.0.0.${base}/${32 - free}`;
});
const cidrs = fc.array(cidr, { maxLength: 5 });

/** Whether a range holds an address, by counting. */
function holds(range: string, address: string): boolean {
  const [base = "", length = ""] = range.split("/");
  if (base.includes(":") !== address.includes(":")) return false;
  const last = (text: string) =>
    text.includes(":") ? parseInt(text.split("::")[1] ?? "0", 16) : Number(text.split(".")[3]);
  const size = 2 ** ((base.includes(":") ? 128 : 32) - Number(length));
  return last(base) <= last(address) && last(address) < last(base) + size;
}

describe("address sets", () => {
  it("agree with counting address by address", () => {
    fc.assert(
      fc.property(cidrs, cidrs, (a, b) => {
        const [one, two] = [AddressSet.of(...a), AddressSet.of(...b)];
        for (const address of SPACE) {
          const [inOne, inTwo] = [a, b].map((list) => list.some((range) => holds(range, address)));
          expect(one.union(two).has(address)).to.equal(inOne || inTwo);
          expect(one.intersect(two).has(address)).to.equal(inOne && inTwo);
          expect(one.minus(two).has(address)).to.equal(inOne && !inTwo);
        }
      }),
    );
  });

  it("are shown as ranges that make up the same set", () => {
    fc.assert(
      fc.property(cidrs, cidrs, (a, b) => {
        const set = AddressSet.of(...a).minus(AddressSet.of(...b));
        expect(AddressSet.of(...set.cidrs()).cidrs()).to.deep.equal(set.cidrs());
      }),
    );
  });

  it("keep the families apart at the ends of both", () => {
    expect(AddressSet.all.cidrs()).to.deep.equal(["0.0.0.0/0", "::/0"]);
    expect(AddressSet.all.minus(AddressSet.of("0.0.0.0/0")).cidrs()).to.deep.equal(["::/0"]);
  });

  it("refuse what is not a range", () => {
    for (const text of ["10.0.0", "10.0.0.0/33", "10.0.0.0/8/8", "::/129", "x", "010.0.0.1"]) {
      expect(() => AddressSet.of(text), text).to.throw(UnreadableRange, text);
    }
  });
});

describe("routes", () => {
  it("are decided by the longest prefix, address by address", () => {
    fc.assert(
      fc.property(fc.uniqueArray(cidr, { maxLength: 6 }), (destinations) => {
        const routes = destinations.map((range, i): Route => ({
          urn: `route-${i}`,
          destination: { cidr: range },
          target: { kind: "gateway", to: "igw" },
        }));
        const sets = routedSets(routes, []);
        for (const address of SPACE) {
          const longest = destinations
            .filter((range) => holds(range, address))
            .sort((a, b) => Number(b.split("/")[1]) - Number(a.split("/")[1]))[0];
          const deciding = sets.filter(({ to }) => to.has(address)).map(({ route }) => route.destination);
          expect(deciding).to.deep.equal(longest === undefined ? [] : [{ cidr: longest }]);
        }
      }),
    );
  });
});
