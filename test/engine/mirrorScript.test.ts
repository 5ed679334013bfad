import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { describeEngine, siteWithBoth } from "./describeEngine";
import { root } from "./fakes";
import { engine, passphrase, type Site } from "./site";

const credential = z.object({ userName: z.string(), password: z.string() });

describeEngine("git airlock mirror --print", () => {
  let site: Site;
  before(async () => {
    site = await siteWithBoth();
  });

  async function mirror(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const cli = await engine();
    const env = {
      ...process.env,
      ...cli?.env,
      PULUMI_BACKEND_URL: `file://${site.project.backend}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
    };
    return new Promise((resolve) => {
      const command = [join(root, "bin", "git-airlock"), "mirror", ...args];
      execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  /** The state that the script holds. */
  function desiredOf(script: string): unknown {
    const [, text = ""] = /<<'END_OF_DESIRED'\n(.*)\nEND_OF_DESIRED\n/.exec(script) ?? [];
    return JSON.parse(text);
  }

  it("prints the script with every mirror and the credential, and says that it holds one", async () => {
    const { code, stdout, stderr } = await mirror("--print", "--only-protected-branches");
    const { userName: user, password } = credential.parse(await site.output("prd", "pushCredential"));
    expect(code).to.equal(0);
    expect(stderr).to.contain("holds the push credential").and.not.contain(password);
    expect(desiredOf(stdout)).to.deep.include({
      settings: { onlyProtectedBranches: true, createProjects: false },
      credentials: { prd: { user, password } },
      mirrors: ["network", "app"]
        .map((name) => ({
          target: "prd",
          project: `platform/${name}`,
          url: `https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/platform.${name}`,
        }))
        .sort((a, b) => (a.project < b.project ? -1 : 1)),
    });
  });

  it("withdrawn wants no mirror, and keeps the credential by which ours are known", async () => {
    const desired = desiredOf((await mirror("--print", "--withdrawn")).stdout);
    expect(desired).to.deep.include({ mirrors: [] }).and.to.have.nested.property("credentials.prd");
  });

  it("says which stack is not a target, and what to do", async () => {
    const { code, stdout, stderr } = await mirror("--print", "--target-stack", "dev");
    expect([code, stdout]).to.deep.equal([3, ""]);
    expect(stderr).to.contain("The stack dev is not a target that is deployed").and.contain("--target-stack");
  });

  it("refuses what it does not know", async () => {
    expect((await mirror("--prnt")).code).to.equal(3);
    expect((await mirror()).stderr).to.contain("Usage: git airlock mirror --print");
  });
});
