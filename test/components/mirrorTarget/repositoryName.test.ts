import { expect } from "chai";
import fc from "fast-check";
import {
  isRepositoryName,
  LONGEST_PREFIX,
  repositoryName,
} from "../../../components/mirrorTarget/repositoryName";
import { gitlabProjectProblem } from "../../../components/syntax";

/** Paths dense in the characters that the mapping treats: neighbours collide if anything does. */
const trickyPath = fc
  .array(
    fc.string({ unit: fc.constantFrom("a", "A", "_", ".", "-", "g", "i", "t"), minLength: 1, maxLength: 5 }),
    {
      minLength: 2,
      maxLength: 4,
    },
  )
  .map((segments) => segments.join("/"))
  .filter((path) => gitlabProjectProblem(path) === undefined);

const longPath = fc
  .array(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}[A-Za-z0-9]$/), { minLength: 2, maxLength: 6 })
  .map((segments) => segments.join("/"))
  .filter((path) => gitlabProjectProblem(path) === undefined);

const anyPath = fc.oneof(trickyPath, longPath);

/** What a name without a digest was made of: an even number of `_` before a `.` is a slash, an odd one a dot. */
function readBack(name: string): string {
  return name.replace(/(_*)\./g, (_, underscores: string) => {
    const kept = underscores.slice(0, Math.floor(underscores.length / 2));
    return kept + (underscores.length % 2 === 0 ? "/" : ".");
  });
}

describe("the repository name of a GitLab project", () => {
  it("reads like the path", () => {
    expect(repositoryName("platform/network")).to.equal("platform.network");
    expect(repositoryName("Platform/team_a/web-app")).to.equal("Platform.team_a.web-app");
  });

  it("stands behind the prefix", () => {
    expect(repositoryName("platform/network", "airlock")).to.equal("airlock-platform.network");
  });

  it("tells a dot in the path from a slash", () => {
    expect(repositoryName("platform/example.com")).to.equal("platform.example_.com");
    expect(repositoryName("platform/example/com")).to.equal("platform.example.com");
  });

  it("tells underscores before a slash from the escape", () => {
    const paths = ["a./b", "a/.b", "a_/b", "a_./b", "a/_b", "a/_.b", "a/b", "a__/b", "a_/.b", "a._/b"];
    expect(new Set(paths.map((path) => repositoryName(path))).size).to.equal(paths.length);
  });

  it("never ends in .git, which CodeCommit prohibits", () => {
    expect(repositoryName("platform/git")).to.match(/^platform-git-[0-9a-f]{40}$/);
    expect(repositoryName("platform/Git")).to.match(/^platform-Git-[0-9a-f]{40}$/);
  });

  it("keeps the end of a path that is too long", () => {
    const name = repositoryName(`${"group/".repeat(20)}the-project`);
    expect(name)
      .to.have.lengthOf.at.most(100)
      .and.match(/group-the-project-[0-9a-f]{40}$/);
  });

  it("is one that CodeCommit takes, with any prefix", () => {
    const prefix = fc.option(fc.stringMatching(new RegExp(`^[A-Za-z0-9_-]{1,${LONGEST_PREFIX}}$`)), {
      nil: undefined,
    });
    fc.assert(
      fc.property(anyPath, prefix, (path, before) => {
        const name = repositoryName(path, before);
        expect(name).to.satisfy(isRepositoryName);
        if (before !== undefined) expect(name.startsWith(`${before}-`)).to.equal(true);
      }),
    );
  });

  it("tells the path: nothing is lost, unless a digest had to take its place", () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const name = repositoryName(path);
        if (name.includes(".")) expect(readBack(name)).to.equal(path);
        else expect(name).to.match(/-[0-9a-f]{40}$/);
      }),
      { numRuns: 2000 },
    );
  });

  it("differs in more than case between paths that do", () => {
    const pair = fc.oneof(
      fc.tuple(trickyPath, trickyPath),
      fc.tuple(longPath, longPath),
      fc.tuple(anyPath, anyPath),
    );
    fc.assert(
      fc.property(pair, ([one, other]) => {
        fc.pre(one.toLowerCase() !== other.toLowerCase());
        expect(repositoryName(one).toLowerCase()).not.to.equal(repositoryName(other).toLowerCase());
      }),
      { numRuns: 5000 },
    );
  });

  it("differs between long paths that differ only where the name does not reach", () => {
    const tail = `/${"x".repeat(120)}/project`;
    expect(repositoryName(`one${tail}`)).not.to.equal(repositoryName(`two${tail}`));
    expect(repositoryName(`a/b${tail}`)).not.to.equal(repositoryName(`a-b${tail}`));
  });
});
