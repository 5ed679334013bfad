import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { exportStack } from "../../rehearsal/engines/in-process/stackExport";
import { deploySource, deployTarget } from "../../rehearsal/engines/deployStack";

const root = join(__dirname, "..", "..");
const attached = { serviceControlPolicyAttached: true };

interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

describe("git airlock verify", function () {
  this.timeout(60_000);
  let folder: string;
  const at = (name: string) => join(folder, name);
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "airlock-verify-"));
    const settings = { root, seed: "verify" };
    const source = (await deploySource(settings)).deployment;
    const target = (await deployTarget(source, settings)).deployment;
    const wide = { "git-airlock:pull": { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] } };
    const open = (await deployTarget(source, { ...settings, overrides: wide })).deployment;
    for (const [name, stack] of Object.entries({ dev: source, prd: target, open })) {
      writeFileSync(at(`${name}.json`), JSON.stringify(exportStack(stack, "phrase")));
    }
    writeFileSync(at("attached.json"), JSON.stringify(attached));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function airlock(...args: string[]): Promise<Printed> {
    const command = [join(root, "bin", "git-airlock"), ...args];
    return new Promise((resolve) => {
      // No backend, no CLI: only what is given counts.
      execFile(
        process.execPath,
        command,
        { cwd: folder, env: { ...process.env, FORCE_COLOR: "" } },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
        },
      );
    });
  }
  const verify = (target: string, ...more: string[]) =>
    airlock("verify", "--source", at("dev.json"), "--target", at(`${target}.json`), ...more);

  describe("shown two targets", () => {
    const other = "444444444444";
    before(async () => {
      // A target of the same source in an account of its own, under a name of its own.
      const settings = { root, seed: "verify", accountId: other };
      const source = (await deploySource({ root, seed: "verify" })).deployment;
      const { deployment } = await deployTarget(source, settings);
      const text = JSON.stringify(exportStack(deployment, "phrase")).replaceAll(
        "urn:pulumi:prd::",
        "urn:pulumi:osaka::",
      );
      writeFileSync(at("osaka.json"), text);
    });
    const both = (...more: string[]) =>
      verify("prd", "--target", at("osaka.json"), "--declared", at("attached.json"), ...more);

    it("proves each by itself, and ends with 0 where all of it holds", async () => {
      const { code, stdout, stderr } = await both();
      expect([code, stderr]).to.deep.equal([0, ""]);
      expect(stdout)
        .to.contain("the claims about dev and prd and osaka")
        .and.contain("dev and osaka and prd");
      expect(stdout.match(/15 proved, 0 refuted, 0 pending, 0 unknown/g)).to.have.length(2);
    });

    it("ends with 1 where one of them does not hold, and says which", async () => {
      const { code, stdout } = await verify(
        "open",
        "--target",
        at("osaka.json"),
        "--declared",
        at("attached.json"),
        "--json",
      );
      expect(code).to.equal(1);
      const { targets } = JSON.parse(stdout) as {
        targets: Record<string, { verdicts: { claim: string; status: string }[] }>;
      };
      const refuted = Object.entries(targets).map(([stack, { verdicts }]) => [
        stack,
        verdicts.filter(({ status }) => status === "refuted").map(({ claim }) => claim),
      ]);
      expect(refuted).to.deep.equal([
        ["prd", ["C5"]],
        ["osaka", []],
      ]);
    });

    for (const option of ["--html", "--write-expect"])
      it(`asks for one of them where ${option} is given, and writes nothing`, async () => {
        const { code, stderr } = await both(option, at("two"));
        expect(code).to.equal(3);
        expect(stderr).to.contain(`${option} is about one target, and there are prd, osaka`);
        expect(existsSync(at("two"))).to.equal(false);
      });
  });

  describe("shown a resource of a type that it does not know", () => {
    const type = "aws:vpclattice/service:Service";
    const urn = `urn:pulumi:prd::git-airlock::${type}::catalogue`;
    before(() => {
      const exported = JSON.parse(readFileSync(at("prd.json"), "utf8")) as {
        deployment: { resources: unknown[] };
      };
      exported.deployment.resources.push({ urn, type, id: "svc-1", custom: true, inputs: {}, outputs: {} });
      writeFileSync(at("strange.json"), JSON.stringify(exported));
      const accepted = (name: string) => [{ urn: name, reason: "A catalogue that production reads." }];
      writeFileSync(at("accepted.json"), JSON.stringify({ ...attached, accepted: accepted(urn) }));
      writeFileSync(at("gone.json"), JSON.stringify({ ...attached, accepted: accepted(`${urn}-gone`) }));
      writeFileSync(at("silent.json"), JSON.stringify({ accepted: [{ urn, reason: "" }] }));
    });

    it("ends with 2 and names it", async () => {
      const { code, stdout } = await verify("strange", "--declared", at("attached.json"));
      expect(code).to.equal(2);
      expect(stdout).to.contain("Service catalogue could carry traffic");
    });

    it("ends with 0 where it was accepted, and prints the reason", async () => {
      const { code, stdout, stderr } = await verify("strange", "--declared", at("accepted.json"));
      expect([code, stderr]).to.deep.equal([0, ""]);
      expect(stdout).to.contain("Service catalogue: A catalogue that production reads.");
    });

    it("refuses a URN that no stack holds, and an acceptance without a reason", async () => {
      const gone = await verify("strange", "--declared", at("gone.json"));
      expect([gone.code, gone.stderr]).to.satisfy(
        ([code, text]: [number, string]) => code === 3 && text.includes(`${urn}-gone`),
      );
      const silent = await verify("strange", "--declared", at("silent.json"));
      expect(silent.code).to.equal(3);
      expect(silent.stderr).to.contain("accepted.0.reason must say why");
    });
  });

  it("ends with 0 where every claim is proved", async () => {
    const { code, stdout, stderr } = await verify("prd", "--declared", at("attached.json"));
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.contain("15 proved, 0 refuted, 0 pending, 0 unknown.").and.not.contain("\u001b[");
  });

  it("ends with 2 where something cannot be told, and says what would tell it", async () => {
    const { code, stdout } = await verify("prd");
    expect(code).to.equal(2);
    expect(stdout).to.match(/… C4 +pending.*run "pulumi up --stack org"/);
  });

  it("ends with 4 where the prover itself fails, and says that this is not a verdict and where to report it", async () => {
    writeFileSync(
      at("break.cjs"),
      `const crypto = require("node:crypto");
       const { createHash } = crypto;
       crypto.createHash = (...given) => {
         if (/at digest /.test(new Error().stack)) throw new RangeError("Maximum call stack size exceeded");
         return createHash(...given);
       };`,
    );
    const before = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = `--require "${at("break.cjs")}"`;
    const { code, stdout, stderr } = await verify("prd").finally(() => {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    });
    expect([code, stdout]).to.deep.equal([4, ""]);
    expect(stderr).to.match(
      /^This is a defect of git-airlock's prover and no verdict.*please report it.*\.\n$/,
    );
  });

  it("prints whom the claims trust, without being asked", async () => {
    const { stdout } = await verify("prd");
    const trusted = stdout.slice(stdout.indexOf("\nTrusted\n"), stdout.indexOf("\nTaken for granted\n"));
    expect(trusted)
      .to.contain("stack dev, stack prd")
      .and.contain(":role/deployer")
      .and.contain("111111111111, 222222222222");
  });

  it("ends with 1 where something is refuted, and shows a counter-example", async () => {
    const { code, stdout } = await verify("open", "--declared", at("attached.json"));
    expect(code).to.equal(1);
    expect(stdout).to.match(/✘ C5 +refuted +An insider pushes to an account of his own/);
  });

  it("prints the report for machines", async () => {
    const { stdout } = await verify("prd", "--json");
    const report: unknown = JSON.parse(stdout);
    expect(report).to.have.property("verdicts").with.lengthOf(15);
    expect(report).to.have.nested.property("verdicts[0].claim", "C1");
  });

  it("writes a page that runs nothing, fetches nothing, holds no secret, and is the same each time", async () => {
    await verify("open", "--html", at("one.html"));
    await verify("open", "--html", at("two.html"));
    const page = readFileSync(at("one.html"), "utf8");
    expect(page).to.equal(readFileSync(at("two.html"), "utf8"));
    expect(page)
      .to.contain("default-src 'none'")
      .and.not.match(/<script|src=|https?:\/\/(?!www\.w3)/i);
    expect(page).to.not.match(
      /<(?!\/?(?:!doctype|html|head|meta|title|style|body|h1|h2|p|strong|table|tr|th|td|ul|li|br|code|details|summary|dl|dt|dd|svg|defs|marker|path|rect|text|line)\b)/i,
    );
  });

  it("says on the page that nothing leads out only where every claim about it is proved", async () => {
    await verify("prd", "--html", at("open.html"));
    expect(readFileSync(at("open.html"), "utf8"))
      .to.contain("whether something leads back out is open: C4")
      .and.not.contain("nothing leads back out");
    await verify("prd", "--declared", at("attached.json"), "--html", at("closed.html"));
    expect(readFileSync(at("closed.html"), "utf8")).to.contain("nothing leads back out");
  });

  it("passes what a team has accepted, and fails with what differs", async () => {
    await verify("open", "--write-expect", at("accepted.json"));
    expect((await verify("open", "--expect", at("accepted.json"))).code).to.equal(0);
    const { code, stderr } = await verify("prd", "--expect", at("accepted.json"));
    expect(code).to.equal(1);
    expect(stderr).to.contain("C5 was refuted and is proved");
  });

  const wrong: [string, () => string[], RegExp][] = [
    ["an unknown option", () => ["verify", "--sauce", "x"], /Unknown option '--sauce'/],
    ["an unknown command", () => ["prove"], /no command "prove"/],
    ["a file that is not there", () => ["verify", "--source", at("none.json")], /none\.json cannot be read/],
    [
      "a file that is not an export",
      () => ["verify", "--source", at("attached.json")],
      /attached\.json: stack "dev": its version is missing/,
    ],
    [
      "the two sides swapped",
      () => ["verify", "--source", at("prd.json"), "--target", at("dev.json")],
      /Swap --source and --target/,
    ],
    [
      "one target twice",
      () => ["verify", "--source", at("dev.json"), "--target", at("prd.json"), "--target", at("prd.json")],
      /The target stack prd was given twice/,
    ],
    [
      "the mirror stack as the target",
      () => ["verify", "--source", at("dev.json"), "--target", at("mirror.json")],
      /is the mirror stack.*Give it by --mirror/,
    ],
    [
      "a declaration with a mistyped key",
      () => ["verify", "--source", at("dev.json"), "--declared", at("typo.json")],
      /unknown key "deployers"/,
    ],
    [
      "a declaration of the wrong type",
      () => ["verify", "--source", at("dev.json"), "--declared", at("type.json")],
      /workTerminalCidrs must be a list of texts/,
    ],
    [
      "expectations that are none",
      () => ["verify", "--source", at("dev.json"), "--expect", at("dev.json")],
      /Expected what --write-expect writes/,
    ],
    ["a number of seconds that is none", () => ["verify", "--watch", "often"], /--watch was given "often"/],
  ];
  for (const [what, args, says] of wrong) {
    it(`refuses ${what} with one message, and code 3`, async () => {
      const type = "git-airlock:mirror:PushMirrors";
      const resources = [{ urn: `urn:pulumi:mirror::git-airlock::${type}::mirrors`, type }];
      writeFileSync(at("mirror.json"), JSON.stringify({ version: 3, deployment: { resources } }));
      writeFileSync(at("typo.json"), '{"deployers": []}');
      writeFileSync(at("type.json"), '{"workTerminalCidrs": "all"}');
      const { code, stdout, stderr } = await airlock(...args());
      expect([code, stdout]).to.deep.equal([3, ""]);
      expect(stderr)
        .to.match(says)
        .and.not.match(/\n {4}at /);
    });
  }
});
