import { expect } from "chai";
import { Kms } from "../../../../rehearsal/aws/identity/kms";
import { Ssm } from "../../../../rehearsal/aws/management/ssm";
import { account, accountId, make, refused, text } from "../make";

const parameter = "aws:ssm/parameter:Parameter";
const document = "aws:ssm/document:Document";

describe("the stand-in Systems Manager", () => {
  let ssm: Ssm;
  let kms: Kms;
  beforeEach(() => {
    const context = account();
    kms = Kms.of(context);
    ssm = Ssm.of(context);
  });

  describe("parameters", () => {
    it("are found by name, opened", async () => {
      const made = await make(ssm, parameter, "p", {
        name: "/airlock/root",
        type: "SecureString",
        value: "s3cret",
      });
      expect(made.outputs["arn"]).to.equal(`arn:aws:ssm:ap-northeast-1:${accountId}:parameter/airlock/root`);
      expect(made.outputs).to.include({ value: "s3cret", tier: "Standard", version: 1 });
      expect(made.outputs["insecureValue"]).to.equal(undefined);
      expect(ssm.parameter("/airlock/root")).to.include({ type: "SecureString", value: "s3cret" });
    });

    it("are refused under a name that exists, unless they may overwrite it", async () => {
      await make(ssm, parameter, "p", { name: "/a", type: "String", value: "1" });
      await refused(
        "ParameterAlreadyExists",
        make(ssm, parameter, "p", { name: "/a", type: "String", value: "2" }),
      );
      const again = await make(ssm, parameter, "p", {
        name: "/a",
        type: "String",
        value: "2",
        overwrite: true,
      });
      expect(again.outputs["version"]).to.equal(2);
    });

    for (const name of ["a/b", "/a//b", "/a/", "/a b", "/aws/x", "ssmThing", "AWSthing"]) {
      it(`cannot be named "${name}"`, async () => {
        await refused("ValidationException", make(ssm, parameter, "p", { name, type: "String", value: "x" }));
      });
    }

    it("have fifteen levels at most", async () => {
      const levels = (count: number): object => ({ name: "/l".repeat(count), type: "String", value: "x" });
      await make(ssm, parameter, "p", { ...levels(15) });
      await refused("HierarchyLevelLimitExceededException", make(ssm, parameter, "p", { ...levels(16) }));
    });

    it("hold 4 KB in the standard tier and 8 KB in the advanced one", async () => {
      const of = (size: number, tier: string): object => ({ type: "String", tier, value: "x".repeat(size) });
      await make(ssm, parameter, "standard", { ...of(4_096, "Standard") });
      await refused("ValidationException", make(ssm, parameter, "p", { ...of(4_097, "Standard") }));
      await make(ssm, parameter, "advanced", { ...of(8_192, "Advanced") });
      await refused("ValidationException", make(ssm, parameter, "p", { ...of(8_193, "Advanced") }));
    });

    it("are under a key that exists", async () => {
      const secure = { type: "SecureString", value: "x" };
      await refused("InvalidKeyId", make(ssm, parameter, "p", { ...secure, keyId: "alias/gone" }));
      const key = await make(kms, "aws:kms/key:Key", "k");
      const made = await make(ssm, parameter, "p", { ...secure, keyId: key.id });
      expect(ssm.parameter(made.id)?.keyArn).to.equal(text(key, "arn"));
    });

    it("have no key unless they are a SecureString", async () => {
      const inputs = { type: "String", value: "x", keyId: "alias/aws/ssm" };
      await refused("ValidationException", make(ssm, parameter, "p", inputs));
    });

    it("are refused when their value does not match their pattern", async () => {
      const inputs = { type: "String", value: "ten", allowedPattern: "^\\d+$" };
      await refused("ParameterPatternMismatchException", make(ssm, parameter, "p", inputs));
    });
  });

  describe("documents", () => {
    const command = (...names: string[]): string =>
      JSON.stringify({
        schemaVersion: "2.2",
        mainSteps: names.map((name) => ({
          action: "aws:runShellScript",
          name,
          inputs: { runCommand: ["true"] },
        })),
      });

    it("are found by name and ARN", async () => {
      const made = await make(ssm, document, "d", {
        name: "freeze",
        documentType: "Command",
        content: command("one"),
      });
      expect(ssm.document("freeze"))
        .to.equal(ssm.document(text(made, "arn")))
        .and.not.equal(undefined);
      expect(made.outputs).to.include({ schemaVersion: "2.2", status: "Active" });
    });

    it("may be YAML", async () => {
      const content = "schemaVersion: '2.2'\nmainSteps:\n  - {action: 'aws:runShellScript', name: one}\n";
      await make(ssm, document, "d", { documentType: "Command", documentFormat: "YAML", content });
    });

    const contents: [string, string][] = [
      ["are not JSON", "{"],
      ["have no steps", JSON.stringify({ schemaVersion: "2.2" })],
      [
        "have a schema version of another type",
        JSON.stringify({ schemaVersion: "0.3", mainSteps: [{ action: "a", name: "b" }] }),
      ],
      ["have two steps of one name", command("one", "one")],
    ];
    for (const [what, content] of contents) {
      it(`are refused when they ${what}`, async () => {
        await refused(
          "InvalidDocumentContent",
          make(ssm, document, "d", { documentType: "Command", content }),
        );
      });
    }

    it("cannot be named like AWS's own", async () => {
      const inputs = { name: "AWS-Mine", documentType: "Command", content: command("one") };
      await refused("ValidationException", make(ssm, document, "d", inputs));
    });
  });
});
