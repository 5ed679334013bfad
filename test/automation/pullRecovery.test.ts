import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { clearLeftovers } from "../../automation/pull/leftovers";
import { PullWorld } from "./pullWorld";

/** Only Linux tells here whether a git is at work in a clone. */
const hasProc = existsSync("/proc/self/cwd");

(hasProc ? describe : describe.skip)("git airlock pull after git itself was killed", function () {
  this.timeout(120_000);
  let world: PullWorld;
  beforeEach(async () => {
    world = new PullWorld();
    for (let at = 0; at < 20; at++) world.git("tag", `v${at}`);
    world.commit("files", Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`d/${at}`, `${at}\n`])));
    await world.pull();
  });
  afterEach(() => {
    world.close();
  });

  const inGit = (name: string) => join(world.clone, ".git", name);

  async function expectTaken(): Promise<void> {
    const { code, text } = await world.pull();
    expect(code, text).to.equal(0);
    const tip = world.git("rev-parse", "HEAD");
    const own = ["refs/heads/main", "refs/remotes/origin/main", "refs/airlock/seen/heads/main"];
    expect(new Set(world.gitIn(world.clone, "rev-parse", ...own).split("\n"))).to.deep.equal(new Set([tip]));
    expect(world.gitIn(world.clone, "status", "--porcelain")).to.equal("");
    expect(world.gitIn(world.clone, "tag")).to.equal(world.git("tag"));
  }

  const locks = [
    "index",
    "HEAD",
    "packed-refs",
    "config",
    "shallow",
    "refs/heads/main",
    "refs/remotes/origin/main",
    "refs/airlock/seen/heads/main",
    "refs/tags/new",
  ];
  it("takes all though every lock is still there", async () => {
    world.commit("second", { "d/1": "changed\n", "e/1": "new\n" });
    world.git("tag", "new");
    for (const name of locks) writeFileSync(inGit(`${name}.lock`), "");
    writeFileSync(inGit("packed-refs.new"), "");
    writeFileSync(inGit("airlock-pull.lock"), "999999999 1");
    await expectTaken();
  });

  it("leaves the lock of a git that is at work", async () => {
    const lock = inGit("refs/heads/main.lock");
    writeFileSync(lock, "");
    // It works for as long as its input is open.
    const busy = spawn("git", ["-C", world.clone, "cat-file", "--batch"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    busy.stdin.write("HEAD\n");
    await once(busy.stdout, "data");
    const clone = { folder: world.clone, stopped: AbortSignal.abort(), conventions: [] };
    await clearLeftovers(clone, [inGit("")], false);
    expect(existsSync(lock)).to.equal(true);
    busy.stdin.end();
    await once(busy, "exit");
    await clearLeftovers(clone, [inGit("")], false);
    expect(existsSync(lock)).to.equal(false);
  });

  it("takes a number that now belongs to another process for no pull at work", async () => {
    writeFileSync(inGit("airlock-pull.lock"), `${process.pid} 1`);
    world.commit("second");
    await expectTaken();
  });

  describe("in the middle of the files", () => {
    /** Takes the clone to where git was killed while it wrote the files of this step. */
    function halfWay(write: (from: string, to: string) => void): void {
      const from = world.git("rev-parse", "HEAD");
      world.git("rm", "--quiet", "d/2");
      const to = world.commit("second", {
        "d/1": "changed and longer\n",
        "e/1": "new\n",
        "d/3": "3 changed\n",
      });
      world.gitIn(world.clone, "fetch", "--quiet", "origin", "+HEAD:refs/airlock/incoming/heads/main");
      writeFileSync(inGit("airlock-pull.step"), `${from} ${to}`);
      writeFileSync(inGit("index.lock"), "half");
      write(from, to);
    }
    const write = (path: string, text: string) => {
      world.write(world.clone, { [path]: text });
    };

    it("takes the files back, and then all", async () => {
      halfWay(() => {
        write("d/1", "changed and longer\n");
        write("e/1", "ne");
        rmSync(join(world.clone, "d/2"));
        rmSync(join(world.clone, "d/3"));
      });
      await expectTaken();
    });

    it("does so even when the source has moved on", async () => {
      halfWay(() => {
        write("d/1", "chan");
        write("e/1", "new\n");
      });
      world.git("rm", "--quiet", "-r", "e");
      world.commit("third");
      await expectTaken();
      expect(existsSync(join(world.clone, "e/1"))).to.equal(false);
    });

    it("leaves what somebody has changed since, and refuses", async () => {
      halfWay(() => undefined);
      for (const path of ["d/1", "d/4", "e/1"]) {
        write(path, "mine\n");
        const { code, text } = await world.pull();
        expect([code, text.includes(path)], text).to.deep.equal([1, true]);
        expect(readFileSync(join(world.clone, path), "utf8")).to.equal("mine\n");
        world.gitIn(world.clone, "checkout", "--quiet", "--", ".");
        world.gitIn(world.clone, "clean", "--quiet", "-f", "-d");
      }
      await expectTaken();
    });

    it("takes a deletion for somebody's where no pull was killed", async () => {
      world.commit("second", { "d/1": "changed\n" });
      rmSync(join(world.clone, "d/1"));
      const { code, text } = await world.pull();
      expect([code, text.includes("Files were changed here: d/1.")], text).to.deep.equal([1, true]);
    });
  });

  for (const [what, command, lock] of [
    ["when the references are locked", "'update-ref -m '", "refs/airlock/seen/heads/main.lock"],
    ["while the files are written", "'read-tree -m -u '[0-9a-f]", "index.lock"],
  ] as const)
    it(`converges where its whole group was killed ${what}`, async () => {
      const many = Array.from({ length: 500 }, (_, at): [string, string] => [`many/${at}`, `${at}\n`]);
      world.commit("second", Object.fromEntries([...many, ["d/5", "changed\n"]]));
      world.git("tag", "new");
      const real = process.env["PATH"] ?? "";
      const file = inGit(lock);
      const stub = `#!/bin/sh
PATH='${real}'
case " $* " in *" "${command}*)
  git "$@" <&0 & child=$!
  while kill -0 $child 2>/dev/null && [ ! -e '${file}' ]; do :; done
  kill -9 0;;
esac
exec git "$@"
`;
      world.write(world.folder, { "bin/git": stub });
      chmodSync(world.at("bin/git"), 0o755);
      const main = join(__dirname, "..", "..", "bin", "git-airlock");
      const child = spawn(process.execPath, [main, "pull", world.clone], {
        env: { ...process.env, PATH: `${world.at("bin")}:${real}` },
        stdio: "ignore",
        detached: true,
      });
      const signal = await new Promise((resolve) => {
        child.once("close", (_, by) => {
          resolve(by);
        });
      });
      expect(signal).to.equal("SIGKILL");
      await expectTaken();
      expect(spawnSync("git", ["-C", world.clone, "fsck", "--strict"]).status).to.equal(0);
    });
});
