import { expect } from "chai";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./fakes";

/** Runs a shim as the engine does, and takes the first line that it writes: the port that it serves on. */
function firstLine(shim: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, "engine", "shims", shim), args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
    createInterface({ input: child.stdout }).once("line", (line) => {
      child.kill();
      resolve(line);
    });
    child.once("error", reject);
    child.once("close", () => {
      reject(new Error(`${shim} ended without a line: ${complaint}`));
    });
  });
}

describe("the shims that complete a built Pulumi CLI", () => {
  let folder: string;
  beforeEach(() => {
    // Inside the clone, where Node.js finds the clone's packages.
    mkdirSync(join(root, ".airlock"), { recursive: true });
    folder = mkdtempSync(join(root, ".airlock", "shims-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("start the provider of dynamic resources", async () => {
    expect(await firstLine("pulumi-resource-pulumi-nodejs", ["127.0.0.1:1"], folder)).to.match(/^\d+$/);
  });

  it("start a policy pack", async () => {
    writeFileSync(join(folder, "package.json"), '{"name": "pack", "version": "1.0.0", "main": "index.js"}');
    writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
    writeFileSync(
      join(folder, "index.js"),
      'const { PolicyPack } = require("@pulumi/policy"); new PolicyPack("pack", { policies: [] });',
    );
    expect(await firstLine("pulumi-analyzer-policy", ["127.0.0.1:1", "."], folder)).to.match(/^\d+$/);
  });
});
