import { expect } from "chai";
import { Iam } from "../../../rehearsal/accounts/iam";
import { Kms } from "../../../rehearsal/accounts/kms";
import { Logs } from "../../../rehearsal/accounts/logs";
import { account, accountId, make, refused } from "./make";

const group = "aws:cloudwatch/logGroup:LogGroup";

describe("the stand-in CloudWatch Logs", () => {
  let logs: Logs;
  beforeEach(() => {
    const context = account();
    logs = new Logs(context, new Kms(context, new Iam(context)));
  });

  it("makes a log group", async () => {
    const made = await make(logs, group, "g", { name: "/airlock/squid", retentionInDays: 30 });
    expect(made.outputs["arn"]).to.equal(`arn:aws:logs:ap-northeast-1:${accountId}:log-group:/airlock/squid`);
    expect(logs.has("/airlock/squid")).to.equal(true);
  });

  it("refuses a retention that is not offered", async () => {
    expect(
      await refused("InvalidParameterException", make(logs, group, "g", { retentionInDays: 31 })),
    ).to.contain("31");
  });

  it("refuses a name twice, one with a space, and a key that does not exist", async () => {
    await make(logs, group, "g", { name: "a" });
    await refused("ResourceAlreadyExistsException", make(logs, group, "h", { name: "a" }));
    await refused("InvalidParameterException", make(logs, group, "h", { name: "a b" }));
    await refused("InvalidParameterException", make(logs, group, "h", { kmsKeyId: "alias/gone" }));
  });
});
