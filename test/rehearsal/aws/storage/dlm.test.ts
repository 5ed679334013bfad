import { expect } from "chai";
import type { Account } from "../../../../rehearsal/aws/account";
import { Iam } from "../../../../rehearsal/aws/identity/iam";
import type { Created } from "../../../../rehearsal/aws/accountContext";
import { Ssm } from "../../../../rehearsal/aws/management/ssm";
import { account, make, refused, text, trust } from "../make";

describe("the stand-in Data Lifecycle Manager", () => {
  let dlm: Account;
  let ssm: Ssm;
  let executionRoleArn: string;
  beforeEach(async () => {
    const context = account();
    const iam = Iam.of(context);
    ssm = Ssm.of(context);
    dlm = context;
    executionRoleArn = text(
      await make(iam, "aws:iam/role:Role", "r", { assumeRolePolicy: trust("dlm") }),
      "arn",
    );
  });

  interface Changes {
    createRule?: object;
    count?: number;
    resourceType?: string;
    description?: string;
    roleArn?: string;
  }

  function policy(changes: Changes = {}): Promise<Created> {
    const { createRule = { interval: 24, times: "17:00" }, count = 7, resourceType = "INSTANCE" } = changes;
    return make(dlm, "aws:dlm/lifecyclePolicy:LifecyclePolicy", "backups", {
      description: changes.description ?? "nightly backups",
      executionRoleArn: changes.roleArn ?? executionRoleArn,
      policyDetails: {
        resourceTypes: [resourceType],
        targetTags: { backup: "gitlab" },
        schedules: [{ name: "nightly", createRule, retainRule: { count } }],
      },
    });
  }

  async function script(tags: Record<string, string>): Promise<object> {
    const content = JSON.stringify({
      schemaVersion: "2.2",
      mainSteps: [{ action: "aws:runShellScript", name: "one" }],
    });
    await make(ssm, "aws:ssm/document:Document", "d", {
      name: "freeze",
      documentType: "Command",
      content,
      tags,
    });
    return { interval: 24, times: "17:00", scripts: { executionHandler: "freeze" } };
  }

  it("makes a policy", async () => {
    const made = await policy();
    expect(made.id).to.match(/^policy-[0-9a-f]{17}$/);
    expect(text(made, "arn")).to.match(/:policy\/policy-[0-9a-f]{17}$/);
  });

  for (const times of ["24:00", "17:60", "5:00", "17:00:00"]) {
    it(`refuses the time "${times}"`, async () => {
      await refused("ValidationException", policy({ createRule: { interval: 24, times } }));
    });
  }

  it("keeps 1 to 1,000 snapshots", async () => {
    await policy({ count: 1_000 });
    await refused("ValidationException", policy({ count: 0 }));
    await refused("ValidationException", policy({ count: 1_001 }));
  });

  it("refuses an interval that is not offered", async () => {
    await refused("ValidationException", policy({ createRule: { interval: 5, times: "17:00" } }));
  });

  it("refuses a description with punctuation", async () => {
    await refused("ValidationException", policy({ description: "backups, nightly" }));
  });

  it("refuses a role that does not exist", async () => {
    await refused("InvalidRequestException", policy({ roleArn: "arn:aws:iam::123456789012:role/gone" }));
  });

  it("runs scripts from a document that is tagged for it", async () => {
    await policy({ createRule: await script({ DLMScriptsAccess: "true" }) });
  });

  it("refuses scripts from a document that is not tagged, or does not exist", async () => {
    await refused("InvalidRequestException", policy({ createRule: await script({}) }));
    const createRule = { interval: 24, times: "17:00", scripts: { executionHandler: "gone" } };
    await refused("InvalidRequestException", policy({ createRule }));
  });

  it("refuses scripts for volumes", async () => {
    const createRule = await script({ DLMScriptsAccess: "true" });
    await refused("InvalidRequestException", policy({ createRule, resourceType: "VOLUME" }));
  });
});
