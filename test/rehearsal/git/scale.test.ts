import { randomFillSync } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { compareRepositories } from "../../../rehearsal/git/compareRepositories";
import { commit, Lab, PROJECT, PULL, PUSH, REPOSITORIES } from "./lab";

describe("large repositories", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(async () => {
    await lab.close();
  });

  /**
   * A repository with one file of so many MB, random so that they really cross the wire, and written in pieces so
   * that this process never holds them.
   */
  async function large(megabytes: number): Promise<string> {
    const file = path.join(lab.folder, "big.bin");
    const piece = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < megabytes; i++) appendFileSync(file, randomFillSync(piece));
    const source = await lab.repository("source", commit("main", "small", { a: "1" }));
    const settings = ["-c", "core.compression=0", "-c", "core.bigFileThreshold=1m"];
    const blob = await lab.git(source, [...settings, "hash-object", "-w", file]);
    const tree = await lab.git(source, ["mktree"], `100644 blob ${blob}\tbig.bin\n`);
    const big = await lab.git(source, ["commit-tree", "-m", "big", "-p", "main", tree]);
    await lab.git(source, ["update-ref", "refs/heads/main", big]);
    return source;
  }

  async function arrivesUnchanged(source: string): Promise<{ refs: number; objects: number }> {
    const status = await lab.gitlab.syncMirror(PROJECT);
    expect(status.updateStatus, status.lastError).to.equal("finished");
    const { isolated } = lab.positions;
    const cloned = await isolated.git(["clone", "--mirror", `${REPOSITORIES}/app`, "app.git"], {
      credential: PULL,
    });
    expect(cloned.code, cloned.stderr).to.equal(0);
    const comparison = await compareRepositories(source, path.join(isolated.home, "app.git"), lab.local);
    expect(comparison.differences).to.deep.equal([]);
    return comparison;
  }

  it("of 2,000 commits and 300 branches and tags arrive unchanged", async () => {
    const history = Array.from({ length: 2000 }, (_, i) =>
      commit("main", `変更 ${i}`, { [`src/ファイル${i % 50}.txt`]: `版 ${i}` }),
    );
    const resets = Array.from({ length: 150 }, (_, i) => [
      commit(`機能/${i}`, `branch ${i}`, { [`b${i}`]: "x" }, "refs/heads/main"),
      `reset refs/tags/v${i}\nfrom refs/heads/main\n\n`,
    ]);
    const source = await lab.repository("source", history.join("") + resets.flat().join(""));
    await lab.project(source);
    expect(await arrivesUnchanged(source)).to.deep.include({ refs: 301 });
  });

  it("with a blob of 60 MB arrive unchanged, without ever being held in memory", async () => {
    const megabytes = 60;
    const source = await large(megabytes);
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    const held: number[] = [];
    let watch: NodeJS.Timeout;
    const look = () => {
      const started = performance.now();
      // The second collection waits for the first one's sweep, so that what is left is really held by somebody.
      collectGarbage();
      collectGarbage();
      held.push(process.memoryUsage().arrayBuffers - before);
      // Collections stop every byte on its way: where other tests have filled the memory, they take seconds.
      watch = setTimeout(look, Math.max(300, 4 * (performance.now() - started)));
    };
    watch = setTimeout(look, 300);
    try {
      await lab.project(source);
      await arrivesUnchanged(source);
    } finally {
      clearTimeout(watch);
    }
    expect(held).to.not.be.empty;
    // A hop that gathered the file would hold all of it for a while.
    expect(Math.max(...held)).to.be.below((megabytes / 2) * 1024 * 1024);
  }).timeout(60_000);

  it("leave no process behind when everything is closed in the middle of a push", async () => {
    const source = await large(20);
    const pushing = lab.positions.gitlab.git(["push", `${REPOSITORIES}/app`, "main"], {
      cwd: source,
      credential: PUSH,
      proxyUrl: `http://127.0.0.1:${lab.proxyPort}`,
    });
    const pushed = () => lab.codeCommit.audit.some((r) => r.allowed && r.request.startsWith("POST"));
    while (!pushed()) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([lab.codeCommit.close(), lab.positions.gitlab.close()]);
    expect((await pushing).code).to.not.equal(0);
    if (process.platform === "linux") expect(gitProcessesIn(lab.folder)).to.deep.equal([]);
  });
});

/** Leaves in memory only what somebody still holds. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
}

/** Command lines of running programs whose home is below the folder. */
function gitProcessesIn(folder: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      if (!environment.includes(`HOME=${folder}`)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      // Not a process, not ours, or gone.
      return [];
    }
  });
}
