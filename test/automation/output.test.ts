import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const root = join(__dirname, "..", "..");
const FULL = "/dev/full";

/** Runs a program with what it prints going elsewhere than to this test. */
function run(file: string, args: string[], to: { out?: "full" | "closed"; err?: "full" }) {
  const full = openSync(FULL, "w");
  const child = spawn(process.execPath, [join(root, file), ...args], {
    stdio: ["ignore", to.out === "full" ? full : "pipe", to.err === "full" ? full : "pipe"],
  });
  closeSync(full);
  if (to.out === "closed") child.stdout?.destroy();
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise<{ code: number | null; said: string }>((resolve) => {
    child.once("close", (code) => {
      resolve({ code, said });
    });
  });
}

(existsSync(FULL) ? describe : describe.skip)("what cannot be printed", () => {
  for (const args of [["-h"], ["--version"], ["pull", "--help"]])
    it(`is said, and is the exit code: git airlock ${args.join(" ")}`, async () => {
      expect(await run("bin/git-airlock", args, { out: "full" })).to.deep.equal({
        code: 3,
        said: "Standard output cannot be written: ENOSPC: no space left on device, write\n",
      });
    });

  it("is the exit code where even that cannot be said", async () => {
    expect((await run("bin/git-airlock", ["verfy"], { err: "full" })).code).to.equal(3);
  });

  it("is nothing where nobody reads any more", async () => {
    expect(await run("bin/git-airlock", ["-h"], { out: "closed" })).to.deep.equal({ code: 0, said: "" });
  });

  it("is said by npm start, too, with the exit code of a wrong command line", async () => {
    const { code, said } = await run("rehearsal/start.mjs", ["--help"], { out: "full" });
    expect([code, said]).to.deep.equal([
      2,
      "Standard output cannot be written: ENOSPC: no space left on device, write\n",
    ]);
  });
});
