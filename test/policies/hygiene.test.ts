import * as aws from "@pulumi/aws";
import { expect } from "chai";
import * as hygiene from "../../policies/hygiene";
import { describeRule, UNKNOWN } from "./describeRule";
import { run, subject } from "./harness";

describeRule("the tags that are set", {
  rule: hygiene.requiredTags,
  settings: { tags: ["cost", "team"] },
  program: (properties) => [subject(aws.ec2.Vpc, "it", properties)],
  good: { tagsAll: { cost: "1", team: "a" } },
  bad: { tagsAll: { cost: "1" } },
  says: 'Vpc "it" lacks the tag team',
  // A tag whose value is still to come is there.
  unknown: { tagsAll: { cost: UNKNOWN, team: UNKNOWN } },
  ifUnknown: "passes",
});

const vpc = (account: string) =>
  subject(aws.ec2.Vpc, "net", { arn: `arn:aws:ec2:eu-west-1:${account}:vpc/vpc-1` });
describeRule("an example's address in a real account", {
  rule: hygiene.noDocumentationAddress,
  program: (properties) => [vpc("804211398765"), subject(aws.vpc.SecurityGroupIngressRule, "it", properties)],
  good: { cidrIpv4: "9.9.9.0/24" },
  bad: { cidrIpv4: "198.51.100.0/24" },
  says: 'SecurityGroupIngressRule "it" has 198.51.100.0/24 in cidrIpv4',
  ifUnknown: "passes",
});
describeRule("one inside of a policy, in the account that is set", {
  rule: hygiene.noDocumentationAddress,
  settings: { accountId: "804211398765" },
  program: (properties) => [subject(aws.iam.Policy, "it", properties)],
  good: { policy: '{"aws:SourceIp":["9.9.9.9/32"]}' },
  bad: { policy: '{"aws:SourceIp":["9.9.9.9/32","203.0.113.10/32"]}' },
  says: "203.0.113.10/32 in policy",
  ifUnknown: "passes",
});

describe("no-documentation-address", () => {
  it("says nothing in the accounts that examples and the rehearsal use", async () => {
    for (const account of ["111111111111", "123456789012", "444455556666"]) {
      const rule = subject(aws.vpc.SecurityGroupIngressRule, "it", { cidrIpv4: "198.51.100.0/24" });
      const { violations } = await run([hygiene.noDocumentationAddress], [vpc(account), rule]);
      expect(violations).to.deep.equal([]);
    }
  });
});
