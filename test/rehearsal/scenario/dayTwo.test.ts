import { expect } from "chai";
import { heal, rotate } from "../../../rehearsal/scenario/dayTwo";
import { inProcess, type Builder } from "../../../rehearsal/engines/standUp";
import { afterDelivery, root } from "../rehearsing";

describe("a mirror that was changed by hand", () => {
  it("is put back by the host's next run", async () => {
    expect(await afterDelivery(heal)).to.deep.equal({ healed: true });
  });

  it("counts as not healed while the host does not run", async () => {
    const result = await afterDelivery(async (stage) => {
      const before = await stage.agent.runAssociation();
      stage.agent.runAssociation = () => Promise.resolve(before);
      return heal(stage);
    });
    expect(result).to.deep.equal({ healed: false });
  });
});

describe("a rotation of the push credential while people push", () => {
  const builder = () => inProcess({ root, seed: "test" });

  it("loses no push, and leaves the old credential refused", async () => {
    const { epochs, pushes, failed, oldIsRefused } = await afterDelivery((stage, { target }) =>
      rotate(stage, builder(), target),
    );
    expect(epochs).to.deep.equal([[1], [1, 2], [2]]);
    expect(failed).to.deep.equal([]);
    expect(pushes).to.be.greaterThan(5);
    expect(oldIsRefused).to.equal(true);
  });

  it("is seen to lose pushes when the first credential goes before the mirror has the second", async () => {
    const careful = builder();
    const careless: Builder = {
      ...careful,
      async beginRotation(epochs) {
        const rotating = await careful.beginRotation(epochs);
        await careful.endRotation(rotating);
        return rotating;
      },
      endRotation: ({ target }) => Promise.resolve(target),
    };
    const { failed } = await afterDelivery((stage, { target }) => rotate(stage, careless, target));
    expect(failed).not.to.deep.equal([]);
    expect(failed[0]).to.match(/Authentication failed/);
  });

  it("is seen to leave the old credential working", async () => {
    const careful = builder();
    const forgetful: Builder = { ...careful, endRotation: ({ target }) => Promise.resolve(target) };
    const { oldIsRefused } = await afterDelivery((stage, { target }) => rotate(stage, forgetful, target));
    expect(oldIsRefused).to.equal(false);
  });
});
