import { expect } from "chai";
import { rules } from "../../policies/rules";
import { deployedMirror } from "./deployments";
import { run, type Subject } from "./harness";

describe("the policy pack, on the mirror stack", () => {
  let mirror: Subject[];
  before(async () => {
    mirror = await deployedMirror();
  });

  it("has nothing to say", async () => {
    expect(await run(rules, mirror)).to.deep.equal({ violations: [], waiting: [] });
  });

  it("stops an author who keeps the credential in a parameter that everybody reads", async () => {
    const weakened = mirror.map((one) =>
      one.name === "mirror-credentials-prd"
        ? { ...one, inputs: { ...one.inputs, type: "String" }, outputs: { ...one.outputs, type: "String" } }
        : one,
    );
    const { violations } = await run(rules, weakened);
    expect(violations.map(({ rule }) => rule)).to.deep.equal(["no-secret-in-plain-parameter"]);
    expect(violations[0]?.message).to.include("mirror-credentials-prd");
  });
});
