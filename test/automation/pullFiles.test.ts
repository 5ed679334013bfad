import { chmodSync, existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PullWorld, airlockPull } from "./pullWorld";

describe("git airlock pull with files that git converts", function () {
  this.timeout(120_000);
  let world: PullWorld;
  beforeEach(() => {
    world = new PullWorld();
  });
  afterEach(() => {
    world.close();
  });

  /** As if time had passed: git looks at the content again. */
  function touch(...paths: string[]): void {
    for (const path of paths) utimesSync(join(world.clone, path), new Date(0), new Date(1000));
  }

  /** Commits bytes as they are, whatever git would make of them. */
  function commitRaw(files: Readonly<Record<string, string>>): void {
    world.write(world.source, files);
    for (const path of Object.keys(files)) {
      const oid = world.git("hash-object", "-w", "--no-filters", path);
      world.git("update-index", "--add", "--cacheinfo", `100644,${oid},${path}`);
    }
    world.git("commit", "--quiet", "-m", "raw");
  }

  const converted: [string, string, Readonly<Record<string, string>>][] = [
    ["CRLF in a text file", "*.txt text\n", { "f.txt": "one\r\ntwo\r\n" }],
    ["eol=lf", "*.txt text eol=lf\n", { "f.txt": "one\r\ntwo\r\n" }],
    ["eol=crlf", "*.txt text eol=crlf\n", { "f.txt": "one\r\ntwo\n" }],
    ["ident", "*.txt ident\n", { "f.txt": "$Id: of another time $\n" }],
    ["working-tree-encoding", "*.txt text working-tree-encoding=UTF-16\n", { "f.txt": "one\r\n" }],
  ];
  for (const [what, attributes, files] of converted)
    it(`takes what git itself wrote for unchanged: ${what}`, async () => {
      commitRaw({ ".gitattributes": attributes, ...files });
      await world.pull();
      touch(...Object.keys(files));
      commitRaw({ "f.txt": `${files["f.txt"] ?? ""}three\r\n`, "b.txt": "new\n" });
      const { code, text } = await world.pull();
      expect(code, text).to.equal(0);
      expect(existsSync(join(world.clone, "b.txt"))).to.equal(true);
      touch("f.txt");
      writeFileSync(join(world.clone, "f.txt"), "mine\r\n");
      commitRaw({ "f.txt": "theirs\r\n" });
      const refused = await world.pull();
      expect(
        [refused.code, refused.text.includes("Files were changed here: f.txt.")],
        refused.text,
      ).to.deep.equal([1, true]);
      expect(readFileSync(join(world.clone, "f.txt"), "utf8")).to.equal("mine\r\n");
    });

  it("overwrites no file that git does not know beside such a one", async () => {
    commitRaw({ ".gitattributes": "*.txt text\n", "f.txt": "one\r\n" });
    await world.pull();
    touch("f.txt");
    world.write(world.clone, { "b.txt": "mine\n", d: "mine\n" });
    for (const path of ["b.txt", "d/e"]) {
      commitRaw({ [path]: "theirs\n" });
      const refused = await world.pull();
      expect([refused.code, refused.text.includes("git does not know it")], refused.text).to.deep.equal([
        1,
        true,
      ]);
    }
    expect(readFileSync(join(world.clone, "b.txt"), "utf8")).to.equal("mine\n");
    expect(readFileSync(join(world.clone, "d"), "utf8")).to.equal("mine\n");
  });

  for (const [setting, ending] of [
    ["autocrlf = true", "\r\n"],
    ["autocrlf = input", "\n"],
    ["autocrlf = true\n\teol = lf", "\r\n"],
  ] as const)
    it(`judges and writes files by the user's own core.${setting.replace("\n\t", ", ")}`, async () => {
      world.write(world.folder, { ".gitconfig": `[core]\n\t${setting}\n` });
      world.gitIn(
        world.folder,
        "-c",
        setting.split("\n")[0]?.replace("autocrlf = ", "core.autocrlf=") ?? "",
        "clone",
        "--quiet",
        world.source,
        world.clone,
      );
      touch("a.txt");
      world.commit("second", { "b.txt": "new\n" });
      const home = process.env["HOME"];
      process.env["HOME"] = world.folder;
      try {
        const { code, text } = await airlockPull(world.clone);
        expect(code, text).to.equal(0);
      } finally {
        process.env["HOME"] = home;
      }
      expect(readFileSync(join(world.clone, "b.txt"), "utf8")).to.equal(`new${ending}`);
    });

  it("sees a changed mode, a deleted file and one that became longer", async () => {
    commitRaw({ ".gitattributes": "*.txt text\n", "f.txt": "one\r\n", "x.txt": "x\r\n", "l.txt": "l\r\n" });
    await world.pull();
    chmodSync(join(world.clone, "f.txt"), 0o755);
    touch("x.txt");
    writeFileSync(join(world.clone, "l.txt"), "l\r\nmine\r\n");
    world.commit("second", { "a.txt": "2\n" });
    const { code, text } = await world.pull();
    expect(code).to.equal(1);
    expect(text).to.match(/Files were changed here: (f\.txt, l\.txt|l\.txt, f\.txt)\./);
  });
});

describe("git airlock pull of a rewritten branch", function () {
  this.timeout(120_000);
  let world: PullWorld;
  beforeEach(async () => {
    world = new PullWorld();
    world.commit("second");
    await world.pull();
  });
  afterEach(() => {
    world.close();
  });

  async function problems(): Promise<string> {
    const { code, text } = await world.pull("--json");
    expect(code).to.equal(1);
    const told: unknown = JSON.parse(text);
    expect(told).to.have.property("problems").that.is.an("array");
    return text.slice(text.indexOf('"problems"'));
  }
  const own = "has commits here that the source does not have";
  const rewritten = "branch main was rewritten at the source; 1 commit would be lost.";
  const commitHere = () => world.gitIn(world.clone, "commit", "--quiet", "--allow-empty", "-m", "mine");

  it("calls it rewritten, and does not blame the reader", async () => {
    world.git("commit", "--quiet", "--amend", "--allow-empty", "-m", "other");
    expect(await problems())
      .to.contain(rewritten)
      .and.not.contain(own);
    expect((await world.pull()).text)
      .to.contain(rewritten)
      .and.not.contain(own);
  });

  it("still calls the reader's own commits what they are", async () => {
    commitHere();
    world.commit("third");
    expect(await problems())
      .to.contain(own)
      .and.not.contain("rewritten");
  });

  it("tells both where both is so, and how to go back", async () => {
    const taken = world.gitIn(world.clone, "rev-parse", "HEAD");
    commitHere();
    world.git("commit", "--quiet", "--amend", "--allow-empty", "-m", "other");
    expect(await problems())
      .to.contain(own)
      .and.contain(rewritten)
      .and.contain(`git reset --hard ${taken}`);
  });
});
