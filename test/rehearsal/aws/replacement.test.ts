import { expect } from "chai";
import { Ledger } from "../../../rehearsal/aws/ledger";
import { replaces } from "../../../rehearsal/aws/registry";

const instanceType = "aws:ec2/instance:Instance";
const root = (rootBlockDevice: object) => ({ rootBlockDevice });
const copying = (copyTags: boolean, name = "nightly") => ({
  policyDetails: { schedules: [{ name, copyTags }] },
});

describe("a change of an input", () => {
  const cases: [boolean, string, string, string, object, object][] = [
    [
      true,
      "the document of an association",
      "aws:ssm/association:Association",
      "name",
      { name: "a" },
      { name: "b" },
    ],
    [
      ...([
        false,
        "the name of a repository",
        "aws:codecommit/repository:Repository",
        "repositoryName",
      ] as const),
      ...([{ repositoryName: "a" }, { repositoryName: "b" }] as const),
    ],
    [
      ...([true, "whether the root volume is encrypted", instanceType, "rootBlockDevice"] as const),
      ...([root({ encrypted: false, volumeSize: 40 }), root({ encrypted: true, volumeSize: 40 })] as const),
    ],
    [
      true,
      "the root volume's key",
      instanceType,
      "rootBlockDevice",
      root({ kmsKeyId: "a" }),
      root({ kmsKeyId: "b" }),
    ],
    [
      true,
      "the root volume's key, taken away",
      instanceType,
      "rootBlockDevice",
      root({ kmsKeyId: "a" }),
      root({}),
    ],
    [
      false,
      "the root volume's size",
      instanceType,
      "rootBlockDevice",
      root({ volumeSize: 40 }),
      root({ volumeSize: 50 }),
    ],
    [
      ...([
        true,
        "a backup's copying of tags",
        "aws:dlm/lifecyclePolicy:LifecyclePolicy",
        "policyDetails",
      ] as const),
      ...([copying(false), copying(true)] as const),
    ],
    [
      ...([
        false,
        "a backup's schedule",
        "aws:dlm/lifecyclePolicy:LifecyclePolicy",
        "policyDetails",
      ] as const),
      ...([copying(false), copying(false, "weekly")] as const),
    ],
    [
      ...([false, "a document's type", "aws:ssm/document:Document", "documentType"] as const),
      ...([{ documentType: "Command" }, { documentType: "Session" }] as const),
    ],
    [
      false,
      "a task definition's tags",
      "aws:ecs/taskDefinition:TaskDefinition",
      "tags",
      {},
      { tags: { a: "b" } },
    ],
    [
      true,
      "a task definition's memory",
      "aws:ecs/taskDefinition:TaskDefinition",
      "memory",
      { memory: "512" },
      { memory: "1024" },
    ],
    [
      ...([true, "the architecture of an instance", instanceType, "instanceType"] as const),
      ...([{ instanceType: "m7i.large" }, { instanceType: "m7g.large" }] as const),
    ],
    [
      ...([false, "the size of an instance", instanceType, "instanceType"] as const),
      ...([{ instanceType: "m7g.large" }, { instanceType: "c8gn.2xlarge" }] as const),
    ],
  ];
  for (const [expected, what, type, input, olds, news] of cases)
    it(`${expected ? "replaces" : "updates"} the resource when it is ${what}`, () => {
      expect(replaces(type, input, { ...olds }, { ...news })).to.equal(expected);
    });
});

describe("a repository that is renamed in place", () => {
  it("answers with its new name and ARN", async () => {
    const type = "aws:codecommit/repository:Repository";
    const ledger = await Ledger.open({ accountId: "111111111111", region: "ap-northeast-1", seed: "test" });
    const { id } = await ledger.create({ type, name: "r", inputs: { repositoryName: "before" } });
    expect(await ledger.update(type, id, { repositoryName: "after" })).to.deep.include({
      repositoryName: "after",
      arn: "arn:aws:codecommit:ap-northeast-1:111111111111:after",
    });
    expect(ledger.account.codeCommit.repositories().map(({ name }) => name)).to.deep.equal(["after"]);
  });
});
