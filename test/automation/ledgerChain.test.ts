import { expect } from "chai";
import fc from "fast-check";
import {
  beginning,
  BrokenChain,
  nextLine,
  readChain,
  TornLine,
  type Content,
} from "../../automation/ledger/chain";

/** A ledger of these contents. */
function written(contents: readonly Content[]): Buffer {
  let text = "";
  let head = beginning;
  for (const content of contents) {
    const line = nextLine(head, content);
    text += line;
    head = readChain(Buffer.from(line), head)[0] ?? head;
  }
  return Buffer.from(text);
}

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "a\nb",
    "\u2028",
    "\u2029",
    "\u0085",
    "\ud800",
    '","sha256":"',
    "\0",
    "__proto__",
    "{}\r\n",
    "\u{1f600}",
  ),
);
const content = fc.dictionary(
  fc
    .oneof(hostile, fc.constantFrom("ref", "source"))
    .filter((key) => !["line", "previous", "sha256", "__proto__"].includes(key)),
  fc.oneof(hostile, fc.array(hostile, { maxLength: 3 }), fc.integer(), fc.constant(null)),
  { maxKeys: 4 },
);

describe("the lines of a ledger", () => {
  it("hold whatever a branch or a person may be called, each in one line of ASCII", () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 6 }), (contents) => {
        const bytes = written(contents);
        expect(bytes.toString("latin1")).to.match(/^[ -~\n]*$/);
        const links = readChain(bytes);
        expect(links.map(({ line }) => line)).to.deep.equal(contents.map((_, at) => at + 1));
        links.forEach(({ content: read }, at) => {
          const { line: _line, previous: _previous, ...rest } = read;
          expect(JSON.stringify(rest)).to.equal(JSON.stringify(contents[at]));
        });
      }),
    );
  });

  it("show any byte that was changed, in the last line too, and what is whole before it", () => {
    const bytes = written([{ ref: "refs/heads/main" }, { ref: "refs/heads/\u00fc", n: 1 }, { ref: "x" }]);
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 10);
    for (const at of bytes.keys())
      for (const flip of [1, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const number = ends.filter((end) => end < at).length + 1;
        expect(() => readChain(changed), `byte ${at} ^ ${flip}`).to.throw(new RegExp(`^line ${number} `));
      }
  });

  it("show any change of text, of any length", () => {
    const bytes = written([{ ref: "refs/heads/main" }, { ref: "refs/heads/side" }, { ref: "x" }]);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }), (at, length, put) => {
        const changed = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + length)]);
        fc.pre(!changed.equals(bytes));
        // Whole lines taken off the end do not show by themselves: a pull remembers where it ended.
        fc.pre(
          !(
            changed.length < bytes.length &&
            bytes.subarray(0, changed.length).equals(changed) &&
            changed.at(-1) === 10
          ),
        );
        fc.pre(changed.length > 0);
        expect(() => readChain(changed)).to.throw();
      }),
      { numRuns: 2000 },
    );
  });

  it("show a line that was taken out, put in twice, or moved", () => {
    const lines = written([{ a: 1 }, { a: 2 }, { a: 3 }])
      .toString()
      .split(/(?<=\n)/);
    const [one = "", two = "", three = ""] = lines;
    for (const text of [two + three, one + three, one + one + two, two + one + three, one + two + two])
      expect(() => readChain(Buffer.from(text))).to.throw(BrokenChain, /does not follow/);
  });

  it("that have no end are torn, and it is known where the whole ones end", () => {
    const bytes = written([{ a: 1 }, { a: 2 }]);
    const whole = bytes.indexOf("\n") + 1;
    for (let length = whole + 1; length < bytes.length; length++) {
      const torn = expect(() => readChain(bytes.subarray(0, length))).to.throw(TornLine);
      torn.with.property("whole", whole);
    }
  });

  it("that are not a ledger's are refused, not misread", () => {
    for (const text of ["\n", "{}\n", "null\n", "\u2028\n", `${"[".repeat(9999)}\n`, '{"line":1}\r\n'])
      expect(() => readChain(Buffer.from(text))).to.throw(BrokenChain, /line 1 is not a ledger's/);
  });
});
