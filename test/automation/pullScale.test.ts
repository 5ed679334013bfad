import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { PullWorld } from "./pullWorld";

describe("git airlock pull of many references", function () {
  this.timeout(300_000);
  let world: PullWorld;
  beforeEach(() => {
    world = new PullWorld();
  });
  afterEach(() => {
    world.close();
  });

  /** Runs something with a git that notes each time it is started. */
  async function started(work: () => Promise<unknown>): Promise<number> {
    const real = process.env["PATH"] ?? "";
    const script = `#!/bin/sh\necho >>'${world.at("starts")}'\nPATH='${real}'\nexec git "$@"\n`;
    world.write(world.folder, { "bin/git": script, starts: "" });
    chmodSync(world.at("bin/git"), 0o755);
    process.env["PATH"] = `${world.at("bin")}:${real}`;
    try {
      await work();
    } finally {
      process.env["PATH"] = real;
    }
    return readFileSync(world.at("starts"), "utf8").length;
  }

  function update(commands: readonly string[]): void {
    writeFileSync(world.at("commands"), commands.map((line) => `${line}\n`).join(""));
    world.gitIn(
      world.source,
      "-c",
      "alias.all=!git update-ref --stdin <'" + world.at("commands") + "'",
      "all",
    );
  }

  it("starts as many processes for 40 as for 3: new, moved, deleted, and as a first pull", async () => {
    const taken = async (many: number): Promise<number[]> => {
      world.close();
      world = new PullWorld();
      const names = Array.from({ length: many }, (_, at) => at);
      const first = world.git("rev-parse", "HEAD");
      const second = world.commit("second");
      update(
        names.flatMap((at) => [`create refs/heads/b${at} ${first}`, `create refs/tags/t${at} ${first}`]),
      );
      const counts = [await started(() => world.pull())];
      update(names.map((at) => `create refs/tags/n${at} ${second}`));
      counts.push(await started(() => world.pull()));
      update(names.map((at) => `update refs/heads/b${at} ${second}`));
      counts.push(await started(() => world.pull()));
      update(names.flatMap((at) => [`delete refs/heads/b${at}`, `update refs/tags/t${at} ${second}`]));
      const consent = names.flatMap((at) => [
        "--accept-rewrite",
        `refs/heads/b${at}=deleted`,
        "--accept-rewrite",
        `refs/tags/t${at}=${second}`,
      ]);
      counts.push(await started(() => world.pull(...consent)));
      expect((await world.pull()).text).to.contain("Up to date.");
      return counts;
    };
    expect(await taken(40)).to.deep.equal(await taken(3));
  });
});
