import { expect } from "chai";
import { heal, rotate } from "../../../rehearsal/scenario/dayTwo";
import { inProcess, type Builder } from "../../../rehearsal/engines/deployStack";
import { afterDelivery, root, type BothSides } from "../rehearsing";

describe("what was changed by hand in GitLab", () => {
  it("is put back by the host's next run, a mirror and GitLab's own settings", async () => {
    expect(await afterDelivery(heal)).to.deep.equal({ healed: true, settingsHealed: true });
  });

  it("counts as not healed while the host does not run", async () => {
    const result = await afterDelivery(async ({ agent, ...testbed }) => {
      const [mirrors, settings] = [await agent.runAssociation(), await agent.keepSettings()];
      agent.runAssociation = () => Promise.resolve(mirrors);
      agent.keepSettings = () => Promise.resolve(settings);
      return heal({ agent, ...testbed });
    });
    expect(result).to.deep.equal({ healed: false, settingsHealed: false });
  });
});

describe("a rotation of the push credential while people push", () => {
  const builder = () => inProcess({ root, seed: "test" });
  const startOf = ({ source, target }: BothSides) => ({
    sides: { source, targets: [target] as const },
    index: 0,
  });

  it("loses no push, and leaves the old credential refused", async () => {
    const { epochs, pushes, failed, oldIsRefused } = await afterDelivery((testbed, sides) =>
      rotate(testbed, builder(), startOf(sides)),
    );
    expect(epochs).to.deep.equal([[1], [1, 2], [2]]);
    expect(failed).to.deep.equal([]);
    // One for each state that the credentials and the mirror are in, at the least.
    expect(pushes).to.be.at.least(4);
    expect(oldIsRefused).to.equal(true);
  });

  it("is seen to lose pushes when the first credential goes before the mirror has the second", async () => {
    const careful = builder();
    const careless: Builder = {
      ...careful,
      async beginRotation(start) {
        const rotating = await careful.beginRotation(start);
        await careful.endRotation(rotating);
        return rotating;
      },
      endRotation: ({ target }) => Promise.resolve(target),
    };
    const { failed } = await afterDelivery((testbed, sides) => rotate(testbed, careless, startOf(sides)));
    expect(failed).not.to.deep.equal([]);
    expect(failed[0]).to.match(/Authentication failed/);
  });

  it("is seen to leave the old credential working", async () => {
    const careful = builder();
    const forgetful: Builder = { ...careful, endRotation: ({ target }) => Promise.resolve(target) };
    const { oldIsRefused } = await afterDelivery((testbed, sides) =>
      rotate(testbed, forgetful, startOf(sides)),
    );
    expect(oldIsRefused).to.equal(false);
  });
});
