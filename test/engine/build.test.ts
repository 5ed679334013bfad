import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { BuildError, buildEngine } from "../../engine/build";
import { fakeClone, script, temporaryFolder } from "./fakes";

describe("the build of a Pulumi CLI from Go modules", () => {
  let folder: string;
  let clone: string;
  let incoming: string;
  let lines: string[];
  const path = process.env["PATH"] ?? "";
  beforeEach(() => {
    folder = temporaryFolder();
    clone = fakeClone(folder);
    incoming = join(clone, ".airlock", "engine", "incoming-1");
    mkdirSync(incoming, { recursive: true });
    lines = [];
    process.env["PATH"] = [join(folder, "bin"), path].join(delimiter);
  });
  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true, force: true });
  });

  function build(): Promise<void> {
    return buildEngine(clone, incoming, (line) => lines.push(line));
  }

  async function failure(): Promise<string> {
    try {
      await build();
    } catch (error) {
      if (error instanceof BuildError) return error.message;
      throw error;
    }
    throw new Error("the build did not fail");
  }

  /** A Go that writes a file named after the module's folder where -o says. */
  const obedientGo = 'while [ "$1" != -o ]; do shift; done; : > "$2/built-in-$(basename "$PWD")"';

  it("builds both programs and says which versions", async () => {
    script(join(folder, "bin"), "go", obedientGo);
    await build();
    expect(readdirSync(incoming)).to.include.members(["built-in-pulumi", "built-in-language-nodejs"]);
    expect(lines).to.deep.equal([
      "Building github.com/pulumi/pulumi/pkg/v3 v3.200.0 ...",
      "Building github.com/pulumi/pulumi/sdk/v3 v3.66.0 ...",
    ]);
  });

  it("completes them with shims that hold when the folder moves to its place", async () => {
    script(join(folder, "bin"), "go", obedientGo);
    await build();
    const bin = join(clone, ".airlock", "engine", "bin");
    renameSync(incoming, bin);
    for (const shim of ["pulumi-analyzer-policy", "pulumi-resource-pulumi-nodejs"])
      expect(realpathSync(join(bin, shim))).to.equal(join(clone, "engine", "shims", shim));
  });

  it("reports progress while Go downloads and compiles", async () => {
    const hundred = "i=0; while [ $i -lt 100 ]; do i=$((i+1));";
    const go = `${hundred} echo "go: downloading example.com/m$i v1" >&2; done; ${hundred} echo example.com/p$i >&2; done`;
    script(join(folder, "bin"), "go", go);
    await build();
    expect(lines.slice(1, 3)).to.deep.equal([
      "  100 modules downloaded, 0 packages compiled",
      "  100 modules downloaded, 100 packages compiled",
    ]);
  });

  it("fails with Go's own words", async () => {
    script(join(folder, "bin"), "go", "echo runtime/cgo >&2; echo 'go: checksum mismatch' >&2; exit 1");
    expect(await failure())
      .to.contain("failed (exit 1)")
      .and.contain("go: checksum mismatch")
      .and.not.contain("runtime/cgo");
    expect(existsSync(join(incoming, "pulumi-analyzer-policy"))).to.equal(false);
  });

  it("without Go, says what to install", async () => {
    process.env["PATH"] = join(folder, "bin");
    expect(await failure()).to.contain("Install Go 1.24 or newer, or Pulumi itself.");
  });
});
