import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { fetchRepository, requireContent } from "../../../rehearsal/scenario/deliver";
import { RehearsalError } from "../../../rehearsal/rehearsalError";
import { commit, git, makeRepository } from "../someRepository";

const neverAborted = new AbortController().signal;

describe("a repository that is asked to be carried in", () => {
  let folder: string;
  let number = 0;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "carriable-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const small = [commit({ branch: "main", files: { a: "1" } })];
  const source = () => makeRepository(join(folder, `source-${++number}.git`), small);
  /** What is said of it; "" where it can be carried. */
  const said = async (repository: string): Promise<string> => {
    const copy = join(folder, `copy-${++number}.git`);
    try {
      await fetchRepository(repository, copy, neverAborted);
      await requireContent(repository, copy, neverAborted);
      return "";
    } catch (error) {
      if (!(error instanceof RehearsalError)) throw error;
      expect(error.message)
        .to.contain(`"${repository}"`)
        .and.not.match(/GitLab could not|failed/);
      return error.message;
    }
  };
  const withRefs = (...names: string[]) => {
    const repository = source();
    const tip = git(repository, ["rev-parse", "main"]).trim();
    const input = names.map((name) => `create ${name} ${tip}\n`).join("");
    git(repository, ["update-ref", "--stdin"], input);
    return repository;
  };

  it("is carried with names that only look odd, and tags of every kind", async () => {
    const repository = withRefs(
      "refs/heads/機能/追加",
      "refs/heads/refs/heads/other",
      `refs/heads/${"a".repeat(39)}`,
      `refs/heads/${"a".repeat(41)}`,
      `refs/tags/${"a".repeat(40)}`,
      `refs/heads/${"語/".repeat(127)}ab`,
      "refs/tags/heads/main",
      "refs/heads/\ufffd",
    );
    git(repository, ["tag", "blob", "main:a"]);
    git(repository, ["tag", "-a", "-m", "tree", "tree", "main^{tree}"]);
    expect(await said(repository)).to.equal("");
  });

  it("is refused where it has no commits, with what to do", async () => {
    const empty = join(folder, "empty");
    git(folder, ["init", "--quiet", empty]);
    expect(await said(empty)).to.match(/has no commits to carry.*--repo/);
  });

  it("is refused where it is a partial clone, with the command that makes it whole", async () => {
    const whole = source();
    git(whole, ["config", "uploadpack.allowFilter", "true"]);
    const partial = join(folder, "partial");
    git(folder, ["clone", "--quiet", "--no-checkout", "--filter=blob:none", `file://${whole}`, partial]);
    expect(await said(partial)).to.match(/lacks objects.*"git fetch --refetch --no-filter"/s);
    git(partial, ["fetch", "--quiet", "--refetch", "--no-filter"]);
    expect(await said(partial)).to.equal("");
  });

  it("is refused in the object format SHA-256", async () => {
    const repository = join(folder, "sha256");
    git(folder, ["init", "--quiet", "--object-format=sha256", repository]);
    git(repository, ["commit", "--quiet", "--allow-empty", "-m", "1"]);
    expect(await said(repository)).to.match(/object format sha256.*SHA-1 alone/);
  });

  it("is refused with a name that is not UTF-8", async () => {
    const repository = source();
    const tip = git(repository, ["rev-parse", "main"]).trim();
    git(repository, ["update-ref", "--stdin"], Buffer.from(`create refs/heads/f\xfcr ${tip}\n`, "latin1"));
    expect(await said(repository)).to.match(/not UTF-8, "refs\/heads\/f\ufffdr".*git branch -m/);
  });

  it("is refused with two names that git cannot tell apart when a mirror pushes", async () => {
    for (const shadow of ["refs/heads/refs/heads/main", "refs/tags/refs/heads/main"])
      expect(await said(withRefs(shadow)), shadow).to.contain(`both refs/heads/main and ${shadow}`);
  });

  it("is refused with a branch that CodeCommit does not take, in the words of its quotas", async () => {
    for (const [name, quota] of [
      ["0123456789abcdef0123456789abcdef01234567", "exactly 40 hexadecimal"],
      ["ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD", "exactly 40 hexadecimal"],
      [`${"a/".repeat(128)}b`, "between 1 and 256 characters"],
      ["@", "single character @"],
    ] as const)
      expect(await said(withRefs(`refs/heads/${name}`)), name).to.contain(quota);
  });
});
