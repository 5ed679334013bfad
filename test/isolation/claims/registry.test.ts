import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { claims } from "../../../isolation/claims";

const docs = join(__dirname, "..", "..", "..", "docs");

/** The rows of a document's table of claims: the id and what is claimed. */
function rows(document: string): string[][] {
  return readFileSync(join(docs, document), "utf8")
    .split("\n")
    .filter((line) => /^\| C\d+ /.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, 3)
        .map((cell) => cell.trim()),
    );
}

describe("the registry of claims", () => {
  it("numbers them from C1 on, and says each thing once", () => {
    expect(claims.map(({ id }) => id)).to.deep.equal(claims.map((_, i) => `C${i + 1}`));
    for (const property of ["title", "statement"] as const)
      expect(new Set(claims.map((claim) => claim[property]))).to.have.lengthOf(claims.length);
  });

  it("is what docs/security.md lists, by id and title", () => {
    const listed = rows("security.md").map(([id, claim = ""]) => [id, /^\*\*(.*?)\.?\*\*/.exec(claim)?.[1]]);
    expect(listed).to.deep.equal(claims.map(({ id, title }) => [id, title]));
  });

  it("is what docs/security.ja.md lists, each with a title of its own", () => {
    const listed = rows("security.ja.md").map(([id, claim = ""]) => [id, /^\*\*(.+?)\*\*/.exec(claim)?.[1]]);
    expect(listed.map(([id]) => id)).to.deep.equal(claims.map(({ id }) => id));
    expect(new Set(listed.map(([, title]) => title)).size).to.equal(claims.length);
    expect(listed.filter(([, title]) => title === undefined)).to.deep.equal([]);
  });

  it("has every claim that a document speaks of", () => {
    const ids = new Set<string>(claims.map(({ id }) => id));
    for (const document of [
      "proof.md",
      "proof.ja.md",
      "security.md",
      "security.ja.md",
      "variants.md",
      "variants.ja.md",
    ]) {
      const spoken = readFileSync(join(docs, document), "utf8").match(/\bC\d+\b/g) ?? [];
      expect(
        spoken.filter((id) => !ids.has(id)),
        document,
      ).to.deep.equal([]);
    }
  });
});
