import { spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PullWorld } from "./pullWorld";

/** Names of which git can hold only one at a time: a branch `feature` and a branch `feature/x`. */
describe("git airlock pull where names exclude each other", function () {
  this.timeout(120_000);
  let world: PullWorld;
  beforeEach(() => {
    world = new PullWorld();
  });
  afterEach(() => {
    world.close();
  });

  /** The references that the clone has of the source, by the names that they have there. */
  function taken(): string[] {
    const refs = ["refs/remotes/origin", "refs/tags"];
    return world
      .gitIn(world.clone, "for-each-ref", "--format=%(refname) %(objectname)", ...refs)
      .split("\n")
      .map((line) => line.replace("refs/remotes/origin/", "refs/heads/"));
  }

  function atSource(): string[] {
    return world
      .git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags")
      .split("\n");
  }

  async function expectSame(): Promise<void> {
    expect(taken()).to.have.members(atSource());
    const again = await world.pull();
    expect([again.code, again.text.includes("Up to date.")], again.text).to.deep.equal([0, true]);
    expect(world.state()).to.not.contain("displaced");
  }

  const moves: [string, string[], string[]][] = [
    ["a branch becomes a folder", ["refs/heads/feature"], ["refs/heads/feature/x"]],
    ["a folder becomes a branch", ["refs/heads/a/b/c", "refs/heads/a/d"], ["refs/heads/a"]],
    [
      "a tag becomes a folder, and another one a tag",
      ["refs/tags/v1", "refs/tags/r/1"],
      ["refs/tags/v1/rc/1", "refs/tags/r"],
    ],
  ];
  for (const [what, before, after] of moves)
    it(`takes it with consent when ${what}`, async () => {
      for (const ref of before) world.git("update-ref", ref, "HEAD");
      await world.pull();
      for (const ref of before) world.git("update-ref", "-d", ref);
      world.commit("second");
      for (const ref of after) world.git("update-ref", ref, "HEAD");
      const unchanged = world.state();
      const refused = await world.pull();
      expect([refused.code, world.state()], refused.text).to.deep.equal([1, unchanged]);
      const consent = before.flatMap((ref) => ["--accept-rewrite", `${ref}=deleted`]);
      const { code, text } = await world.pull(...consent);
      expect(code, text).to.equal(0);
      await expectSame();
    });

  it("asks for consent before a tag of the room's own makes room", async () => {
    await world.pull();
    world.gitIn(world.clone, "tag", "v1");
    world.git("tag", "v1/rc");
    const refused = await world.pull();
    expect(
      [refused.code, refused.text.includes("--accept-rewrite refs/tags/v1=deleted")],
      refused.text,
    ).to.deep.equal([1, true]);
    expect((await world.pull("--accept-rewrite", "refs/tags/v1=deleted")).code).to.equal(0);
    await expectSame();
  });

  it("takes no fetch by hand for a reason to stop", async () => {
    await world.pull();
    world.git("branch", "feature");
    world.gitIn(world.clone, "fetch", "--quiet", "origin");
    world.git("branch", "--quiet", "-D", "feature");
    world.git("branch", "feature/x");
    expect((await world.pull()).code).to.equal(0);
    await expectSame();
  });

  it("sees with --ref that a branch outside of the view is gone", async () => {
    world.git("branch", "feature");
    await world.pull();
    world.git("branch", "--quiet", "-D", "feature");
    world.git("branch", "feature/x");
    const only = ["--ref", "refs/heads/feature/x"];
    expect((await world.pull(...only)).text).to.contain("branch feature was deleted at the source");
    expect((await world.pull(...only, "--accept-rewrite", "refs/heads/feature=deleted")).code).to.equal(0);
    await expectSame();
  });

  it("knows every record still where it was killed between making room and taking", async () => {
    world.git("branch", "feature");
    const second = world.commit("second");
    world.git("update-ref", "refs/heads/feature", second);
    await world.pull();
    world.git("update-ref", "-d", "refs/heads/feature");
    world.git("branch", "feature/x");
    await killedAfterMakingRoom("--accept-rewrite", "refs/heads/feature=deleted");
    expect(taken().join()).to.not.contain("feature");
    // The source goes back, to something else than was taken.
    world.git("update-ref", "-d", "refs/heads/feature/x");
    world.git("update-ref", "refs/heads/feature", `${second}~1`);
    const refused = await world.pull();
    expect(refused.text).to.contain("branch feature was rewritten at the source; 1 commit would be lost.");
    world.git("update-ref", "refs/heads/feature", second);
    expect((await world.pull()).code).to.equal(0);
    await expectSame();
  });

  it("puts back what made room where the rest cannot be taken", async () => {
    world.git("branch", "feature");
    await world.pull();
    world.git("update-ref", "-d", "refs/heads/feature");
    world.git("branch", "feature/x");
    const before = world.state();
    world.write(world.folder, {
      "bin/git": stub('case " $* " in *" read-tree -m -u "[0-9a-f]*) exit 1;; esac'),
    });
    world.commit("second", { "a.txt": "2\n" });
    const { code } = await run(world, "--accept-rewrite", "refs/heads/feature=deleted");
    expect([code, world.state()]).to.deep.equal([2, before]);
    expect((await world.pull("--accept-rewrite", "refs/heads/feature=deleted")).code).to.equal(0);
    await expectSame();
  });

  /** A git that does something else at times. */
  function stub(script: string): string {
    return `#!/bin/sh\nPATH='${process.env["PATH"] ?? ""}'\n${script}\nexec git "$@"\n`;
  }

  async function killedAfterMakingRoom(...options: string[]): Promise<void> {
    // The first change of references makes room; the second is never begun.
    const kill = `case " $* " in *" update-ref -m "*) [ -e '${world.at("once")}' ] && { kill -9 $PPID; exit 1; }; : >'${world.at("once")}';; esac`;
    world.write(world.folder, { "bin/git": stub(kill) });
    expect((await run(world, ...options)).signal).to.equal("SIGKILL");
  }
});

/** Runs the command as a process, with the git of the world's folder `bin`. */
function run(
  world: PullWorld,
  ...options: string[]
): Promise<{ code: number | null; signal: string | null }> {
  const main = join(__dirname, "..", "..", "bin", "git-airlock");
  chmodSync(world.at("bin/git"), 0o755);
  return new Promise((resolve) => {
    spawn(process.execPath, [main, "pull", world.source, world.clone, ...options], {
      env: { ...process.env, PATH: `${world.at("bin")}:${process.env["PATH"] ?? ""}` },
      stdio: "ignore",
    }).once("close", (code, signal) => {
      resolve({ code, signal });
    });
  });
}
