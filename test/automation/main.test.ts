import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const bin = join(__dirname, "..", "..", "bin");

describe("the git-airlock command", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "airlock-command-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (path: string, ...args: string[]) => {
    const env = { ...process.env, PATH: `${path}:${process.env["PATH"] ?? ""}` };
    return spawnSync("git", ["airlock", ...args], { cwd: folder, encoding: "utf8", env });
  };

  it("is a command of git where its folder is on PATH", () => {
    const { status, stdout } = run(bin, "-h");
    expect([status, stdout.split("\n")[0]]).to.deep.equal([0, "Usage: git airlock COMMAND [options]"]);
  });

  it("is found through a link, as npm link makes one", () => {
    symlinkSync(join(bin, "git-airlock"), join(folder, "git-airlock"));
    const { status, stdout } = run(folder, "pull", "-h");
    expect([status, stdout.split(" URL")[0]]).to.deep.equal([0, "Usage: git airlock pull"]);
  });

  for (const args of [["--version"], ["-V"], ["pull", "--version"], ["verify", "-V"]])
    it(`says its version to ${args.join(" ")}`, () => {
      const { status, stdout } = run(bin, ...args);
      expect(status).to.equal(0);
      expect(stdout).to.match(/^git-airlock \d+\.\d+\.\d+ \(commit .+, Node\.js v\d+/);
    });

  it("names the command that was meant", () => {
    const { status, stderr } = run(bin, "verfy");
    expect(status).to.equal(3);
    expect(stderr).to.match(/^There is no command "verfy"\. Did you mean "verify"\?\n/);
  });

  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty", "", "pull "])
    it(`knows no command "${name}"`, () => {
      const { status, stderr } = run(bin, name);
      expect(status).to.equal(3);
      expect(stderr).to.contain(`There is no command "${name}".`).and.not.contain("    at ");
    });
});
