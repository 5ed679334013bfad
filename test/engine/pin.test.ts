import { expect } from "chai";
import { pin } from "../../automation/pin/pin";
import { PulumiFailed } from "../../automation/pulumiCli";
import { describeEngine, siteWithBoth } from "./describeEngine";

describeEngine("git airlock pin", () => {
  it("keeps prd to the addresses that it lets in, and leaves its update with nothing to do", async () => {
    const site = await siteWithBoth();
    const read = async (args: readonly string[]) => {
      const { code, stdout, stderr } = await site.project.run(args, { server: site.accounts.prd });
      if (code !== 0) throw new PulumiFailed(stdout + stderr);
      return stdout;
    };
    const pinOnce = () =>
      pin("prd", {
        pulumi: { read, show: () => Promise.reject(new Error("nothing is updated")) },
        say: () => undefined,
        ask: () => Promise.resolve(true),
      });
    expect(await pinOnce()).to.equal("pinned");
    expect(await pinOnce()).to.equal("already");
    expect(await site.preview("prd")).to.deep.equal([]);
    await site.run("prd", "up", "--yes");
    expect(await site.output("prd", "pushSourcesArePinned")).to.equal(true);
    site.close();
  });
});
