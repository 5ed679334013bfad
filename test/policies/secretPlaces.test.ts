import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { gzipSync } from "node:zlib";
import * as places from "../../policies/secretPlaces";
import { describeRule, UNKNOWN } from "./describeRule";
import { run, subject } from "./harness";

const password = "xTBAr/czp+D3EXAMPLE47lrJ6/43r2zqGwR3EXAMPLE=";

describeRule("an instance's user data", {
  rule: places.noSecretInUserData,
  program: (properties) => [subject(aws.ec2.Instance, "it", properties)],
  good: { userData: "#!/bin/sh\nsystemctl start gitlab\n" },
  bad: { userData: `#!/bin/sh\nexport PASSWORD=${password}\n` },
  says: 'Instance "it" has a CodeCommit password (xTBAr/cz…) in userData',
  ifUnknown: "passes",
});
describeRule("compressed user data", {
  rule: places.noSecretInUserData,
  program: (properties) => [subject(aws.ec2.LaunchTemplate, "it", properties)],
  good: {
    userData: gzipSync("#!/bin/sh\nsystemctl start gitlab, and do so each and every time\n").toString(
      "base64",
    ),
  },
  bad: { userData: gzipSync(`#!/bin/sh\nexport PASSWORD=${password}\n`).toString("base64") },
  says: "a CodeCommit password",
  ifUnknown: "passes",
});
describeRule("a container's environment", {
  rule: places.noSecretInUserData,
  program: (properties) => [subject(aws.ecs.TaskDefinition, "it", properties)],
  good: { containerDefinitions: '[{"environment":[{"name":"URL","value":"https://example.com/"}]}]' },
  bad: {
    containerDefinitions: '[{"environment":[{"name":"URL","value":"https://me:secret@example.com/"}]}]',
  },
  says: "a password in a URL (https://…)",
  ifUnknown: "passes",
});
describeRule("a parameter", {
  rule: places.noSecretInPlainParameter,
  program: (properties) => [subject(aws.ssm.Parameter, "it", { type: "String", ...properties })],
  good: { value: '{"project":"platform/app"}' },
  bad: { value: JSON.stringify({ user: "push-at-222222222222", password }) },
  says: 'Parameter "it" has a CodeCommit password (xTBAr/cz…) in value',
  ifUnknown: "passes",
});
describeRule("a document of Systems Manager", {
  rule: places.noSecretInPlainParameter,
  program: (properties) => [subject(aws.ssm.Document, "it", properties)],
  good: { content: '{"mainSteps":[]}' },
  bad: { content: `{"mainSteps":["export PASSWORD=${password}"]}` },
  says: "a CodeCommit password",
  ifUnknown: "passes",
});
describeRule("a DNS record", {
  rule: places.noSecretInDnsRecord,
  program: (properties) => [
    subject(aws.route53.Record, "it", {
      zoneId: "Z1",
      name: "a.example.com",
      type: "TXT",
      ttl: 60,
      ...properties,
    }),
  ],
  good: { records: ["v=spf1 -all"] },
  bad: { records: ["v=spf1 -all", password] },
  says: 'Record "it" has a CodeCommit password (xTBAr/cz…) in records',
  ifUnknown: "passes",
});
it("a SecureString may hold a secret", async () => {
  const secure = subject(aws.ssm.Parameter, "it", { type: "SecureString", value: password });
  expect((await run([places.noSecretInPlainParameter], [secure])).violations).to.deep.equal([]);
});
describeRule("a tag", {
  rule: places.noSecretInTags,
  program: (properties) => [subject(aws.ec2.Vpc, "it", properties)],
  good: { tags: { Name: "it" } },
  bad: { tags: { Name: "it", key: "AKIAIOSFODNN7EXAMPLE" } },
  says: "an AWS access key id (AKIAIOSF…) in tags.key",
  everyType: true,
  ifUnknown: "passes",
});
describeRule("an output that is declared a secret, and one that is not", {
  rule: places.noSecretInOutputs,
  settings: { secretOutputs: ["credential"] },
  program: (outputs) => [
    {
      type: "pulumi:pulumi:Stack",
      name: "p-s",
      urn: "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s",
      inputs: {},
      outputs,
    },
  ],
  good: { credential: { password } },
  bad: { credential: { password }, copy: { password } },
  says: 'Stack "p-s" has a CodeCommit password (xTBAr/cz…) in copy.password',
  ifUnknown: "passes",
});

describe("no-secret-in-tags", () => {
  it("looks at the tags that are known, beside one that is not", async () => {
    const tags = { key: "AKIAIOSFODNN7EXAMPLE", later: UNKNOWN };
    const { violations } = await run([places.noSecretInTags], [subject(aws.ec2.Vpc, "it", { tags })]);
    expect(violations).to.have.lengthOf(1);
  });

  it("never repeats a secret", async () => {
    const tags = { key: password };
    const { violations } = await run([places.noSecretInTags], [subject(aws.ec2.Vpc, "it", { tags })]);
    expect(violations[0]?.message).to.contain("key").and.not.contain(password);
  });
});
