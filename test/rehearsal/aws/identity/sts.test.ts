import { expect } from "chai";
import { account, accountId } from "../make";

describe("who deploys", () => {
  it("is an assumed role of the account", () => {
    const identity = account().call("aws:index/getCallerIdentity:getCallerIdentity", {});
    expect(identity).to.include({
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/deployer/rehearsal`,
    });
  });
});
