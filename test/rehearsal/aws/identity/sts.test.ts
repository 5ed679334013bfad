import { expect } from "chai";
import { Sts } from "../../../../rehearsal/aws/identity/sts";
import { account, accountId } from "../make";

describe("who deploys, and where", () => {
  const { functions } = new Sts(account());

  it("is an assumed role of the account", () => {
    const identity = functions["aws:index/getCallerIdentity:getCallerIdentity"]();
    expect(identity).to.include({
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/deployer/rehearsal`,
    });
  });

  it("is the account's region, and no other", () => {
    const getRegion = functions["aws:index/getRegion:getRegion"];
    expect(getRegion({})).to.include({ region: "ap-northeast-1", name: "ap-northeast-1" });
    expect(() => getRegion({ region: "us-east-1" })).to.throw(/InvalidParameterValue/);
  });

  it("is the commercial partition", () => {
    expect(functions["aws:index/getPartition:getPartition"]()).to.include({
      partition: "aws",
      dnsSuffix: "amazonaws.com",
    });
  });
});
