import { randomFillSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { asJson } from "../../../rehearsal/scenario/report";
import { RehearsalError } from "../../../rehearsal/rehearsalError";
import type { RehearsalResult } from "../../../rehearsal/scenario/rehearse";
import { type BothSides, type CarriedIn, asTheyCome, carryIn, inFolder, rehearseIn } from "../rehearsing";
import { annotatedTag, commit, git, makeRepository } from "../someRepository";

const small = [commit({ branch: "main", files: { "main.tf": "terraform {}" } })];

describe("the rehearsal of this clone", () => {
  let result: RehearsalResult;
  const run = () =>
    inFolder((folder) =>
      rehearseIn(folder, { repository: makeRepository(join(folder, "source.git"), small) }),
    );
  before(async () => {
    result = await run();
  });

  it("carries a repository in unchanged, and sees every attempt to get something out refused", () => {
    const { delivery, escapes, passed } = result;
    expect(delivery.comparison).to.deep.equal({ equal: true, refs: 1, objects: 3, differences: [] });
    expect(escapes).to.have.length.of.at.least(6);
    expect(escapes.filter(({ refused }) => !refused)).to.deep.equal([]);
    expect(escapes.filter(({ knownGap }) => knownGap !== undefined)).to.deep.equal([]);
    expect(passed).to.equal(true);
  });

  it("lets the push policy admit the NAT addresses of the source and no other, and pushes from them", () => {
    const { source, pushAddresses, delivery } = result;
    const natPublicIps = ["203.0.113.10", "203.0.113.11"];
    expect(source.deployment.output("natPublicIps")).to.deep.equal(natPublicIps);
    expect(pushAddresses).to.deep.equal(natPublicIps.map((address) => `${address}/32`));
    expect(delivery.pushedFrom).to.deep.equal(natPublicIps);
  });

  it("lists what is still the sample's, and warns of nothing that is only the rehearsal's own", () => {
    const { placeholders, source, target, mirror } = result;
    expect(placeholders.map(({ key }) => key)).to.include.members([
      "git-airlock:workTerminalCidrs[0]",
      "git-airlock:pull.isolatedTerminalCidrs[0]",
    ]);
    expect(asJson(result)).to.deep.include({ placeholders, notes: [] });
    expect([source, target, mirror].flatMap(({ warnings }) => warnings)).to.deep.equal([]);
  });

  it("is refused before anything stands where the repository has nothing to carry", async () => {
    const steps = {
      sourceDeployed: () => {
        throw new Error("a side was stood up");
      },
    };
    const refused = await inFolder((folder) =>
      rehearseIn(folder, { repository: makeRepository(join(folder, "empty.git"), []) }, steps),
    ).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(RehearsalError);
    expect(String(refused)).to.match(/empty\.git" has no commits to carry/);
  });

  it("gives the same document for machines when it is run again", async () => {
    expect(asJson(await run())).to.deep.equal(asJson(result));
  });
});

describe("on its way in", () => {
  let sides: BothSides;
  before(async () => {
    sides = await asTheyCome();
  });

  /** Makes a repository, carries it in, and looks at both ends. */
  function carry(
    stream: readonly (string | Buffer)[],
    look: (source: string, carried: CarriedIn) => void,
    branch?: string,
  ): Promise<void> {
    return inFolder(async (folder) => {
      const source = makeRepository(join(folder, "source.git"), stream, branch);
      const carried = await carryIn(folder, sides, source);
      expect(carried.delivery.comparison.differences).to.deep.equal([]);
      const refs = (repository: string) => git(repository, ["for-each-ref", "refs/heads", "refs/tags"]);
      expect(refs(carried.clone)).to.equal(refs(source));
      look(source, carried);
    });
  }

  /** The message that a repository is refused with. */
  async function refusal(make: (folder: string) => string): Promise<string> {
    try {
      await inFolder((folder) => carryIn(folder, sides, make(folder)));
    } catch (error) {
      if (error instanceof RehearsalError) return error.message;
      throw error;
    }
    throw new Error("the repository was not refused");
  }

  it("a history of 2,000 commits stays whole", async () => {
    const history = Array.from({ length: 2000 }, (_, i) =>
      commit({ branch: "main", message: `change ${i}`, files: { [`src/${i % 50}.txt`]: `version ${i}` } }),
    );
    await carry(history, (_source, { clone, delivery }) => {
      expect(git(clone, ["rev-list", "--count", "main"]).trim()).to.equal("2000");
      expect(delivery.comparison.objects).to.be.above(6000);
    });
  });

  it("300 branches and tags arrive, nested names and annotated tags among them", async () => {
    const branches = Array.from({ length: 149 }, (_, i) =>
      commit({ branch: `feature/team-${i % 7}/${i}`, files: { [`${i}`]: "x" }, from: "main" }),
    );
    const tags = Array.from({ length: 150 }, (_, i) => annotatedTag(`release/${i % 10}/v${i}`, "main"));
    await carry([...small, ...branches, ...tags], (_source, { clone, delivery }) => {
      expect(delivery.comparison.refs).to.equal(300);
      const kinds = git(clone, ["for-each-ref", "--format=%(objecttype)", "refs/tags"]).trim().split("\n");
      expect(kinds).to.deep.equal(new Array(150).fill("tag"));
    });
  });

  it("names outside ASCII stay as they are: of branches, tags, files and people", async () => {
    const people = "山田 太郎";
    const stream = [
      commit({
        branch: "main",
        files: { "docs/設計.md": "設計", "Grüße/naïve café.txt": "ß" },
        author: people,
      }),
      commit({ branch: "機能/ログイン", message: "機能を追加", from: "main", files: { "🚀": "x" } }),
      annotatedTag("版/第1版", "main", people),
    ];
    await carry(stream, (_source, { clone }) => {
      const refs = git(clone, ["for-each-ref", "--format=%(refname)"]).trim().split("\n");
      expect(refs).to.have.members(["refs/heads/main", "refs/heads/機能/ログイン", "refs/tags/版/第1版"]);
      const files = git(clone, ["ls-tree", "-r", "-z", "--name-only", "機能/ログイン"]).split("\0");
      expect(files).to.include.members(["docs/設計.md", "Grüße/naïve café.txt", "🚀"]);
      expect(git(clone, ["log", "-1", "--format=%an", "main"]).trim()).to.equal(people);
      expect(git(clone, ["cat-file", "tag", "版/第1版"])).to.contain(`tagger ${people} <`);
    });
  });

  it("a file of 60 MB arrives, byte for byte", async () => {
    const large = randomFillSync(Buffer.alloc(60 * 1024 * 1024));
    await carry([commit({ branch: "main", files: { "image.bin": large } })], (source, { clone }) => {
      const blob = git(source, ["rev-parse", "main:image.bin"]);
      expect(git(clone, ["rev-parse", "main:image.bin"])).to.equal(blob);
      expect(git(clone, ["cat-file", "-s", "main:image.bin"]).trim()).to.equal(String(large.length));
    });
  });

  it("a repository without a branch stays one", async () => {
    await carry([], (_source, { clone, delivery }) => {
      expect(delivery.comparison).to.deep.equal({ equal: true, refs: 0, objects: 0, differences: [] });
      expect(git(clone, ["for-each-ref"])).to.equal("");
    });
  });

  it("the default branch stays the default branch, whatever its name", async () => {
    const stream = ["archive", "trunk", "zeta"].map((branch) => commit({ branch, files: { [branch]: "x" } }));
    const look = (_source: string, { clone }: CarriedIn) => {
      expect(git(clone, ["symbolic-ref", "HEAD"]).trim()).to.equal("refs/heads/trunk");
    };
    await carry(stream, look, "trunk");
  });

  it("what is neither branch nor tag stays outside", async () => {
    await inFolder(async (folder) => {
      const source = makeRepository(join(folder, "source.git"), small);
      for (const ref of ["refs/notes/private", "refs/pull/1/head", "refs/stash"])
        git(source, ["update-ref", ref, git(source, ["commit-tree", "-m", ref, "main^{tree}"]).trim()]);
      const { clone, delivery } = await carryIn(folder, sides, source);
      expect(delivery.comparison).to.deep.include({ equal: true, refs: 1, objects: 3 });
      expect(git(clone, ["for-each-ref", "--format=%(refname)"])).to.equal("refs/heads/main\n");
    });
  });

  it("a Git LFS pointer is refused, because CodeCommit cannot hold what it points to", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 123456\n`;
    const message = await refusal((folder) =>
      makeRepository(join(folder, "source.git"), [
        commit({ branch: "main", files: { "assets/logo.psd": pointer } }),
      ]),
    );
    expect(message).to.match(/LFS/).and.contain("assets/logo.psd");
  });

  it("a shallow clone is refused, with the command that makes it whole", async () => {
    const message = await refusal((folder) => {
      const whole = makeRepository(join(folder, "whole.git"), [...small, ...small, ...small]);
      git(folder, ["clone", "--quiet", "--depth=1", `file://${whole}`, "shallow"]);
      return join(folder, "shallow");
    });
    expect(message).to.contain("shallow clone").and.contain("git fetch --unshallow");
  });

  it("a folder that is not a repository is refused, with its name", async () => {
    let plain = "";
    const message = await refusal((folder) => {
      plain = join(folder, "no repository");
      mkdirSync(plain);
      writeFileSync(join(plain, "main.tf"), "terraform {}");
      return plain;
    });
    expect(message).to.contain(`"${plain}" is not a git repository`);
  });

  it("a repository that lacks an object is refused, not carried in by half", async () => {
    const message = await refusal((folder) => {
      const source = makeRepository(join(folder, "source.git"), small);
      const lost = "1".repeat(40);
      const tree = git(source, ["mktree", "--missing"], `100644 blob ${lost}\tlost.txt\n`).trim();
      git(source, ["update-ref", "refs/heads/main", git(source, ["commit-tree", "-m", "lost", tree]).trim()]);
      return source;
    });
    expect(message).to.match(/developer's push|not a git repository/);
  });
});
