import * as aws from "@pulumi/aws";
import { expect } from "chai";
import fc from "fast-check";
import {
  availabilityZoneProblem,
  knownRegions,
  regionProblem,
  regionWarning,
} from "../../components/regions";

describe("a region", () => {
  it("is one of the aws partition, and nothing is said of it", () => {
    for (const region of knownRegions) {
      expect(regionProblem(region), region).to.equal(undefined);
      expect(regionWarning(region), region).to.equal(undefined);
    }
  });

  it("is known when the AWS provider knows it", () => {
    const others = /^(?:cn|us-gov|us-iso|eu-iso|eusc)/;
    const provided = Object.values(aws.Region).filter((region) => !others.test(region));
    expect([...knownRegions].sort()).to.deep.equal([...provided].sort());
  });

  it("of another partition is refused", () => {
    const elsewhere = ["cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1"];
    for (const region of [...elsewhere, "eusc-de-east-1"])
      expect(regionProblem(region), region).to.contain("another partition");
  });

  it("that is not a name of one is refused, with the one that is meant", () => {
    for (const region of ["Tokyo", "", "ap-northeast", "ap-northeast-1-tpe-1a"])
      expect(regionProblem(region), region).to.match(/^is not the name of a region/);
    expect(regionProblem("ap-northeast-1a")).to.contain('did you mean "ap-northeast-1"?');
    expect(regionProblem("AP-NORTHEAST-1")).to.contain('did you mean "ap-northeast-1"?');
    expect(regionProblem("us_east_1")).to.contain('did you mean "us-east-1"?');
  });

  for (const [slip, meant] of [
    ["ap-notheast-1", "ap-northeast-1"],
    ["ap-norhteast-1", "ap-northeast-1"],
    ["aq-northeast-1", "ap-northeast-1"],
    ["pa-southeast-2", "ap-southeast-2"],
    ["us-esat-1", "us-east-1"],
    ["eu-wst-3", "eu-west-3"],
    ["eu-centrall-1", "eu-central-1"],
  ] as const)
    it(`that is mistyped as ${slip} is refused, with ${meant}`, () => {
      expect(regionProblem(slip)).to.contain(`did you mean "${meant}"?`);
    });

  it("that is newer than the list passes with a warning", () => {
    for (const region of ["ap-northeast-4", "us-east-3", "br-west-1", "eu-southwest-1"]) {
      expect(regionProblem(region), region).to.equal(undefined);
      expect(regionWarning(region), region).to.contain(`"${region}" is not among the regions`);
    }
  });

  it("with one letter of it wrong is never taken for a newer one", () => {
    const letter = fc.nat(25).map((n) => String.fromCharCode(97 + n));
    fc.assert(
      fc.property(fc.constantFrom(...knownRegions), fc.nat(20), letter, (region, at, wrong) => {
        const place = region.slice(0, -2);
        const i = at % place.length;
        const mistyped = place.slice(0, i) + wrong + place.slice(i + 1);
        fc.pre(!knownRegions.some((known) => known.startsWith(`${mistyped}-`)));
        expect(regionProblem(mistyped + region.slice(-2)), mistyped).to.be.a("string");
      }),
    );
  });
});

describe("an availability zone", () => {
  it("is a letter from a to f after its region", () => {
    for (const letter of "abcdef")
      expect(availabilityZoneProblem(`us-east-1${letter}`, "us-east-1")).to.equal(undefined);
    for (const letter of "gz")
      expect(availabilityZoneProblem(`us-east-1${letter}`, "us-east-1")).to.contain(
        "not a zone that us-east-1 has",
      );
    expect(availabilityZoneProblem("us-east-1", "us-east-1")).to.contain("not the name");
    expect(availabilityZoneProblem("us-east-1-bos-1a", "us-east-1")).to.contain("not the name");
    expect(availabilityZoneProblem("us-east-2a", "us-east-1")).to.equal(
      "is not a zone of aws:region us-east-1",
    );
  });
});
