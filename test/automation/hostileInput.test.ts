import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { UsageError } from "../../automation/usageError";
import { verifyCommand } from "../../automation/verify/command";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const fixture = (name: string) =>
  readFileSync(join(__dirname, "..", "engine", "fixtures", "0.1.0", name), "utf8");

/** One change of a value somewhere in a document. */
interface Change {
  /** At each level, which of its values to go into; the last one is changed. */
  path: number[];
  /** "delete", "rename" (to `name`), or another value in its place. */
  how: Json;
  name: string;
}

const anyChange: fc.Arbitrary<Change> = fc.record({
  path: fc.array(fc.nat(200), { minLength: 1, maxLength: 9 }),
  how: fc.oneof(
    fc.constantFrom<Change["how"]>("delete", "rename", null, true, 0, -1, 1e308, "", "constructor", [], {}),
    fc.constantFrom<Change["how"]>("[".repeat(90_000) + "]".repeat(90_000), "\u0000\u001b[2J", [[[{}]]]),
  ),
  name: fc.constantFrom("__proto__", "constructor", "toString", "type", "urn", "outputs", ""),
});

function change(value: Json, { path: [at = 0, ...path], how, name }: Change): void {
  if (typeof value !== "object" || value === null) return;
  const keys = Object.keys(value);
  const key = keys[at % Math.max(1, keys.length)];
  if (key === undefined) return;
  const entries: Record<string, Json> | Json[] = value;
  const inner = Reflect.get(entries, key) as Json;
  if (path.length > 0 && typeof inner === "object" && inner !== null && Object.keys(inner).length > 0) {
    change(inner, { path, how, name });
    return;
  }
  if (how === "delete" || how === "rename") Reflect.deleteProperty(entries, key);
  if (how === "rename") Object.defineProperty(entries, name, { value: inner, enumerable: true });
  // A copy: a later change may reach into it.
  else if (how !== "delete") Reflect.set(entries, key, structuredClone(how));
}

const encodings: ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
  (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
  (text) => Buffer.from(text, "utf16le"),
  (text) => Buffer.from(`${text}\u00ff`, "latin1"),
];

describe("git airlock verify of what is broken", function () {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const parsedFixture = (name: string) => JSON.parse(fixture(name)) as Json;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "airlock-hostile-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** The exit code and what was said. Whatever is thrown but a UsageError would be a stack trace. */
  async function verify(...args: string[]): Promise<{ code: number; said: string }> {
    const said: string[] = [];
    const { log, error } = console;
    console.log = console.error = (text: string) => said.push(text);
    try {
      return { code: await verifyCommand(args, AbortSignal.abort()), said: said.join("\n") };
    } catch (problem) {
      if (!(problem instanceof UsageError)) throw problem;
      return { code: 3, said: problem.message };
    } finally {
      Object.assign(console, { log, error });
    }
  }
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(at(name), content);
    return at(name);
  };

  it("ends with a documented exit code, whatever was deleted, retyped, renamed, cut off or encoded otherwise", async () => {
    const whole = fc.constant(1);
    const kept = fc.oneof({ weight: 4, arbitrary: whole }, fc.double({ min: 0, max: 1, noNaN: true }));
    const encoding = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(encodings.length - 1));
    const changes = fc.array(anyChange, { minLength: 1, maxLength: 3 });
    const side = fc.constantFrom("dev", "prd");
    await fc.assert(
      fc.asyncProperty(side, changes, kept, encoding, async (stack, all, share, encoded) => {
        const json = parsedFixture(`${stack}.json`);
        for (const one of all) change(json, one);
        const text = JSON.stringify(json);
        const cut = text.slice(0, Math.ceil(text.length * share));
        const file = write("mutant.json", encodings[encoded]?.(cut) ?? "");
        const { code } = await verify(stack === "dev" ? "--source" : "--target", file);
        expect(code).to.be.oneOf([0, 1, 2, 3]);
      }),
      { interruptAfterTimeLimit: 2_500, numRuns: 1_000 },
    );
  });

  it("ends with a documented exit code, whatever the command line is", async () => {
    const word = fc.oneof(
      fc.constantFrom(
        "--source",
        "--target",
        "--mirror",
        "--declared",
        "--expect",
        "--watch",
        "--live",
        "--json",
      ),
      fc.constantFrom(
        "--html",
        "--verbose",
        "--",
        "-x",
        "__proto__",
        "constructor",
        "--source=",
        "=",
        "elsewhere",
      ),
      fc.constantFrom("0", "-1", "1e9", "NaN", "", "/nonexistent/file", "/"),
      fc.string({ unit: "binary" }),
    );
    // With a file that is not there, so that no word is taken for a stack of the backend.
    const words = fc.array(word, { maxLength: 5 }).filter((all) => !all.includes("--live"));
    await fc.assert(
      fc.asyncProperty(words, async (all) => {
        expect((await verify("--source", at("none"), ...all)).code).to.be.oneOf([0, 3]);
      }),
      { interruptAfterTimeLimit: 1_000, numRuns: 200 },
    );
  });

  it("says that a policy nested 100,000 lists deep cannot be read", async () => {
    const deep = JSON.stringify("[".repeat(100_000) + "]".repeat(100_000));
    const text = fixture("prd.json").replace(/"policy":"(?:[^"\\]|\\.)*"/g, () => `"policy":${deep}`);
    const { code, said } = await verify("--target", write("policy.json", text));
    expect(code).to.equal(2);
    expect(said).to.contain("expected at most 100 lists and objects inside of each other");
  });

  it("says that values nested 5,000 deep are not read", async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    const text = fixture("prd.json").replace(/"outputs":\{/, `"outputs":{"deep":${deep},`);
    expect(await verify("--target", write("deep.json", text))).to.deep.equal({
      code: 3,
      said:
        `${at("deep.json")}: the input holds values more than 100 levels deep; expected what "pulumi stack export ` +
        `--stack prd" prints. Run that and give its output.`,
    });
  });

  for (const option of ["--declared", "--expect"])
    it(`reads ${option} in UTF-16, and says what is wrong with one nested too deeply`, async () => {
      const content = option === "--declared" ? '{"serviceControlPolicyAttached":true}' : '{"verdicts":{}}';
      const given = write("given.json", Buffer.from(`\ufeff${content}`, "utf16le"));
      const { said } = await verify("--target", write("prd.json", fixture("prd.json")), option, given);
      expect(said).to.match(/\d+ proved/);
      const deep = await verify("--target", at("prd.json"), option, write("deep.json", "[".repeat(5_000)));
      expect(deep.code).to.equal(3);
      expect(deep.said).to.contain("holds values more than 100 levels deep");
    });

  it("warns of an export with its secrets in plain text, and names the file", async () => {
    const text = fixture("prd.json").replaceAll(/"ciphertext":"(?:[^"\\]|\\.)*"/g, '"plaintext":"\\"x\\""');
    const { said } = await verify("--target", write("open.json", text));
    expect(said)
      .to.contain(`WARNING: ${at("open.json")} holds secrets in plain text`)
      .and.contain("Delete every copy");
    expect((await verify("--target", write("closed.json", fixture("prd.json")))).said).not.to.contain(
      "WARNING",
    );
  });

  for (const seconds of ["0", "0.5", "-1", "2147484", "3000000", "1e300", "Infinity", "NaN", "", "often"])
    it(`refuses to look again every "${seconds}" seconds, and says the bounds`, async () => {
      const { code, said } = await verify(`--watch=${seconds}`);
      expect(code).to.equal(3);
      expect(said).to.equal(
        `--watch was given "${seconds}"; expected a number of seconds from 1 to 2147483.`,
      );
    });

  it("checks where it is to write before it reads, and leaves nothing there", async () => {
    const { code, said } = await verify("--source", at("none"), "--html", folder);
    expect([code, said]).to.deep.equal([
      3,
      `${folder} cannot be written: EISDIR: illegal operation on a directory, open '${folder}'`,
    ]);
    const missing = await verify("--source", at("none"), "--html", at("page.html"));
    expect(missing.said).to.contain("none cannot be read");
    expect(() => readFileSync(at("page.html"))).to.throw("ENOENT");
  });
});
