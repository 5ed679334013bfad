import { expect } from "chai";
import { readOptions, usage, UsageError } from "../../rehearsal/options";

const defaults = { repo: "/clone", json: false, keep: false, engine: false, help: false };

describe("the command line of npm start", () => {
  it("carries this clone in, and prints for people, unless told otherwise", () => {
    expect({ ...readOptions([], "/clone") }).to.deep.equal(defaults);
  });

  it("takes every option", () => {
    const all = ["--repo", "../app", "--json", "--out", "exports", "--keep", "--engine", "--help"];
    expect({ ...readOptions(all, "/clone") }).to.deep.equal({
      repo: "../app",
      json: true,
      out: "exports",
      keep: true,
      engine: true,
      help: true,
    });
  });

  it("explains every option and every exit code", () => {
    for (const option of ["--repo", "--json", "--out", "--keep", "--engine", "--help"])
      expect(usage).to.contain(option);
    expect(usage).to.match(/Exit code: 0 .*; 1 .*; 2 .*; 130 /);
  });

  const refused: [what: string, argv: string[], says: RegExp][] = [
    ["an option that there is none of", ["--jason"], /--jason/],
    ["an option that lacks its value", ["--repo"], /--repo/],
    ["an empty repository's name", ["--repo", ""], /--repo is empty/],
    ["a blank repository's name", ["--repo="], /--repo is empty/],
    ["a value for an option that takes none", ["--json=yes"], /--json/],
    ["a word that belongs to no option", ["../app"], /\.\.\/app/],
  ];
  for (const [what, argv, says] of refused)
    it(`refuses ${what}`, () => {
      expect(() => readOptions(argv, "/clone")).to.throw(UsageError, says);
    });
});
