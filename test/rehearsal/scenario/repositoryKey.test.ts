import { expect } from "chai";
import { Cloud } from "../../../rehearsal/scenario/cloud";
import { repositoryKeyActions } from "../../../facts/repositoryKey";
import { account, accountId, make, text } from "../aws/make";

const root = `arn:aws:iam::${accountId}:root`;
const throughCodeCommit = {
  Effect: "Allow",
  Principal: { AWS: "*" },
  Action: repositoryKeyActions,
  Resource: "*",
  Condition: {
    StringEquals: {
      "kms:ViaService": "codecommit.ap-northeast-1.amazonaws.com",
      "kms:CallerAccount": accountId,
    },
  },
};

/** Why a user who may pull a repository is refused, whose key says this beside what its administrators may. */
async function refusalUnder(statement: object): Promise<string | undefined> {
  const aws = account();
  const admin = { Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [admin, statement] });
  const key = await make(aws, "aws:kms/key:Key", "key", { policy });
  const kmsKeyId = text(key, "arn");
  await make(aws, "aws:codecommit/repository:Repository", "app", { repositoryName: "app", kmsKeyId });
  const pulls = { Effect: "Allow", Action: "codecommit:GitPull", Resource: "*" };
  const made = await make(aws, "aws:iam/policy:Policy", "pull", {
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [pulls] }),
  });
  const user = await make(aws, "aws:iam/user:User", "reader", { name: "reader" });
  await make(aws, "aws:iam/userPolicyAttachment:UserPolicyAttachment", "pull", {
    user: "reader",
    policyArn: text(made, "arn"),
  });
  const { allowed, reason } = new Cloud([aws]).decide(
    { arn: text(user, "arn"), accountId },
    { action: "codecommit:GitPull", repository: "app" },
    { sourceIp: "203.0.113.10" },
  );
  return allowed ? undefined : reason;
}

describe("the stand-in CodeCommit, where a repository is under a customer key", () => {
  it("serves whom the key lets in through CodeCommit", async () => {
    expect(await refusalUnder(throughCodeCommit)).to.equal(undefined);
  });

  it("refuses who may pull and may not use the key, or only through another service", async () => {
    const Condition = { StringEquals: { "kms:ViaService": "s3.ap-northeast-1.amazonaws.com" } };
    for (const change of [{ Principal: { AWS: root } }, { Action: "kms:DescribeKey" }, { Condition }])
      expect(await refusalUnder({ ...throughCodeCommit, ...change })).to.contain(
        "the key of app does not let it",
      );
  });
});
