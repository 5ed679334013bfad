import { expect } from "chai";
import { subnetBlocks } from "../../../../rehearsal/engines/in-process/subnetBlocks";

describe("the stand-in for awsx carves a VPC as awsx does", () => {
  it("gives each zone an equal share, and each tier of a zone an equal share of that", () => {
    expect(subnetBlocks("10.0.0.0/16", 2, [{}, {}, {}])).to.deep.equal([
      ["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"],
      ["10.0.128.0/19", "10.0.160.0/19", "10.0.192.0/19"],
    ]);
  });

  it("aligns a larger subnet that follows a smaller one", () => {
    expect(subnetBlocks("10.0.0.0/16", 1, [{ cidrMask: 24 }, { cidrMask: 18 }])).to.deep.equal([
      ["10.0.0.0/24", "10.0.64.0/18"],
    ]);
  });

  it("takes explicit blocks as they are", () => {
    expect(subnetBlocks("10.0.0.0/16", 2, [{ cidrBlocks: ["10.0.1.0/24", "10.0.2.0/24"] }])).to.deep.equal([
      ["10.0.1.0/24"],
      ["10.0.2.0/24"],
    ]);
  });

  it("refuses tiers that do not fit into a zone's share", () => {
    expect(() => subnetBlocks("10.0.0.0/16", 2, [{ cidrMask: 17 }, { cidrMask: 17 }])).to.throw(
      "65536 addresses for 32768 in each zone",
    );
  });
});
