/** Stack files that somebody edits by accident: whatever comes of it, it is said in words, with its place. */
import { expect } from "chai";
import fc from "fast-check";
import { RehearsalError } from "../../../rehearsal/rehearsalError";
import { readStacks } from "../../../rehearsal/engines/readStacks";
import { sample, stackFileNames, withFiles } from "../cloneOfStackFiles";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a library, a program or a bug would say, and nobody understands. */
const unclear = /undefined|\[object|NaN|invalid_type|"code"|ZodError|TypeError|ENOENT|<stack>|: *$|^\s+at /m;

/** A line of a refusal: a file, perhaps its line and column, and something about it. */
const placed = /^ {2}Pulumi(?:\.[\w-]+)?\.yaml(?::[1-9][0-9]*(?::[1-9][0-9]*)?)?: \S.{5,}$/;

const words = fc.constantFrom(
  "",
  "~",
  "null",
  "true",
  "-1",
  "1e999",
  "0x10",
  "[]",
  "{}",
  "[[]]",
  "- a",
  "{a: {b: [c]}}",
  "*a",
  "&a x",
  "!!set {a}",
  "!!binary aGk=",
  "<<: {a: b}",
  "? [a]: b",
  "'",
  '"',
  "|",
  ">-",
  "%",
  "@",
  "`",
  ":",
  "#",
  "secure: v1:x:y",
  "config:",
  "config",
  "git-airlock:",
  "__proto__: {a: b}",
  "constructor: x",
  "toString",
  "2026-11-27",
  "1_000",
  "010",
  "ap-northeast-9",
  "us-gov-west-1",
  "10.0.0.0/16",
  "0.0.0.0/0",
  "arn:aws:iam::123456789012:role/x",
  "\u0000",
  "\u2028",
  "日本",
);

/** An edit of a text: at some line, some change. */
const edit = fc.record({
  line: fc.nat(400),
  kind: fc.constantFrom(
    "value",
    "key",
    "item",
    "indent",
    "outdent",
    "delete",
    "twice",
    "insert",
    "cut",
    "swap",
    "letter",
  ),
  word: fc.oneof(words, words, fc.string({ maxLength: 12 })),
  at: fc.nat(60),
});

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function apply(text: string, { line, kind, word, at }: Edit): string {
  const lines = text.split("\n");
  // Comments say nothing to a program.
  const places = lines.flatMap((one, index) => (/^\s*(?:#|$)/.test(one) ? [] : [index]));
  const place = places[line % Math.max(1, places.length)] ?? 0;
  const one = lines[place] ?? "";
  const replaced: Record<Edit["kind"], string[]> = {
    value: [one.replace(/(:(?: |$)|- ).*$/, (_, colon: string) => `${colon}${word}`)],
    key: [one.replace(/[\w-]+(?=:(?: |$))/, () => word)],
    item: [one, `${/^\s*/.exec(one)?.[0] ?? ""}- ${word}`],
    indent: [`  ${one}`],
    outdent: [one.replace(/^ {2}/, "")],
    delete: [],
    twice: [one, one],
    insert: [one, `${/^\s*/.exec(one)?.[0] ?? ""}${word}`],
    cut: [one.slice(0, at)],
    swap: [lines[place + 1] ?? "", one],
    letter: [one.slice(0, at) + word.slice(0, 1) + one.slice(at + 1)],
  };
  lines.splice(place, kind === "swap" ? 2 : 1, ...replaced[kind]);
  return lines.join("\n");
}

describe("stack files that somebody edits by accident", () => {
  it("are rehearsed or refused in clear words, each with the file and the line", () => {
    const samples = new Map(stackFileNames.map((file) => [file, sample(file)]));
    const edits = fc.array(fc.tuple(fc.constantFrom(...stackFileNames), edit), {
      minLength: 1,
      maxLength: 4,
    });
    let refused = 0;
    withFiles({}, (folder) => {
      fc.assert(
        fc.property(edits, (list) => {
          const texts = new Map(samples);
          for (const [file, one] of list) texts.set(file, apply(texts.get(file) ?? "", one));
          for (const [file, text] of texts) writeFileSync(join(folder, file), text);
          try {
            expect(readStacks(folder).accountIds.source).to.match(/^[0-9]{12}$/);
          } catch (error) {
            if (!(error instanceof RehearsalError)) throw error;
            const [title = "", ...lines] = error.message.replaceAll(folder, "").split("\n");
            expect(title).to.match(/^[0-9]+ problems? in the stack files; nothing was stood up:$/);
            for (const line of lines) {
              expect(line).to.match(placed);
              // What somebody wrote is quoted as it stands.
              expect(line.replace(/"(?:[^"\\]|\\.)*"/g, '"…"')).to.not.match(unclear);
            }
            refused += 1;
          }
        }),
        { numRuns: 150 },
      );
    });
    expect(refused).to.be.above(0);
  });
});
