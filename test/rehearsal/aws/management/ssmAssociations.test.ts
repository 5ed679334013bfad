import { expect } from "chai";
import { Ssm } from "../../../../rehearsal/aws/management/ssm";
import { SsmAssociations } from "../../../../rehearsal/aws/management/ssmAssociations";
import { account, make, refused } from "../make";

const content = {
  schemaVersion: "2.2",
  parameters: { revision: { type: "String", allowedPattern: "^[0-9a-f]{4}$" } },
  mainSteps: [{ action: "aws:runShellScript", name: "run", inputs: { runCommand: ["true"] } }],
};

describe("the stand-in State Manager", () => {
  let associations: SsmAssociations;
  beforeEach(async () => {
    const context = account();
    const ssm = Ssm.of(context);
    associations = SsmAssociations.of(context);
    await make(ssm, "aws:ssm/document:Document", "d", {
      name: "mirrors",
      documentType: "Command",
      content: JSON.stringify(content),
    });
  });

  const associate = (changes: Record<string, unknown> = {}) =>
    make(associations, "aws:ssm/association:Association", "a", {
      name: "mirrors",
      targets: [{ key: "InstanceIds", values: ["i-0123456789abcdef0"] }],
      parameters: { revision: "00ff" },
      scheduleExpression: "rate(30 minutes)",
      ...changes,
    });

  it("keeps what is to run, where, with what, and when", async () => {
    const { outputs } = await associate();
    expect(associations.list()).to.deep.equal([
      {
        id: outputs["associationId"],
        document: "mirrors",
        instanceIds: ["i-0123456789abcdef0"],
        parameters: { revision: "00ff" },
        schedule: "rate(30 minutes)",
      },
    ]);
  });

  it("refuses a document that does not exist", async () => {
    await refused("InvalidDocument", associate({ name: "nothing" }));
  });

  for (const [why, parameters] of [
    ["is missing", {}],
    ["does not match", { revision: "none" }],
    ["is not the document's", { revision: "00ff", other: "x" }],
  ] as const) {
    it(`refuses a parameter that ${why}`, async () => {
      await refused("InvalidParameters", associate({ parameters }));
    });
  }

  it("runs no oftener than every 30 minutes", async () => {
    await refused("InvalidSchedule", associate({ scheduleExpression: "rate(29 minutes)" }));
    await refused("InvalidSchedule", associate({ scheduleExpression: "often" }));
    await associate({ scheduleExpression: "rate(1 hour)" });
  });
});
