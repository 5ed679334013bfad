import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { printableLines } from "../../automation/pull/printable";
import { PullWorld, airlockPull } from "./pullWorld";

/** What a terminal would obey. */
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

describe("git airlock pull from a hostile source", function () {
  this.timeout(60_000);
  let world: PullWorld;
  beforeEach(() => {
    world = new PullWorld();
  });
  afterEach(() => {
    world.close();
  });

  /** Pulls from a server that is this shell script. */
  async function pullFrom(script: string, clone: string) {
    const ssh = world.at("ssh");
    writeFileSync(ssh, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    Object.assign(process.env, { GIT_SSH: ssh, GIT_SSH_VARIANT: "simple" });
    try {
      return await airlockPull("ssh://source/r", clone);
    } finally {
      delete process.env["GIT_SSH"];
      delete process.env["GIT_SSH_VARIANT"];
    }
  }

  it("prints no escape sequence from subjects, authors, paths and names of branches", async () => {
    await world.pull();
    world.git("config", "user.name", "unused");
    const evil = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e";
    world.write(world.source, { [`b${evil}.txt`]: "1\n" });
    world.git("add", "--all");
    world.git("commit", "--quiet", `--author=Eve${evil} <eve@example.com>`, "-m", `Hello${evil}`);
    world.git("update-ref", "refs/heads/x\u009b31m\u202e", "HEAD");
    const { code, text } = await world.pull();
    expect(code, text).to.equal(0);
    expect(text)
      .to.contain("Hello\\u{1b}[2J")
      .and.contain("branch x\\u{9b}31m\\u{202e}")
      .and.not.match(CONTROLS);
    world.git("update-ref", "-d", "refs/heads/x\u009b31m\u202e");
    const refused = await world.pull();
    expect(refused.code).to.equal(1);
    expect(refused.text).to.not.match(CONTROLS);
  });

  it("takes references for names, whatever they look like", async () => {
    const names = [
      "refs/heads/--upload-pack=touch${IFS}owned",
      'refs/heads/"quoted',
      "refs/tags/-d",
      "refs/heads/$(id)",
    ];
    for (const name of names) world.git("update-ref", name, "HEAD");
    expect((await world.pull()).code).to.equal(0);
    world.commit("second");
    for (const name of names) if (name.startsWith("refs/heads/")) world.git("update-ref", name, "HEAD");
    const { code, text } = await world.pull();
    expect([code, text.match(/fast-forwarded/g)?.length]).to.deep.equal([0, 4]);
    expect(existsSync(join(world.clone, "owned"))).to.equal(false);
  });

  it("leaves out names that no git would write", async () => {
    const oid = world.git("rev-parse", "HEAD");
    const names = [
      "refs/heads/a\u001bb",
      "refs/heads/../../config",
      "refs/heads/main",
      "refs/airlock/seen/heads/x",
    ];
    const lines = names.map((name, at) => `${oid} ${name}${at === 0 ? "\0side-band-64k" : ""}\n`);
    const packets = lines.map((line) => (line.length + 4).toString(16).padStart(4, "0") + line);
    writeFileSync(world.at("advertised"), `${packets.join("")}0000`);
    const serve = `cat '${world.at("advertised")}'\nexec git upload-pack --stateless-rpc '${world.source}'`;
    const { code, text } = await pullFrom(serve, world.clone);
    expect(code, text).to.equal(0);
    expect(world.gitIn(world.clone, "for-each-ref", "--format=%(refname)").split("\n")).to.deep.equal([
      "refs/airlock/seen/heads/main",
      "refs/heads/main",
      "refs/remotes/origin/main",
    ]);
  });

  it("refuses names that are not text, for two of them could look the same", async () => {
    const oid = world.git("rev-parse", "HEAD");
    const line = Buffer.concat([Buffer.from(`${oid} refs/heads/a`), Buffer.from([0xff]), Buffer.from("\n")]);
    writeFileSync(join(world.source, ".git", "packed-refs"), line);
    expect(await world.pull()).to.have.property("code", 2);
  });

  it("writes through no link that the source puts in a folder's place, and takes no .git in disguise", async () => {
    mkdirSync(world.at("outside"));
    world.commit("folder", { "d/f": "1\n" });
    await world.pull();
    world.git("rm", "--quiet", "-r", "d");
    symlinkSync(world.at("outside"), join(world.source, "d"));
    world.commit("link");
    expect((await world.pull()).code).to.equal(0);
    world.git("rm", "--quiet", "d");
    world.commit("folder again", { "d/f": "2\n" });
    expect((await world.pull()).code).to.equal(0);
    expect([
      readdirSync(world.at("outside")),
      readFileSync(join(world.clone, "d", "f"), "utf8"),
    ]).to.deep.equal([[], "2\n"]);
    const blob = world.git("rev-parse", "HEAD:a.txt");
    const tree = (entry: string) => {
      const input = `${entry}\n`;
      return execFileSync("git", ["mktree"], { cwd: world.source, input }).toString().trim();
    };
    const disguised = tree(`040000 tree ${tree(`100644 blob ${blob}\tconfig`)}\t.GIT`);
    world.git(
      "update-ref",
      "refs/heads/main",
      world.git("commit-tree", "-p", "HEAD", "-m", "evil", disguised),
    );
    const { code, text } = await world.pull();
    expect([code, text.includes("hasDotgit"), text.includes("hint")], text).to.deep.equal([2, true, false]);
  });

  it("runs no filter, hook or submodule that the source brings", async () => {
    await world.pull();
    const run = `touch ${world.at("owned")}`;
    world.git("config", "protocol.file.allow", "always");
    world.commit("attack", {
      ".gitattributes": "* filter=evil diff=evil merge=evil\n",
      ".gitconfig": `[filter "evil"]\n\tsmudge = ${run}\n`,
      ".gitmodules": `[submodule "x"]\n\tpath = x\n\turl = ${world.source}\n`,
      ".githooks/post-checkout": `#!/bin/sh\n${run}\n`,
      "a.txt": "2\n",
    });
    const { code, text } = await world.pull();
    expect([code, existsSync(world.at("owned"))]).to.deep.equal([0, false]);
    expect(text).to.contain("There is a .gitmodules file; submodules are not fetched.");
  });

  it("runs no hook and no filter that the user's own settings have", async () => {
    const run = `touch '${world.at("owned")}'`;
    const hooks = world.at("template/hooks");
    mkdirSync(hooks, { recursive: true });
    for (const hook of ["post-checkout", "reference-transaction", "post-merge"])
      writeFileSync(join(hooks, hook), `#!/bin/sh\n${run}\n`, { mode: 0o755 });
    const file = world.at(".gitconfig");
    writeFileSync(
      file,
      `[init]\n\ttemplateDir = ${world.at("template")}\n[core]\n\thooksPath = ${hooks}\n[filter "lfs"]\n\tsmudge = ${run}\n\trequired = true\n`,
    );
    world.commit("pointer", { ".gitattributes": "* filter=lfs\n", "big.bin": "pointer\n" });
    const home = process.env["HOME"];
    process.env["HOME"] = world.folder;
    try {
      expect(await world.pull()).to.have.property("code", 0);
    } finally {
      process.env["HOME"] = home;
    }
    expect(existsSync(world.at("owned"))).to.equal(false);
    expect(readFileSync(join(world.clone, "big.bin"), "utf8")).to.equal("pointer\n");
  });

  it("is not led elsewhere by git's variables", async () => {
    process.env["GIT_DIR"] = join(world.source, ".git");
    process.env["GIT_WORK_TREE"] = world.source;
    try {
      expect(await world.pull()).to.have.property("code", 0);
    } finally {
      delete process.env["GIT_DIR"];
      delete process.env["GIT_WORK_TREE"];
    }
    expect(existsSync(join(world.clone, ".git"))).to.equal(true);
    expect(world.git("for-each-ref")).to.not.contain("airlock");
  });

  it("takes what it checked, though the source changes meanwhile", async () => {
    await world.pull();
    const checked = world.commit("checked");
    const later = `git -C '${world.source}' -c user.name=E -c user.email=e@x commit -q --allow-empty -m later`;
    const serve = `git upload-pack '${world.source}'\ncode=$?\n${later}\nexit $code`;
    world.gitIn(world.clone, "config", "remote.origin.url", "ssh://source/r");
    const { code, text } = await pullFrom(serve, world.clone);
    expect(code, text).to.equal(0);
    expect(world.git("log", "-1", "--format=%s")).to.equal("later");
    expect(world.gitIn(world.clone, "rev-parse", "HEAD", "refs/airlock/seen/heads/main")).to.equal(
      `${checked}\n${checked}`,
    );
  });

  it("never prints a password, and takes no URL that holds one", async () => {
    for (const url of ["https://user:hunter2@example.com/r", "https://user:hunter2/x@example.com/r"]) {
      const { code, text } = await airlockPull(url, world.clone);
      expect([code, text.includes("hunter2")], text).to.deep.equal([3, false]);
    }
    await world.pull();
    world.gitIn(world.clone, "config", "remote.origin.url", "https://user:hunter2@127.0.0.1:1/r");
    const { code, text } = await airlockPull(world.clone, "--json");
    expect([code, text.includes("hunter2")], text).to.deep.equal([3, false]);
  });

  it("prints no password of a URL in what git says", () => {
    expect(printableLines("fatal: https://user:hunter2@h/r\u001b[1m\r\nnext")).to.equal(
      "fatal: https://h/r\\u{1b}[1m\r\nnext",
    );
    expect(printableLines("fatal: 'https://user:hunt/er2+@h/r@1': no such")).to.not.contain("er2");
  });

  it("prints no password that the user's settings put into the URL", async () => {
    const file = world.at("gitconfig");
    writeFileSync(file, '[url "https://user:hunter2@127.0.0.1:1/"]\n\tinsteadOf = https://gate.invalid/\n');
    process.env["GIT_CONFIG_GLOBAL"] = file;
    try {
      const { code, text } = await airlockPull("https://gate.invalid/r", world.clone);
      expect([code, text.includes("hunter2")], text).to.deep.equal([2, false]);
    } finally {
      delete process.env["GIT_CONFIG_GLOBAL"];
    }
  });

  for (const url of [
    "ext::sh -c id",
    "git://example.com/r",
    "http://example.com/r",
    "--upload-pack=id",
    "codecommit::x://y",
  ])
    it(`takes no URL like ${url}`, async () => {
      expect(await airlockPull("--", url, world.clone)).to.have.property("code", 3);
    });

  const wrong: [string, string[], RegExp][] = [
    ["no argument", [], /expected URL FOLDER, or FOLDER/],
    ["an unknown option", ["--force", "x"], /Unknown option '--force'/],
    ["a folder that is not a clone", ["/tmp"], /not a clone/],
    ["a short branch name", ["--ref", "main", "x"], /the full name of one branch/],
    ["--require without signers", ["--require", "tags", "x"], /give --allowed-signers/],
    ["consent without an exact tip", ["--accept-rewrite", "refs/heads/main=abc", "x"], /the exact tip/],
  ];
  for (const [what, args, message] of wrong)
    it(`refuses ${what}`, async () => {
      const { code, text } = await airlockPull(...args);
      expect([code, text]).to.satisfy(() => code === 3 && message.test(text), text);
    });
});
