import { expect } from "chai";
import fc from "fast-check";
import { readStackExport, showsSecrets, UnreadableExportError } from "../../../isolation/model/stackExport";
import { Unknown } from "../../../isolation/model/snapshot";
import { isTooDeep, nestsTooDeeply } from "../../../facts/json";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const vpc = {
  urn: "urn:pulumi:dev::git-airlock::aws:ec2/vpc:Vpc::network",
  type: "aws:ec2/vpc:Vpc",
  id: "vpc-1",
  inputs: { cidrBlock: "10.0.0.0/16" },
  outputs: { cidrBlock: "10.0.0.0/16", arn: "arn" },
};
const exported = (entry: object = vpc, more: object = {}) => ({
  version: 3,
  ...more,
  deployment: { resources: [entry] },
});
const outputs = (entry: object, more: object = {}) =>
  readStackExport(exported(entry, more), "dev").resources[0]?.outputs;
const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

describe("an export", () => {
  describe("of version 4", () => {
    it("is read as one of version 3 where each feature is known to change nothing", () => {
      const features = ["refreshBeforeUpdate", "views", "hooks", "taint", "replaceWith"];
      const entry = { ...vpc, refreshBeforeUpdate: true, resourceHooks: { afterCreate: ["say"] } };
      const read = readStackExport(exported(entry, { version: 4, features }), "dev");
      expect(read).to.deep.equal(readStackExport(exported(), "dev"));
    });

    it("without a feature is read, too", () => {
      expect(outputs(vpc, { version: 4 })).to.deep.equal(vpc.outputs);
      expect(outputs(vpc, { version: 4, features: [] })).to.deep.equal(vpc.outputs);
    });

    for (const feature of ["snippets-prototype", "teleport", "constructor", "__proto__", ""])
      it(`that needs the feature "${feature}" names it, and says that this reader is older`, () => {
        expect(() => outputs(vpc, { version: 4, features: ["hooks", feature] })).to.throw(
          UnreadableExportError,
          new RegExp(`Pulumi's feature "${feature}".*This git-airlock is older`),
        );
      });

    for (const features of ["hooks", { hooks: true }, [1], [["hooks"]]])
      it(`whose features are ${JSON.stringify(features)} is refused`, () => {
        expect(() => outputs(vpc, { version: 4, features })).to.throw("its features are not a list of names");
      });
  });

  for (const version of [5, 4.5, Infinity])
    it(`of version ${version} says that this reader is older`, () => {
      expect(() => outputs(vpc, { version })).to.throw(/its version is .*This git-airlock is older/);
    });

  for (const version of [0, 1, 2, 3.5, -3, "3", null, [3]])
    it(`of version ${JSON.stringify(version)} says to run a current Pulumi`, () => {
      expect(() => outputs(vpc, { version })).to.throw(/its version is .*with a current Pulumi/);
    });

  describe("whose entry says that it does not stand as its outputs say", () => {
    for (const flag of [
      { taint: true },
      { pendingReplacement: true },
      { initErrors: ["egress was not revoked"] },
      // Not what Pulumi writes, and so not to be counted on either.
      { taint: "false" },
      { initErrors: "failed" },
    ])
      it(`has no output that is known: ${JSON.stringify(flag)}`, () => {
        expect(outputs({ ...vpc, ...flag })).to.deep.equal({ cidrBlock: Unknown.value, arn: Unknown.value });
      });

    it("has its outputs where the flag is off", () => {
      const off = { taint: false, pendingReplacement: false, initErrors: [] };
      expect(outputs({ ...vpc, ...off })).to.deep.equal(vpc.outputs);
      expect(outputs({ ...vpc, taint: null, initErrors: null })).to.deep.equal(vpc.outputs);
    });
  });

  it("with a string of bytes, of which nothing is known, has that one unknown", () => {
    const bytes = { [SIGNATURE]: "803fd3297a5875dc03ca845dda5d2a98", value: "/w==" };
    expect(outputs({ ...vpc, outputs: { ...vpc.outputs, arn: bytes } })).to.deep.equal({
      cidrBlock: "10.0.0.0/16",
      arn: Unknown.value,
    });
  });

  for (const place of ["inputs", "outputs", "propertyDependencies"])
    it(`with ${place} nested beyond all sense is refused, with the resource's name`, () => {
      expect(() => outputs({ ...vpc, [place]: { deep: nested(5_000) } })).to.throw(
        UnreadableExportError,
        `${vpc.urn}) holds values more than 100 levels deep`,
      );
    });

  describe("with --show-secrets", () => {
    const secret = (content: object) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", ...content });

    it("is told from one whose secrets are closed", () => {
      const open = { ...vpc, outputs: { list: [{ deep: secret({ plaintext: '"x"' }) }] } };
      const closed = { ...vpc, outputs: { list: [{ deep: secret({ ciphertext: "v1:x" }) }] } };
      expect([showsSecrets(exported(open)), showsSecrets(exported(closed))]).to.deep.equal([true, false]);
    });

    it("is not mistaken for a resource with a property of that name", () => {
      expect(showsSecrets(exported({ ...vpc, outputs: { plaintext: "x" } }))).to.equal(false);
    });
  });
});

describe("how deep a JSON text nests", () => {
  it("is what its value shows", () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "large" },
        fc.string(),
        fc.constantFrom('"', "[{", '\\"[', "]}"),
        fc.array(tie("value"), { maxLength: 2 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 2 }),
      ),
    })).value;
    fc.assert(
      fc.property(value, fc.integer({ min: 90, max: 105 }), (inner, levels) => {
        let outer: unknown = inner;
        for (let i = 0; i < levels; i++) outer = i % 2 === 0 ? [outer] : { "]": outer };
        expect(nestsTooDeeply(JSON.stringify(outer))).to.equal(isTooDeep(outer));
      }),
    );
  });

  it("is 100 at the most", () => {
    const text = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect([nestsTooDeeply(text(100)), nestsTooDeeply(text(101))]).to.deep.equal([false, true]);
    expect([isTooDeep(nested(100)), isTooDeep(nested(101))]).to.deep.equal([false, true]);
  });

  it("is told of text that is not JSON, and that would keep a slow reader busy", () => {
    expect(nestsTooDeeply(`"${'\\"'.repeat(1_000_000)}`)).to.equal(false);
    expect(nestsTooDeeply("[".repeat(1_000_000))).to.equal(true);
  });
});
