import { expect } from "chai";
import { officialImage } from "../../../components/networkedGitlab/officialImage";

describe("the official image", () => {
  for (const type of [
    "m7i.large",
    "c6a.xlarge",
    "g4dn.xlarge",
    "g5.xlarge",
    "t3.large",
    "r8id.metal-48xl",
    "u7i-12tb.224xlarge",
  ])
    it(`is the one for x86_64 on ${type}`, () => {
      expect(officialImage("18.5.1", type)).to.deep.equal({
        name: "GitLab CE 18.5.1",
        architecture: "x86_64",
      });
    });

  for (const type of [
    "m7g.large",
    "t4g.large",
    "c7gn.xlarge",
    "im4gn.large",
    "is4gen.large",
    "x2gd.large",
    "a1.large",
    "g5g.xlarge",
  ])
    it(`is the one for Graviton on ${type}`, () => {
      expect(officialImage("18.5.1", type)).to.deep.equal({
        name: "GitLab CE 18.5.1 (ARM64)",
        architecture: "arm64",
      });
    });
});
