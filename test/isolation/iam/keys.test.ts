import { expect } from "chai";
import { conditionKey } from "../../../isolation/iam/keys";

describe("the condition keys that are understood", () => {
  for (const key of [
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:vpceorgid",
    "aws:VpceOrgPaths",
    "aws:SourceVpcArn",
  ])
    it(`do not hold ${key}, which CodeCommit never sets`, () => {
      expect(conditionKey(key)).to.equal(undefined);
    });
});
