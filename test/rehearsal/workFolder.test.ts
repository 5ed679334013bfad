import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { makeWorkFolder } from "../../rehearsal/workFolder";
import { inFolder } from "./rehearsing";

/** The folder of a rehearsal of the process with that id, with something in it. */
function folderOf(root: string, pid: number | string): string {
  const folder = join(root, ".airlock", `rehearsal-${pid}-abcdef`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "ca.pem"), "");
  return folder;
}

describe("the folder that a rehearsal works in", () => {
  it("is new, empty, and named after its process", () =>
    inFolder((root) => {
      const [one, two] = [makeWorkFolder(root, false), makeWorkFolder(root, false)];
      expect(one).to.not.equal(two);
      expect(readdirSync(one)).to.deep.equal([]);
      expect(basename(one)).to.match(new RegExp(`^rehearsal-${process.pid}-`));
      return Promise.resolve();
    }));

  it("takes away what killed rehearsals left, and nothing of those that still run", () =>
    inFolder((root) => {
      const { pid } = spawnSync(process.execPath, ["--version"]);
      const [killed, running] = [folderOf(root, pid), folderOf(root, process.ppid)];
      makeWorkFolder(root, false);
      expect(existsSync(killed)).to.equal(false);
      expect(existsSync(running)).to.equal(true);
      return Promise.resolve();
    }));

  it("leaves alone what it did not make", () =>
    inFolder((root) => {
      const other = folderOf(root, "notes");
      makeWorkFolder(root, false);
      expect(existsSync(other)).to.equal(true);
      return Promise.resolve();
    }));

  it("that is to be kept has a name that no later rehearsal sweeps away", () =>
    inFolder((root) => {
      const kept = makeWorkFolder(root, true);
      expect(basename(kept)).to.match(/^kept-/);
      makeWorkFolder(root, false);
      expect(existsSync(kept)).to.equal(true);
      return Promise.resolve();
    }));
});
