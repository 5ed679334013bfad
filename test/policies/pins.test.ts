import { expect } from "chai";
import { pushSourcesArePinned } from "../../policies/pins";
import { deployedStacks, deployedVariant } from "./deployments";
import { run } from "./harness";

describe("push-sources-are-pinned", () => {
  it("warns of a target that takes whatever the source says, and names the command", async () => {
    const target = await deployedVariant("target", { "git-airlock:expectedSourceAddresses": [] });
    const { violations } = await run([pushSourcesArePinned], target);
    expect(violations.map(({ level }) => level)).to.deep.equal(["advisory"]);
    expect(violations[0]?.message).to.contain("`git airlock pin`");
  });

  it("says nothing of one that is pinned, or that names its push sources itself, nor of a source", async () => {
    const { source, target } = await deployedStacks();
    const own = await deployedVariant("target", {
      "git-airlock:expectedSourceAddresses": [],
      "git-airlock:pushSourceAddresses": ["203.0.113.10"],
    });
    for (const stack of [source, target, own])
      expect((await run([pushSourcesArePinned], stack)).violations).to.deep.equal([]);
  });
});
