import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UsageError } from "../../rehearsal/options";
import { run } from "../../rehearsal/run";

const root = join(__dirname, "..", "..");

describe("npm start -- --out", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "airlock-out-"));
    mkdirSync(join(folder, "taken", "mirror.json"), { recursive: true });
    writeFileSync(join(folder, "file"), "");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** What it says before it stands anything up: the repository is none, which it would find out after that. */
  async function refusal(out: string): Promise<string> {
    const commandLine = { repo: "/nonexistent", json: true, out, keep: false, engine: false, help: false };
    try {
      await run(commandLine, root, AbortSignal.abort(new Error("it began")));
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    throw new Error("it was not refused");
  }

  it("refuses a folder in which an export cannot be written, before the work, and leaves nothing there", async () => {
    expect(await refusal(join(folder, "taken"))).to.match(/^--out: .*mirror\.json cannot be written: EISDIR/);
    expect(readdirSync(join(folder, "taken"))).to.deep.equal(["mirror.json"]);
  });

  it("refuses a file in the place of the folder", async () => {
    expect(await refusal(join(folder, "file"))).to.match(/^--out .*file.*EEXIST/);
  });
});
