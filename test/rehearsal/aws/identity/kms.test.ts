import { expect } from "chai";
import { Kms } from "../../../../rehearsal/aws/identity/kms";
import { account, accountId, make, refused, text } from "../make";

const key = "aws:kms/key:Key";
const root = `arn:aws:iam::${accountId}:root`;

function policy(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function allow(principal: string, action: string, changes: object = {}): object {
  return { Effect: "Allow", Principal: { AWS: principal }, Action: action, Resource: "*", ...changes };
}

describe("the stand-in KMS", () => {
  let kms: Kms;
  beforeEach(() => {
    const context = account();
    kms = Kms.of(context);
  });

  it("gives a key without a policy the one that leaves it to the account", async () => {
    const made = await make(kms, key, "k");
    expect(made.outputs["arn"]).to.equal(`arn:aws:kms:ap-northeast-1:${accountId}:key/${made.id}`);
    expect(text(made, "policy")).to.contain(root).and.to.contain("kms:*");
  });

  it("takes a policy that leaves the key to the account or to the deployer", async () => {
    await make(kms, key, "k1", { policy: policy(allow(root, "kms:*")) });
    const deployer = `arn:aws:iam::${accountId}:role/deployer`;
    await make(kms, key, "k2", { policy: policy(allow(deployer, "kms:PutKeyPolicy")) });
  });

  it("refuses a policy that locks everyone out", async () => {
    const locking = [
      policy(allow(root, "kms:Decrypt")),
      policy(allow("arn:aws:iam::999999999999:root", "kms:*")),
      policy(allow(root, "kms:*"), allow("*", "kms:PutKeyPolicy", { Effect: "Deny" })),
    ];
    for (const document of locking) {
      const message = await refused(
        "MalformedPolicyDocumentException",
        make(kms, key, "k", { policy: document }),
      );
      expect(message).to.contain("update the key policy in the future");
    }
  });

  it("refuses a policy that names a role which does not exist", async () => {
    const document = policy(
      allow(root, "kms:*"),
      allow(`arn:aws:iam::${accountId}:role/gone`, "kms:Decrypt"),
    );
    await refused("MalformedPolicyDocumentException", make(kms, key, "k", { policy: document }));
  });

  it("finds a key by its id and ARN", async () => {
    const made = await make(kms, key, "k");
    const arn = text(made, "arn");
    for (const reference of [made.id, arn]) expect(kms.find(reference)).to.equal(arn);
    expect(kms.find("alias/other")).to.equal(undefined);
  });

  it("waits 7 to 30 days before it deletes a key", async () => {
    await refused("ValidationException", make(kms, key, "k", { deletionWindowInDays: 6 }));
    await make(kms, key, "k", { deletionWindowInDays: 7 });
  });
});
