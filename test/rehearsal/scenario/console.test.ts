import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { Console } from "../../../rehearsal/scenario/console";

/** What is on a screen after something was written: a terminal of so many columns, or a file. */
function shown(columns: number | undefined, write: (screen: Console) => void): string {
  const stream = new PassThrough({ encoding: "utf8" });
  write(new Console(Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns })));
  return stripVTControlCharacters(String(stream.read())).replaceAll("\r", "");
}

describe("what the rehearsal prints", () => {
  const seen = (screen: Console) => {
    screen.seen(true, "somebody did a thing that takes long to tell", "one two three four five six");
  };

  it("breaks between words on a terminal, and goes on below the first of them", () => {
    expect(shown(24, seen).split("\n")).to.deep.equal([
      "  ✔ somebody did a thing",
      "    that takes long to",
      "    tell",
      "      one two three four",
      "      five six",
      "",
    ]);
  });

  it("has a line for each thing where it goes to a file", () => {
    expect(shown(undefined, seen).split("\n")).to.deep.equal([
      "  ✔ somebody did a thing that takes long to tell",
      "      one two three four five six",
      "",
    ]);
  });

  it("breaks no word, however long, such as a URL that somebody wants to copy", () => {
    const url = "https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/platform.app";
    expect(
      shown(40, (screen) => {
        screen.note(`see ${url} there`);
      }).split("\n"),
    ).to.deep.equal(["      see", `      ${url}`, "      there", ""]);
  });
});
