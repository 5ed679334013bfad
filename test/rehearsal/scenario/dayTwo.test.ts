import { expect } from "chai";
import { disbelieve, heal, rotate } from "../../../rehearsal/scenario/dayTwo";
import { inProcess, type Builder } from "../../../rehearsal/engines/deployStack";
import type { MirroredTestbed } from "../../../rehearsal/scenario/testbed";
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

describe("the references of airlock repositories, as the GitLab host lists them", () => {
  it("show that a GitLab lies that says it has pushed", async () => {
    expect(await afterDelivery(disbelieve)).to.deep.equal({ noticed: true });
  });

  it("are not believed to be there by a host that looks at nothing", async () => {
    const result = await afterDelivery(async (testbed) => {
      const before = await testbed.agent.runAssociation();
      testbed.agent.runAssociation = () => Promise.resolve(before);
      return disbelieve(testbed);
    });
    expect(result).to.deep.equal({ noticed: false });
  });

  it("lack a branch that the target's `references` leave out, in every run, and have the others", async () => {
    const statuses = await afterDelivery(
      async (testbed) => {
        await pushBranch(testbed, "wip");
        return [await testbed.agent.runAssociation(), await testbed.agent.runAssociation()];
      },
      { prd: { "git-airlock:references": ["refs/heads/main", "refs/tags/*"] } },
    );
    for (const { outcome, counts, mirrors } of statuses) {
      expect(outcome).to.equal("failed");
      expect(counts["synchronized"]).to.equal(mirrors.length - 1);
      expect(mirrors.find(({ delivery }) => delivery === "behind")).to.deep.include({ lacking: 1 });
    }
  });

  it("come through the proxy by the push user, who fetches no content and fires no tripwire", async () => {
    const { asked, alarms } = await afterDelivery(async (testbed) => {
      const fired = testbed.recordAlarms();
      const before = testbed.codeCommit.audit.length;
      await testbed.agent.runAssociation(true);
      return { asked: testbed.codeCommit.audit.slice(before), alarms: fired() };
    });
    expect(asked.length).to.be.at.least(2);
    for (const { action, allowed, transferred, principal, arrival } of asked) {
      expect({ action, allowed, transferred }).to.deep.equal({
        action: "codecommit:GitPull",
        allowed: true,
        transferred: false,
      });
      expect(principal).to.match(/:user\/target-push$/);
      expect(arrival)
        .to.have.property("sourceIp")
        .that.matches(/^203\.0\.113\./);
    }
    expect(alarms).to.deep.equal([]);
  });

  it("are unknown while the proxy is out of reach", async () => {
    const status = await afterDelivery(async (testbed) => {
      testbed.gitlab.runOnHost = () =>
        Promise.resolve({ code: 128, stdout: "", stderr: "fatal: unable to access: CONNECT tunnel failed" });
      return testbed.agent.runAssociation(true);
    });
    expect(status.counts).to.deep.include({ synchronized: 0, unknown: status.mirrors.length });
  });
});

/** A developer pushes a new branch to GitLab. */
async function pushBranch({ workTerminal, gitlab, airlock, developer }: MirroredTestbed, name: string) {
  const url = `https://${gitlab.hostname}/${airlock.gitlabProject}.git`;
  const cwd = `${workTerminal.home}/branch`;
  for (const args of [
    ["clone", "--quiet", url, cwd],
    ["-C", cwd, "push", "--quiet", "origin", `HEAD:refs/heads/${name}`],
  ]) {
    const { code, stderr } = await workTerminal.git(args, { credential: developer });
    if (code !== 0) throw new Error(stderr);
  }
}

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
