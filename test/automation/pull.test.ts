import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PullWorld, airlockPull, stoppableAirlockPull } from "./pullWorld";

describe("git airlock pull", function () {
  this.timeout(60_000);
  let world: PullWorld;
  beforeEach(() => {
    world = new PullWorld();
  });
  afterEach(() => {
    world.close();
  });

  /** Pulls, and expects that it is refused and leaves everything as it was. */
  async function expectRefused(...options: string[]): Promise<string> {
    const before = world.state();
    const { code, text } = await world.pull(...options);
    expect([code, world.state()], text).to.deep.equal([1, before]);
    expect(text).to.contain("Refused; nothing was taken.");
    return text;
  }

  it("clones, and checks the branch out", async () => {
    const { code, text } = await world.pull();
    expect(code, text).to.equal(0);
    expect(readFileSync(join(world.clone, "a.txt"), "utf8")).to.equal("1\n");
    expect(world.gitIn(world.clone, "status", "--porcelain", "--branch")).to.equal("## main...origin/main");
    expect(readdirSync(world.folder).filter((name) => name.includes("airlock"))).to.deep.equal([]);
  });

  it("says what has changed since the last time, and nothing when nothing has", async () => {
    await world.pull();
    world.commit("second", { "a.txt": "2\n", "b.txt": "new\n" });
    const { code, text } = await airlockPull(world.clone);
    expect(code).to.equal(0);
    expect(text)
      .to.match(/branch main: fast-forwarded [0-9a-f]{12}\.\.[0-9a-f]{12}, 1 commit\n.* Dev {2}second/)
      .and.contain("1 added, 1 changed, 0 deleted\n  + b.txt\n  ~ a.txt");
    expect(readFileSync(join(world.clone, "a.txt"), "utf8")).to.equal("2\n");
    const again = await airlockPull(world.clone);
    expect([again.code, again.text.split("\n").at(-1)]).to.deep.equal([0, "Up to date."]);
  });

  it("tells machines everything", async () => {
    const tip = world.git("rev-parse", "HEAD");
    const { text } = await world.pull("--json");
    const told: unknown = JSON.parse(text);
    expect(told).to.include({ outcome: "taken", signatures: null });
    expect(told).to.have.nested.property("changes[0].new", tip);
    expect(told).to.have.nested.property("changes[0].commits[0].subject", "first");
    expect(told).to.have.nested.property("files.added[0]", "a.txt");
  });

  it("runs as one file, without packages", () => {
    const root = join(__dirname, "..", "..");
    const file = world.at("airlock-pull.cjs");
    const options = ["--bundle", "--platform=node", `--outfile=${file}`, "--log-level=error"];
    const entry = join(root, "automation", "pull", "program.ts");
    execFileSync(join(root, "node_modules", ".bin", "esbuild"), [entry, ...options]);
    const run = (...args: string[]) => spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
    expect(run(world.source, world.clone).stdout).to.contain("Taken.");
    const wrong = run("--force");
    expect(wrong.stderr).to.contain("Unknown option '--force'");
    expect(wrong.status).to.equal(3);
  });

  it("takes a branch and a tag of the same name for what they are", async () => {
    world.git("tag", "main");
    await world.pull();
    const tip = world.commit("second");
    expect((await world.pull()).code).to.equal(0);
    expect(world.gitIn(world.clone, "rev-parse", "refs/heads/main")).to.equal(tip);
    expect(world.gitIn(world.clone, "rev-parse", "refs/tags/main")).to.not.equal(tip);
  });

  describe("when history was rewritten at the source", () => {
    it("refuses a forced push, with what would be lost", async () => {
      const old = world.commit("second");
      await world.pull();
      world.git("reset", "--quiet", "--hard", "HEAD~1");
      const tip = world.commit("another second");
      const text = await expectRefused();
      expect(text)
        .to.contain("branch main was rewritten at the source; 1 commit would be lost.")
        .and.contain(`taken before: ${old}`)
        .and.contain(`--accept-rewrite refs/heads/main=${tip}`);
    });

    it("refuses a branch that was only set back", async () => {
      world.commit("second");
      await world.pull();
      world.git("reset", "--quiet", "--hard", "HEAD~1");
      expect(await expectRefused()).to.contain("1 commit would be lost");
    });

    it("takes nothing of the other branches either", async () => {
      world.git("branch", "other");
      world.commit("second");
      await world.pull();
      world.git("reset", "--quiet", "--hard", "HEAD~1");
      world.git("checkout", "--quiet", "other");
      world.commit("good");
      await expectRefused();
    });

    it("takes exactly the tip that the user names, and no other", async () => {
      world.commit("second", { "b.txt": "lost\n" });
      await world.pull();
      world.git("reset", "--quiet", "--hard", "HEAD~1");
      const named = world.commit("meant");
      const slipped = world.commit("slipped in");
      const text = await expectRefused("--accept-rewrite", `refs/heads/main=${named}`);
      expect(text).to.contain(`at the source: ${slipped}, and not ${named}`);
      const { code } = await world.pull("--accept-rewrite", `refs/heads/main=${slipped}`);
      expect([code, existsSync(join(world.clone, "b.txt"))]).to.deep.equal([0, false]);
      expect(world.gitIn(world.clone, "rev-parse", "main", "origin/main")).to.equal(`${slipped}\n${slipped}`);
    });

    it("refuses a deleted branch until the user consents", async () => {
      world.git("branch", "old");
      await world.pull();
      world.git("branch", "--quiet", "-D", "old");
      expect(await expectRefused()).to.contain("--accept-rewrite refs/heads/old=deleted");
      expect((await world.pull("--accept-rewrite", "refs/heads/old=deleted")).code).to.equal(0);
      expect(world.state()).to.not.contain("old");
      expect((await world.pull()).text).to.contain("Up to date.");
    });

    it("refuses a moved tag, even one that moved forward", async () => {
      world.git("tag", "v1");
      await world.pull();
      world.commit("second");
      world.git("tag", "--force", "v1");
      expect(await expectRefused()).to.contain("tag v1 was moved at the source");
    });

    it("is not misled by a fetch by hand", async () => {
      world.commit("second");
      await world.pull();
      world.git("reset", "--quiet", "--hard", "HEAD~1");
      world.commit("another second");
      world.gitIn(world.clone, "fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*");
      expect(await expectRefused()).to.contain("branch main was rewritten");
    });

    it("knows what a clone that git made has fetched", async () => {
      world.commit("second");
      world.gitIn(world.folder, "clone", "--quiet", world.source, world.clone);
      world.git("reset", "--quiet", "--hard", "HEAD~1");
      expect(await expectRefused()).to.contain("branch main was rewritten");
    });

    it("keeps a tag of the room's own", async () => {
      await world.pull();
      world.gitIn(world.clone, "tag", "v1");
      world.commit("second");
      world.git("tag", "v1");
      expect(await expectRefused()).to.contain("tag v1 was moved");
    });

    it("looks at one branch and the tags with --ref", async () => {
      world.git("branch", "other");
      await world.pull();
      world.git("branch", "--quiet", "-D", "other");
      expect((await world.pull("--ref", "refs/heads/main")).code).to.equal(0);
      await expectRefused();
      const { code, text } = await world.pull("--ref", "refs/heads/other");
      expect([code, text]).to.satisfy(([, said]: [number, string]) =>
        said.includes("branch other was deleted"),
      );
    });
  });

  describe("with work in the clone", () => {
    it("refuses before anything has changed where a file was edited", async () => {
      await world.pull();
      world.write(world.clone, { "a.txt": "mine\n" });
      world.commit("second", { "b.txt": "new\n" });
      expect(await expectRefused()).to.contain("Files were changed here: a.txt.");
    });

    it("overwrites no file that git does not know", async () => {
      await world.pull();
      world.write(world.clone, { "b.txt": "mine\n" });
      world.commit("second", { "b.txt": "theirs\n" });
      expect(await expectRefused()).to.contain("b.txt");
      expect(readFileSync(join(world.clone, "b.txt"), "utf8")).to.equal("mine\n");
    });

    it("refuses where the branch has commits of its own", async () => {
      await world.pull();
      world.gitIn(world.clone, "commit", "--quiet", "--allow-empty", "-m", "mine");
      world.commit("second");
      expect(await expectRefused()).to.contain("has commits here that the source does not have");
    });

    it("leaves the files alone where no branch is checked out", async () => {
      await world.pull();
      world.gitIn(world.clone, "checkout", "--quiet", "--detach");
      const tip = world.commit("second");
      expect((await world.pull()).text).to.contain("HEAD is detached");
      expect(world.gitIn(world.clone, "rev-parse", "origin/main")).to.equal(tip);
    });
  });

  describe("when it cannot tell", () => {
    it("ends with 2 and takes nothing where the source does not answer", async () => {
      await world.pull();
      const before = world.state();
      world.gitIn(world.clone, "config", "remote.origin.url", world.at("gone"));
      const { code, text } = await airlockPull(world.clone);
      expect([code, world.state()]).to.deep.equal([2, before]);
      expect(text).to.contain("nothing was taken");
      expect(await airlockPull(world.at("gone"), world.at("second"), "--json")).to.have.property("code", 2);
      expect(existsSync(world.at("second"))).to.equal(false);
    });

    it("ends with 2 where a shallow source hides history", async () => {
      world.commit("second");
      world.gitIn(world.folder, "clone", "--quiet", "--depth=1", `file://${world.source}`, "shallow");
      expect(await airlockPull(world.at("shallow"), world.clone)).to.have.property("code", 2);
      expect(existsSync(world.clone)).to.equal(false);
    });

    it("ends with 2 and takes nothing where somebody stops it", async () => {
      await world.pull();
      world.commit("second");
      const before = world.state();
      const stop = new AbortController();
      setImmediate(() => {
        stop.abort();
      });
      const { code, text } = await stoppableAirlockPull(stop.signal, world.clone);
      expect([code, world.state()], text).to.deep.equal([2, before]);
    });

    it("does not work beside another pull", async () => {
      await world.pull();
      writeFileSync(join(world.clone, ".git", "airlock-pull.lock"), String(process.pid));
      const { code, text } = await world.pull();
      expect(text).to.contain("Another git airlock pull is at work here");
      expect(code).to.equal(2);
    });
  });

  describe("killed half-way", () => {
    /** As a pattern of the shell; the dry run before has an option where this has a commit. */
    const MOVES_FILES = "'read-tree -m -u '[0-9a-f]";

    /** Runs the command with a git that stops it dead when it comes to a certain command of git. */
    async function killedAt(command: string, when: "before" | "after"): Promise<void> {
      const real = process.env["PATH"] ?? "";
      const kill = 'kill -9 "$PPID"';
      const stub = `#!/bin/sh\nPATH='${real}'\ncase " $* " in *" "${command}*) ${
        when === "before" ? `${kill}; exit 1` : `git "$@"; ${kill}; exit 1`
      };; esac\nexec git "$@"\n`;
      world.write(world.folder, { "bin/git": stub });
      chmodSync(world.at("bin/git"), 0o755);
      const main = join(__dirname, "..", "..", "bin", "git-airlock");
      const signal = await new Promise((resolve) => {
        spawn(process.execPath, [main, "pull", world.source, world.clone], {
          env: { ...process.env, PATH: `${world.at("bin")}:${real}` },
          stdio: "ignore",
        }).once("close", (_, by) => {
          resolve(by);
        });
      });
      expect(signal).to.equal("SIGKILL");
    }

    it("is not misled by what such a run had fetched", async () => {
      world.git("branch", "old");
      await world.pull();
      world.commit("second");
      await killedAt("'fetch '", "after");
      expect(world.state()).to.contain("refs/airlock/incoming/heads/old");
      world.git("branch", "--quiet", "-D", "old");
      expect((await world.pull()).text).to.contain("branch old was deleted at the source");
    });

    it("leaves no clone, and the next run makes it", async () => {
      await killedAt(MOVES_FILES, "after");
      expect(existsSync(world.clone)).to.equal(false);
      expect((await world.pull()).code).to.equal(0);
    });

    for (const [moment, command, when] of [
      ["before the fetch is over", "'fetch '", "before"],
      ["between fetch and check", "'fetch '", "after"],
      ["before the references are locked", "'update-ref -m '", "before"],
      ["when the files are moved and the references not", MOVES_FILES, "after"],
    ] as const)
      it(`takes nothing ${moment}, and the next run takes all`, async () => {
        await world.pull();
        const old = world.gitIn(world.clone, "rev-parse", "HEAD");
        const tip = world.commit("second", { "a.txt": "2\n", "b.txt": "new\n" });
        await killedAt(command, when);
        const own = ["refs/heads/main", "refs/remotes/origin/main", "refs/airlock/seen/heads/main"];
        expect(new Set(world.gitIn(world.clone, "rev-parse", ...own).split("\n"))).to.deep.equal(
          new Set([old]),
        );
        const { code, text } = await world.pull();
        expect(code, text).to.equal(0);
        expect(new Set(world.gitIn(world.clone, "rev-parse", ...own).split("\n"))).to.deep.equal(
          new Set([tip]),
        );
        expect(world.gitIn(world.clone, "status", "--porcelain")).to.equal("");
        expect(world.state()).to.not.contain("incoming");
      });
  });
});
