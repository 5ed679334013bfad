import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { decode, MOST_BYTES, readTextFile } from "../../automation/textFile";
import { UsageError } from "../../automation/usageError";

const utf16le = (text: string) => Buffer.from(text, "utf16le");
const utf16be = (text: string) => utf16le(text).swap16();
const bytes = (...numbers: number[]) => Buffer.from(numbers);

describe("text files", () => {
  let folder: string;
  const write = (content: Buffer) => {
    writeFileSync(join(folder, "file"), content);
    return join(folder, "file");
  };
  const refused = async (file: string): Promise<string> => {
    try {
      await readTextFile(file);
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    throw new Error("it was read");
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "airlock-text-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("are the same text in UTF-8 and UTF-16, with a byte order mark", () => {
    // A mark inside of a text is a character; a zero byte is in no text.
    const text = fc.string({ unit: "binary" }).filter((one) => !/\0|^\ufeff/.test(one));
    fc.assert(
      fc.property(text, (given) => {
        for (const encoded of [
          Buffer.from(given),
          Buffer.from(`\ufeff${given}`),
          utf16le(`\ufeff${given}`),
          utf16be(`\ufeff${given}`),
        ])
          expect(decode(encoded)).to.equal(given);
      }),
    );
  });

  for (const [what, content] of [
    ["UTF-16 without a mark", utf16le("{}")],
    ["UTF-16 the other way round, without a mark", utf16be("{}")],
    ["UTF-32", bytes(0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0)],
    ["half a character of UTF-16", Buffer.concat([utf16le("\ufeff{}"), bytes(0x20)])],
    ["half a surrogate pair", utf16le("\ufeff\ud83d")],
    ["Latin-1", Buffer.from("caf\u00e9", "latin1")],
    ["zero bytes", bytes(0, 0, 0)],
  ] as const)
    it(`say what is wrong with ${what}`, async () => {
      expect(await refused(write(content))).to.match(
        /file is not text in UTF-8, nor in UTF-16 with a byte order mark/,
      );
    });

  it("are read up to a bound that is named", async () => {
    const file = write(Buffer.from(""));
    truncateSync(file, MOST_BYTES + 1);
    expect(await refused(file)).to.match(/file is larger than 64 MiB, which is the most that is read/);
  });

  it("that cannot be read say why", async () => {
    expect(await refused(join(folder, "none"))).to.match(/none cannot be read: ENOENT/);
    expect(await refused(folder)).to.match(/cannot be read: EISDIR/);
  });
});
