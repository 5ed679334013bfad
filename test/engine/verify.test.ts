import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { describeEngine, siteWithBoth } from "./describeEngine";
import { root } from "./fakes";
import { engine, type Site } from "./site";

describeEngine("git airlock verify, of stacks in a backend", () => {
  let site: Site;
  before(async () => {
    site = await siteWithBoth();
  });

  /** Without the passphrase: secrets stay closed, so none is needed. */
  async function verify(
    { project }: Site,
    ...args: string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const cli = await engine();
    const env = {
      ...process.env,
      ...cli?.env,
      PULUMI_BACKEND_URL: `file://${project.backend}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_CONFIG_PASSPHRASE_FILE: "",
    };
    return new Promise((resolve) => {
      const command = [join(root, "bin", "git-airlock"), "verify", ...args];
      execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  it("proves what both stacks say, but for what no state shows", async () => {
    const { code, stdout, stderr } = await verify(site);
    expect(stderr).to.equal("");
    expect(stdout).to.contain("14 proved, 0 refuted, 1 pending, 0 unknown.");
    expect(code).to.equal(2);
  });

  it("reads the mirror's and the organization's stacks too, where there are such, and proves everything", async () => {
    const whole = await siteWithBoth();
    for (const stack of ["mirror", "org"] as const) {
      await whole.project.run(["stack", "init", stack]);
      await whole.run(stack, "up", "--yes");
    }
    const { code, stdout, stderr } = await verify(whole);
    expect(stderr).to.equal("");
    expect(stdout).to.contain("15 proved, 0 refuted, 0 pending, 0 unknown.");
    expect(code).to.equal(0);
    whole.close();
  });

  it("says which stack it cannot read, and what to do", async () => {
    const { code, stderr } = await verify(site, "--target-stack", "production");
    expect(code).to.equal(3);
    expect(stderr).to.contain("The stack production cannot be read").and.contain("--target-stack");
  });

  it("sees what was changed by hand, once Pulumi has looked", async () => {
    const { ledger } = site.accounts.prd;
    const policy = site.held("prd").find(({ name }) => name === "target-push-policy-1");
    const inputs = { ...policy?.inputs };
    const wide = String(inputs["policy"]).replaceAll("203.0.113.10/32", "203.0.113.0/24");
    await ledger.update(policy?.type ?? "", policy?.id ?? "", { ...inputs, policy: wide });
    expect((await verify(site)).stdout).to.contain("0 refuted");
    await site.run("prd", "refresh", "--yes");
    const { code, stdout } = await verify(site);
    expect(code).to.equal(1);
    expect(stdout).to.match(/✘ C2 +refuted/);
  });
});
