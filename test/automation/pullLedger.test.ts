import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { beginning, nextLine, readChain } from "../../automation/ledger/chain";
import { ledgerCommand } from "../../automation/ledger/command";
import type { Entry } from "../../automation/ledger/entries";
import { UsageError } from "../../automation/usageError";
import { roomFile } from "../../tools/roomFile";
import { hasOpenSsh } from "../openSsh";
import { airlockPull, PullWorld, type Printed } from "./pullWorld";

/** Runs `git airlock ledger` in this process. */
function airlockLedger(...args: string[]): Printed {
  const said: string[] = [];
  const { log, error } = console;
  console.log = console.error = (text: string) => said.push(text);
  try {
    return { code: ledgerCommand(args), text: said.join("\n") };
  } catch (problem) {
    if (!(problem instanceof UsageError)) throw problem;
    return { code: 3, text: problem.message };
  } finally {
    Object.assign(console, { log, error });
  }
}

const main = join(__dirname, "..", "..", "bin", "git-airlock");

describe("git airlock pull --ledger", function () {
  this.timeout(120_000);
  let world: PullWorld;
  let ledger: string;
  beforeEach(() => {
    world = new PullWorld();
    ledger = world.at("ledger");
  });
  afterEach(() => {
    world.close();
  });

  const pull = (...options: string[]) => world.pull("--ledger", ledger, ...options);

  async function taken(...options: string[]): Promise<string> {
    const { code, text } = await pull(...options);
    expect(code, text).to.equal(0);
    return text;
  }

  function entries(...options: string[]): Entry[] {
    const { code, text } = airlockLedger(ledger, "--json", ...options);
    expect(code, text).to.equal(0);
    return (JSON.parse(text) as { entries: Entry[] }).entries;
  }

  it("puts on record when what came in, from where, and from which commit to which", async () => {
    const first = world.git("rev-parse", "HEAD");
    await taken();
    const second = world.commit("second");
    world.git("tag", "v1");
    const text = await taken();
    const [one, two] = entries();
    expect(one).to.deep.include({ outcome: "taken", source: world.source, clone: world.clone, signed: null });
    expect(one?.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const fresh = { change: "new", from: null, lost: 0, signers: null };
    expect(one?.references).to.deep.equal([{ ref: "refs/heads/main", to: first, commits: 1, ...fresh }]);
    expect(two?.references).to.deep.equal([
      { ...fresh, ref: "refs/heads/main", change: "fast-forwarded", from: first, to: second, commits: 1 },
      { ref: "refs/tags/v1", to: second, commits: 0, ...fresh },
    ]);
    const { digest } = readChain(readFileSync(ledger)).at(-1) ?? beginning;
    expect(text).to.contain(`Ledger: 4 lines, the last one's SHA-256 is ${digest}`);
    expect(statSync(ledger).mode & 0o777).to.equal(0o600);
  });

  it("names the last line in its JSON, and nothing where nothing was taken", async () => {
    const read = async () => (JSON.parse(await taken("--json")) as { ledger: unknown }).ledger;
    expect(await read()).to.deep.include({ line: 2 });
    const bytes = readFileSync(ledger);
    expect(await read()).to.equal(null);
    expect(readFileSync(ledger).equals(bytes)).to.equal(true);
  });

  it("adds no line for what is refused", async () => {
    await taken();
    const bytes = readFileSync(ledger);
    world.git("commit", "--quiet", "--amend", "-m", "rewritten");
    expect((await pull()).code).to.equal(1);
    expect(readFileSync(ledger).equals(bytes)).to.equal(true);
    const tip = world.git("rev-parse", "HEAD");
    await taken("--accept-rewrite", `refs/heads/main=${tip}`);
    expect(entries()[1]?.references[0]).to.deep.include({
      change: "rewritten",
      to: tip,
      lost: 1,
      commits: 1,
    });
  });

  it("puts deleted branches and tags on record", async () => {
    world.git("branch", "side");
    await taken();
    world.git("branch", "-D", "side");
    await taken("--accept-rewrite", "refs/heads/side=deleted");
    expect(entries()[1]?.references[0]).to.deep.include({
      ref: "refs/heads/side",
      change: "deleted",
      to: null,
    });
  });

  it("holds names that would look like other lines, or like none", async () => {
    world.git("branch", 'evil\u2028\u0085\u202e{},"sha256"');
    await taken();
    expect(readFileSync(ledger, "latin1")).to.match(/^[ -~\n]*$/);
    const { code, text } = airlockLedger(ledger);
    expect([code, text.includes("\\u{2028}")], text).to.deep.equal([0, true]);
    expect(text).not.to.match(/[\u2028\u202e]/);
  });

  it("leaves out who the URL says one is", async () => {
    await taken();
    const url = "https://token@example.com/a?key=secret#secret";
    world.gitIn(world.clone, "config", "remote.origin.url", url);
    world.gitIn(world.clone, "config", `url.${world.source}.insteadOf`, url);
    world.commit("second");
    expect((await airlockPull(world.clone, "--ledger", ledger)).code).to.equal(0);
    expect(entries()[1]?.source).to.equal("https://example.com/a");
    expect(readFileSync(ledger, "utf8")).not.to.match(/token|secret/);
  });

  describe("where signatures are checked", () => {
    (hasOpenSsh ? it : it.skip)("says by whom the commits of each branch were signed", async () => {
      const [alice, bob] = [world.signer("alice"), world.signer("bob")];
      const allowed = world.allowing(alice.line(), bob.line());
      world.git(...world.signing(alice), "commit", "--quiet", "--amend", "-m", "first");
      await taken(...allowed);
      world.commit("second", {}, bob);
      world.commit("third", {}, bob);
      world.git("branch", "side");
      world.commit("fourth", {}, alice);
      await taken(...allowed);
      const [one, two] = entries();
      const by = (entry: Entry | undefined) =>
        entry?.references.map(({ ref, signers }) => [
          ref,
          signers?.map(({ principal, count }) => `${principal} ${count}`),
        ]);
      expect(one?.signed).to.equal("commits");
      expect(by(one)).to.deep.equal([["refs/heads/main", ["alice@example.com 1"]]]);
      expect(by(two)).to.deep.equal([
        ["refs/heads/main", ["alice@example.com 1", "bob@example.com 2"]],
        ["refs/heads/side", []],
      ]);
      expect(one?.references[0]?.signers?.[0]?.key).to.match(/^SHA256:/);
    });

    (hasOpenSsh ? it : it.skip)("says by whom the tag on each branch's tip was signed", async () => {
      const alice = world.signer("alice");
      const allowed = world.allowing(alice.line());
      world.git(...world.signing(alice), "tag", "-s", "-m", "v1", "v1");
      await taken(...allowed, "--require", "tags");
      const [entry] = entries();
      expect(entry?.signed).to.equal("tags");
      for (const { signers } of entry?.references ?? [])
        expect(signers?.map(({ principal, count }) => [principal, count])).to.deep.equal([
          ["alice@example.com", 1],
        ]);
    });
  });

  describe("refuses, and takes nothing,", () => {
    async function expectUnusable(why: RegExp, file = ledger): Promise<void> {
      const isThere = existsSync(world.clone);
      const { code, text } = await world.pull("--ledger", file);
      expect(code, text).to.equal(3);
      expect(text).to.match(why);
      expect(existsSync(world.clone)).to.equal(isThere);
    }

    it("a ledger that is a link, a folder, a device, or in no folder", async () => {
      symlinkSync(world.at("elsewhere"), ledger);
      await expectUnusable(/symbolic link/);
      await expectUnusable(/not a regular file/, world.source);
      await expectUnusable(/not a regular file/, "/dev/full");
      await expectUnusable(/cannot be used/, world.at("nowhere/ledger"));
      expect(existsSync(world.at("elsewhere"))).to.equal(false);
    });

    it("one that others may write, or put another one in the place of", async () => {
      writeFileSync(ledger, "");
      chmodSync(ledger, 0o622);
      await expectUnusable(/others may write it/);
      mkdirSync(world.at("open"));
      chmodSync(world.at("open"), 0o777);
      await expectUnusable(/others may write its folder/, world.at("open/ledger"));
    });

    (process.getuid?.() === 0 ? it : it.skip)("one that belongs to somebody else", async () => {
      writeFileSync(ledger, "");
      chownSync(ledger, 12345, 12345);
      await expectUnusable(/belongs to somebody else/);
    });

    it("one in the clone", async () => {
      await expectUnusable(/lies in the clone itself|cannot be used/, join(world.clone, "ledger"));
      await taken();
      await expectUnusable(/lies in the clone itself/, join(world.clone, "ledger"));
      await expectUnusable(/lies in the clone itself/, join(world.clone, ".git", "ledger"));
    });

    it("one whose last line is torn, and says how to go on", async () => {
      await taken();
      const whole = statSync(ledger).size;
      appendFileSync(ledger, '{"line":3,"prev');
      world.commit("second");
      await expectUnusable(new RegExp(`wrote line 3.*truncate -s ${whole} FILE`));
      truncateSync(ledger, whole);
      await taken();
    });

    it("one of which a line was changed", async () => {
      await taken();
      writeFileSync(ledger, readFileSync(ledger, "utf8").replace('"change":"new"', '"change":"old"'));
      await expectUnusable(/not as it was written: line 1/);
    });

    it("one of which lines were taken off the end, or another one", async () => {
      await taken();
      const first = readFileSync(ledger);
      world.commit("second");
      await taken();
      writeFileSync(ledger, first);
      await expectUnusable(/does not hold line 3 with the SHA-256 [0-9a-f]{64}/);
      await expectUnusable(/does not hold line 3/, world.at("other"));
      world.gitIn(world.clone, "config", "--unset", "airlock.ledger");
      expect((await world.pull("--ledger", world.at("other"))).code).to.equal(0);
    });

    it("lines of another program that fit in", async () => {
      writeFileSync(ledger, nextLine(beginning, { event: "something" }), { mode: 0o600 });
      await expectUnusable(/line 1 was written by another program/);
    });

    it("to go on without a ledger, until it is told to", async () => {
      await taken();
      world.commit("second");
      const { code, text } = await world.pull();
      expect([code, text.includes("give --ledger FILE again")], text).to.deep.equal([3, true]);
      world.gitIn(world.clone, "config", "--unset", "airlock.ledger");
      expect((await world.pull()).code).to.equal(0);
    });
  });

  it("takes nothing on a full disk, and leaves the ledger as it was", async () => {
    await taken();
    world.commit("second");
    const before = world.state();
    // A ledger that is all but as large as a file may become: no pack is.
    const limit = 512 * 1024;
    let text = readFileSync(ledger, "utf8");
    const head = readChain(Buffer.from(text)).at(-1) ?? beginning;
    const [line = ""] = text.split(/(?<=\n)/);
    const {
      sha256: _,
      line: _line,
      previous: _previous,
      ...content
    } = JSON.parse(line) as Record<string, unknown>;
    const room = limit - 100 - text.length - nextLine(head, { ...content, source: "" }).length;
    text += nextLine(head, { ...content, source: "x".repeat(room), clone: "elsewhere" });
    writeFileSync(ledger, text);
    const bytes = readFileSync(ledger);
    const { status, stderr } = spawnSync(
      "bash",
      [
        "-c",
        `trap '' XFSZ; ulimit -f ${limit / 1024}; exec "$@"`,
        "bash",
        process.execPath,
        main,
        "pull",
        world.clone,
        "--ledger",
        ledger,
      ],
      { encoding: "utf8" },
    );
    expect([status, stderr.includes("nothing was taken")], stderr).to.deep.equal([2, true]);
    expect(stderr).to.match(/ledger .* cannot be written: EFBIG/);
    expect(world.state()).to.equal(before);
    expect(readFileSync(ledger).equals(bytes)).to.equal(true);
  });

  it("says that it was taken, and that this is not on record, where the ledger fills up in between", async () => {
    await taken();
    world.commit("second");
    // Git takes the references; then the ledger cannot be written any more.
    stub(
      "*'update-ref -m '*",
      `git "$@"; code=$?; rm -f '${ledger}.lock'; mkdir '${ledger}.lock'; exit $code`,
    );
    const { status, stdout } = viaStub();
    expect(status, stdout).to.equal(3);
    expect(stdout).to.match(/in the ledger, at line 3; that it was taken is not:.*The next pull writes it/s);
    rmSync(`${ledger}.lock`, { recursive: true });
    expect(entries().map(({ outcome }) => outcome)).to.deep.equal(["taken", "open"]);
    await taken();
    expect(entries().map(({ outcome }) => outcome)).to.deep.equal(["taken", "taken"]);
  });

  /** Has the command find a git that does something else for some arguments. */
  function stub(arguments_: string, body: string): void {
    const real = process.env["PATH"] ?? "";
    world.write(world.folder, {
      "bin/git": `#!/bin/sh\nPATH='${real}'\ncase " $* " in\n${arguments_}) ${body};;\nesac\nexec git "$@"\n`,
    });
    chmodSync(world.at("bin/git"), 0o755);
  }

  function viaStub(folder = world.clone, ...first: string[]) {
    const env = { ...process.env, PATH: `${world.at("bin")}:${process.env["PATH"] ?? ""}` };
    const args = [main, "pull", ...first, folder, "--ledger", ledger];
    return spawnSync(process.execPath, args, { encoding: "utf8", env });
  }

  describe("killed", () => {
    /** Kills the command at a git command, before or after that has done its work. */
    function killedAt(command: string, when: "before" | "after", ...first: string[]): void {
      const kill = "kill -9 $PPID; exit 1";
      stub(`*${command}*`, when === "before" ? kill : `git "$@"; ${kill}`);
      expect(viaStub(world.clone, ...first).signal).to.equal("SIGKILL");
    }

    it("before the references change, leaves an entry that the next pull says was not taken", async () => {
      await taken();
      const tip = world.commit("second");
      killedAt("'update-ref -m '", "before");
      expect(entries().map(({ outcome }) => outcome)).to.deep.equal(["taken", "open"]);
      expect(airlockLedger(ledger).text).to.contain("not known yet whether it was taken");
      await taken();
      expect(entries().map(({ outcome }) => outcome)).to.deep.equal(["taken", "not taken", "taken"]);
      expect(entries()[2]?.references[0]?.to).to.equal(tip);
    });

    it("after the references changed, leaves an entry that the next pull says was taken", async () => {
      await taken();
      world.commit("second");
      killedAt("'update-ref -m '", "after");
      await taken();
      expect(entries().map(({ outcome }) => outcome)).to.deep.equal(["taken", "taken"]);
    });

    it("before its clone stands, leaves an entry that the next one there says was not taken", async () => {
      killedAt("'update-ref -m '", "after", world.source);
      expect(existsSync(world.clone)).to.equal(false);
      await taken();
      world.commit("second");
      await taken();
      expect(entries().map(({ outcome }) => outcome)).to.deep.equal(["not taken", "taken", "taken"]);
    });

    it("as it writes the line, takes nothing", async () => {
      await taken();
      const tip = world.git("rev-parse", "HEAD");
      world.commit("second");
      killedAt("'config airlock.ledger '", "before");
      const own = ["refs/heads/main", "refs/remotes/origin/main", "refs/airlock/seen/heads/main"];
      expect(world.gitIn(world.clone, "rev-parse", ...own).split("\n")).to.deep.equal([tip, tip, tip]);
      expect(readChain(readFileSync(ledger))).to.have.length(3);
      await taken();
      expect(entries().map(({ outcome }) => outcome)).to.deep.equal(["taken", "not taken", "taken"]);
    });

    it("leaves no lock behind that would stop the next one", async () => {
      await taken();
      writeFileSync(`${ledger}.lock`, "999999999 1");
      world.commit("second");
      await taken();
    });
  });

  /** A pull in a process of its own. */
  const once = (folder: string) =>
    new Promise<number | null>((resolve) => {
      const child = spawn(process.execPath, [main, "pull", world.source, folder, "--ledger", ledger], {
        stdio: "ignore",
      });
      child.once("close", resolve);
    });

  it("is one ledger for several clones, whose pulls run at once", async () => {
    const clones = Array.from({ length: 6 }, (_, i) => world.at(`clone${i}`));
    expect(await Promise.all(clones.map(once))).to.deep.equal(clones.map(() => 0));
    const all = entries();
    expect(all.map(({ clone }) => clone).sort()).to.deep.equal(clones);
    expect(all.every(({ outcome }) => outcome === "taken")).to.equal(true);
  });

  it("lets one of two pulls into the same new folder stand, and says so of both", async () => {
    const codes = await Promise.all([once(world.clone), once(world.clone)]);
    expect(codes).to.include(0);
    // The one that came second may have found the clone of the first, where there was nothing to take.
    expect(entries().filter(({ outcome }) => outcome === "taken")).to.have.length(1);
    expect(entries().filter(({ outcome }) => outcome !== "taken" && outcome !== "not taken")).to.deep.equal(
      [],
    );
  });

  it("knows a clone again that was moved no more, and tells of it under its new place", async () => {
    await taken();
    renameSync(world.clone, world.at("moved"));
    world.commit("second");
    expect((await airlockPull(world.at("moved"), "--ledger", ledger)).code).to.equal(0);
    expect(entries().map(({ clone }) => clone)).to.deep.equal([world.clone, world.at("moved")]);
  });

  it("is in the room's single file, which reads the ledger too", async () => {
    const file = world.at("pull.cjs");
    writeFileSync(file, await roomFile());
    const run = (...args: string[]) => spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
    expect(run(world.source, world.clone, "--ledger", ledger).status).to.equal(0);
    const { status, stdout } = run("ledger", ledger);
    expect([status, stdout.includes("The ledger is whole: 2 lines")], stdout).to.deep.equal([0, true]);
  });
});

describe("git airlock ledger", () => {
  let world: PullWorld;
  let ledger: string;
  const taking = (time: string, ref: string) => ({
    event: "taking",
    time,
    source: "https://example.com/a",
    clone: "/room/a",
    user: "a\u001b[31m",
    host: "h",
    signed: null,
    references: [{ ref, change: "new", from: null, to: "1".repeat(40), commits: 1, lost: 0, signers: null }],
  });
  beforeEach(() => {
    world = new PullWorld();
    ledger = world.at("ledger");
    let text = "";
    let head = beginning;
    const days = [
      "2026-11-26T23:59:59.999Z",
      "2026-11-27T00:00:00.000Z",
      "2026-11-27T23:59:59.999Z",
      "2026-11-28T00:00:00.000Z",
    ];
    for (const [i, day] of days.entries())
      for (const content of [
        taking(day, `refs/heads/b${i}`),
        { event: "taken", begun: 2 * i + 1, time: day },
      ]) {
        const line = nextLine(head, content);
        text += line;
        head = readChain(Buffer.from(line), head)[0] ?? head;
      }
    writeFileSync(ledger, text);
  });
  afterEach(() => {
    world.close();
  });

  for (const [options, expected] of [
    [[], ["b0", "b1", "b2", "b3"]],
    [
      ["--on", "2026-11-27"],
      ["b1", "b2"],
    ],
    [
      ["--since", "2026-11-27"],
      ["b1", "b2", "b3"],
    ],
    [
      ["--until", "2026-11-27"],
      ["b0", "b1", "b2"],
    ],
    [["--since", "2026-11-28", "--until", "2026-11-28"], ["b3"]],
    [["--on", "2025-01-01"], []],
  ] as const)
    it(`prints what came in ${options.join(" ")}`, () => {
      const { code, text } = airlockLedger(ledger, ...options);
      expect(code).to.equal(0);
      expect(text.match(/\bb\d\b/g) ?? []).to.deep.equal(expected);
      expect(text).to.match(/The ledger is whole: 8 lines, the last one's SHA-256 is [0-9a-f]{64}\.$/);
      expect(text).not.to.include("\u001b");
    });

  it("says where a ledger is not as it was written, and ends with 1", () => {
    writeFileSync(ledger, readFileSync(ledger, "utf8").replace("b1", "b9"));
    for (const option of [[], ["--json"]]) {
      const { code, text } = airlockLedger(ledger, ...option);
      expect([code, text.includes("line 3 is not as it was written")], text).to.deep.equal([1, true]);
    }
  });

  for (const [what, args, why] of [
    ["no file", [], /given 0 files; expected one/],
    ["two files", ["a", "b"], /given 2 files/],
    ["a file that is not there", ["nowhere"], /is not there/],
    ["a folder", [__dirname], /is not a regular file/],
    ["a device", ["/dev/zero"], /is not a regular file/],
    ["no day", ["a", "--on", "yesterday"], /--on was given "yesterday"; expected a day/],
    ["a day that there is not", ["a", "--since", "2026-02-30"], /--since was given "2026-02-30"/],
    ["one day and several", ["a", "--on", "2026-11-27", "--until", "2026-11-28"], /--on is one day/],
  ] as const)
    it(`refuses ${what}`, () => {
      const { code, text } = airlockLedger(...args);
      expect(code).to.equal(3);
      expect(text).to.match(why);
    });
});
