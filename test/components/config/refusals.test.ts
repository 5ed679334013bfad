import { expect } from "chai";
import { problemsOf, soundSource, soundTarget } from "./entries";

describe("a wrong config of either role is refused, with its key named", () => {
  it("a region that is missing or is none, whatever the role", () => {
    for (const sound of [soundSource, soundTarget]) {
      expect(problemsOf({ ...sound, "aws:region": undefined })).to.deep.equal([
        'aws:region: is missing; expected e.g. "ap-northeast-1"',
      ]);
      expect(problemsOf({ ...sound, "aws:region": "Tokyo" })).to.deep.equal([
        'aws:region: "Tokyo" is not the name of a region; expected e.g. "ap-northeast-1"',
      ]);
      expect(problemsOf({ ...sound, "aws:region": "us-gov-west-1" }).join()).to.match(
        /^aws:region: "us-gov-west-1" is a region of another partition/,
      );
    }
  });

  it("a role that is missing, or that this program does not build", () => {
    expect(problemsOf({ ...soundSource, role: "" })).to.deep.equal([
      'git-airlock:role: is missing; expected "source" or "target" or "mirror" or "organization"',
    ]);
    expect(problemsOf({ ...soundSource, role: "miror" })).to.deep.equal([
      'git-airlock:role: "miror" is not a role; expected "source" or "target" or "mirror" or "organization"',
    ]);
  });
});
