import { expect } from "chai";
import { SecretsManager } from "../../../../rehearsal/aws/identity/secretsManager";
import { account, accountId, make, refused, text } from "../make";

const secret = "aws:secretsmanager/secret:Secret";
const version = "aws:secretsmanager/secretVersion:SecretVersion";

describe("the stand-in Secrets Manager", () => {
  let secrets: SecretsManager;
  beforeEach(() => {
    const context = account();
    secrets = SecretsManager.of(context);
  });

  it("gives a secret an ARN that ends in six characters of its own", async () => {
    const made = await make(secrets, secret, "s", { name: "airlock/pull" });
    const front = `arn:aws:secretsmanager:ap-northeast-1:${accountId}:secret:airlock/pull-`;
    expect(made.id.slice(0, front.length)).to.equal(front);
    expect(made.id.slice(front.length)).to.match(/^[A-Za-z0-9]{6}$/);
  });

  it("hands out the value of the newest version", async () => {
    const made = await make(secrets, secret, "s", { name: "pull" });
    await make(secrets, version, "v1", { secretId: made.id, secretString: "one" });
    const second = await make(secrets, version, "v2", { secretId: "pull", secretString: "two" });
    expect(secrets.currentValue(made.id)).to.equal("two");
    expect(second.id).to.equal(`${made.id}|${text(second, "versionId")}`);
  });

  it("has no value for a secret without a version", async () => {
    const made = await make(secrets, secret, "s", { name: "pull" });
    expect(() => secrets.currentValue(made.id)).to.throw(/ResourceNotFoundException/);
  });

  it("refuses a name twice, and one with a space", async () => {
    await make(secrets, secret, "s", { name: "pull" });
    await refused("ResourceExistsException", make(secrets, secret, "s", { name: "pull" }));
    await refused("ValidationException", make(secrets, secret, "s", { name: "pull user" }));
  });

  it("takes a recovery window of 0 or 7 to 30 days", async () => {
    for (const days of [0, 7, 30]) await make(secrets, secret, `s${days}`, { recoveryWindowInDays: days });
    for (const recoveryWindowInDays of [1, 6, 31]) {
      await refused("InvalidParameterException", make(secrets, secret, "s", { recoveryWindowInDays }));
    }
  });

  it("refuses a version of a secret that does not exist", async () => {
    await refused(
      "ResourceNotFoundException",
      make(secrets, version, "v", { secretId: "gone", secretString: "x" }),
    );
  });

  it("refuses a version without a value, and one of more than 65,536 bytes", async () => {
    const { id } = await make(secrets, secret, "s");
    await refused("InvalidParameterException", make(secrets, version, "v", { secretId: id }));
    const secretString = "x".repeat(65_537);
    await refused("ValidationException", make(secrets, version, "v", { secretId: id, secretString }));
  });
});
