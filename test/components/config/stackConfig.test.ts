import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readStackConfig, requireOwnAccount } from "../../../components/config/stackConfig";
import { asEntries, soundTarget, type Values } from "./entries";

/** The message that a stack with these values is refused with; `secretKeys` were set as secrets. */
function refusal(values: Values, secretKeys?: readonly string[]): string {
  pulumi.runtime.setAllConfig(asEntries(values));
  if (secretKeys !== undefined) process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(secretKeys);
  try {
    readStackConfig();
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).to.equal(true);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("the configuration was taken");
}

describe("the configuration of a stack", () => {
  const wrong = { ...soundTarget, sourceStack: "hunter2" };
  let before: string | undefined;
  beforeEach(async () => {
    before = process.env["PULUMI_CONFIG_SECRET_KEYS"];
    const none = () => Promise.reject(new Error("reading the configuration asks the engine for nothing"));
    await pulumi.runtime.setMocks({ newResource: none, call: none }, "git-airlock", "prd", false);
  });
  afterEach(() => {
    if (before === undefined) delete process.env["PULUMI_CONFIG_SECRET_KEYS"];
    else process.env["PULUMI_CONFIG_SECRET_KEYS"] = before;
    pulumi.runtime.setAllConfig({});
  });

  it("is refused with the value that is wrong", () => {
    expect(refusal(wrong)).to.contain('git-airlock:sourceStack: "hunter2" is not the full name of a stack');
  });

  it("is refused with all that is wrong, each line naming the stack's own file, and what to do", () => {
    const problems = refusal({ ...wrong, refrences: ["x"] }).split("\n");
    expect(problems).to.deep.equal([
      "2 problems in the configuration of the stack prd; nothing was registered:",
      '  Pulumi.prd.yaml: git-airlock:refrences: is not a known key; did you mean "references"?',
      '  Pulumi.prd.yaml: git-airlock:sourceStack: "hunter2" is not the full name of a stack; expected e.g. "organization/git-airlock/dev"',
      "Edit Pulumi.prd.yaml, or run `pulumi config set --stack prd --path 'git-airlock:KEY' VALUE`, then try again.",
    ]);
  });

  it("is refused in the same form when a deployer is of another account than the credentials", () => {
    pulumi.runtime.setAllConfig(
      asEntries({ ...soundTarget, deployerArns: ["arn:aws:iam::123456789012:role/ci"] }),
    );
    expect(() => {
      requireOwnAccount("123456789012");
    }).not.to.throw();
    expect(() => {
      requireOwnAccount("210987654321");
    }).to.throw(
      'Pulumi.prd.yaml: git-airlock:deployerArns[0]: "arn:aws:iam::123456789012:role/ci" is of account 123456789012, ' +
        "and this stack is deployed into 210987654321",
    );
  });

  it("is refused without the value where that was set as a secret", () => {
    const message = refusal(wrong, ["git-airlock:sourceStack"]);
    expect(message).to.contain("git-airlock:sourceStack: the secret value is not what was expected");
    expect(message).not.to.contain("hunter2");
  });
});
