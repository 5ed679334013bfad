import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { organizationPoliciesBind } from "../../policies/organization";
import { rules } from "../../policies/rules";
import { deployedOrganization } from "./deployments";
import { describeRule } from "./describeRule";
import { run, subject, type Subject } from "./harness";

const deny = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Sid: "Shut", Effect: "Deny", Action: "codecommit:GitPush", Resource: "*" }],
});
const ofGuard = (one: Subject): Subject => ({
  ...one,
  urn: one.urn.replace("::aws:", "::git-airlock:organization:OrganizationGuard$aws:"),
});
const policyId = "p-0123456789";
const policy = (properties: Record<string, unknown>) =>
  ofGuard(subject(aws.organizations.Policy, "lock", { id: policyId, ...properties }));
const attachment = (properties: Record<string, unknown>) =>
  subject(aws.organizations.PolicyAttachment, "lock", { policyId, ...properties });

describeRule("what it says", {
  rule: organizationPoliciesBind,
  program: (properties) => [policy(properties), attachment({ targetId: "222222222222" })],
  good: { content: deny },
  bad: { content: deny.replace("Deny", "Allow") },
  says: 'Policy "lock" allows something (Shut)',
});
describeRule("whom it binds", {
  rule: organizationPoliciesBind,
  program: (properties) => [policy({ content: deny }), attachment(properties)],
  good: { targetId: "222222222222" },
  bad: { targetId: "ou-ab12-01234567" },
  says: 'Policy "lock" is attached to no account',
});

describe("the policy pack, on the organization stack", () => {
  let organization: Subject[];
  before(async () => {
    organization = await deployedOrganization();
  });

  it("has nothing to say", async () => {
    expect(await run(rules, organization)).to.deep.equal({ violations: [], waiting: [] });
  });

  it("stops an author who attaches one policy of two", async () => {
    const name = "guard-prd-resource";
    const weakened = organization.filter(
      (one) => !(one.name === name && one.type.endsWith(":PolicyAttachment")),
    );
    const { violations } = await run(rules, weakened);
    expect(violations.map(({ message }) => message)).to.deep.equal([
      `Policy "${name}" is attached to no account. Attach it to the target's account.`,
    ]);
  });
});
