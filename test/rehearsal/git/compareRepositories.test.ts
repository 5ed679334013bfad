import { expect } from "chai";
import { compareRepositories } from "../../../rehearsal/git/compareRepositories";
import { commit, Lab } from "./lab";

describe("comparing repositories", () => {
  let lab: Lab;
  let first: string;
  before(async () => {
    lab = await Lab.open();
    first = await lab.repository("first", commit("main", "1", { a: "1" }));
    await lab.git(first, ["tag", "-a", "-m", "one", "v1", "main"]);
  });
  after(async () => {
    await lab.close();
  });
  const clone = async (name: string) => {
    await lab.git(lab.folder, ["clone", "--quiet", "--mirror", first, name]);
    return `${lab.folder}/${name}`;
  };

  it("finds a copy equal, and counts references and objects", async () => {
    expect(await compareRepositories(first, await clone("same"), lab.local)).to.deep.equal({
      equal: true,
      refs: 2,
      // commit, tree, blob, tag
      objects: 4,
      differences: [],
    });
  });

  it("does not mind references outside branches and tags", async () => {
    const other = await clone("keep");
    await lab.git(other, ["update-ref", "refs/keep-around/x", "main"]);
    expect((await compareRepositories(first, other, lab.local)).equal).to.equal(true);
  });

  it("names a missing tag, a moved branch and an extra object", async () => {
    const other = await clone("different");
    await lab.git(other, ["tag", "-d", "v1"]);
    await lab.git(other, ["fast-import", "--quiet"], commit("main", "2", { a: "1" }, "refs/heads/main^0"));
    const { equal, differences } = await compareRepositories(first, other, lab.local);
    expect(equal).to.equal(false);
    expect(differences[0]).to.match(
      /^reference refs\/heads\/main is \w+ in the first and \w+ in the second$/,
    );
    expect(differences[1]).to.match(/^reference refs\/tags\/v1 \(\w+\) is missing in the second repository$/);
    expect(differences[2]).to.match(/^object \w+ \(tag \d+\) is missing in the second repository$/);
    expect(differences[3]).to.match(/^object \w+ \(commit \d+\) is missing in the first repository$/);
    expect(differences).to.have.length(4);
  });

  it("finds two empty repositories equal, and fails on what is not a repository", async () => {
    await lab.git(lab.folder, ["init", "--quiet", "--bare", "e1"]);
    await lab.git(lab.folder, ["init", "--quiet", "--bare", "e2"]);
    const [a, b] = [`${lab.folder}/e1`, `${lab.folder}/e2`];
    expect((await compareRepositories(a, b, lab.local)).equal).to.equal(true);
    const error: unknown = await compareRepositories(first, `${lab.folder}/absent`, lab.local).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.an("error").with.property("message").that.contains("absent");
  });
});
