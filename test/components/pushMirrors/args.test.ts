import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { pushMirrorsSchema, type PushMirrorsArgs } from "../../../components/pushMirrors/args";
import { parse } from "../../../components/schema/parse";
import { problemLines } from "../problemLines";

const credential = pulumi.secret({ userName: "push-at-222222222222", password: "s3cr3t-value" });

function url(name: string, region = "ap-northeast-1"): string {
  return `https://git-codecommit.${region}.amazonaws.com/v1/repos/${name}`;
}

function target(name: string, ...repositories: string[]) {
  return {
    name,
    credential,
    repositories: repositories.map((repository) => ({
      gitlabProject: `platform/${repository}`,
      name: repository,
      cloneUrlHttp: url(repository),
    })),
  };
}

/** Nothing but what has no default. */
const sound: PushMirrorsArgs = {
  region: "ap-northeast-1",
  accountId: "111111111111",
  gitlabInstanceId: "i-0123456789abcdef0",
  gitlabRoleName: "gitlab",
  deployerArns: ["arn:aws:iam::111111111111:role/deployer"],
  targets: [target("prd", "app", "network")],
};

function problems(changes: object): string[] {
  return problemLines(pushMirrorsSchema("/git-airlock/mirror/mirror"), { ...sound, ...changes });
}

describe("the arguments of PushMirrors", () => {
  it("may leave out whatever has a default, which is then off", () => {
    const parsed = parse(pushMirrorsSchema("/git-airlock/mirror/mirror"), sound);
    expect(parsed).to.have.property("data").that.includes({
      onlyProtectedBranches: false,
      createProjects: false,
      withdrawn: false,
      dashboard: false,
    });
  });

  const rows: [what: string, changes: object, says: RegExp][] = [
    ["a region of another partition", { region: "cn-north-1" }, /^region: "cn-north-1" is a region of/],
    ["an account of eleven digits", { accountId: "11111111111" }, /^accountId: "1{11}" is not an account id/],
    ["an instance's name", { gitlabInstanceId: "gitlab" }, /^gitlabInstanceId: "gitlab" is not the id of an/],
    ["an id of twelve digits", { gitlabInstanceId: "i-0123456789ab" }, /^gitlabInstanceId: /],
    ["a role's ARN", { gitlabRoleName: "arn:aws:iam::111111111111:role/x" }, /^gitlabRoleName: .*name of an/],
    ["no deployer", { deployerArns: [] }, /^deployerArns: is missing; expected e\.g\./],
    [
      "a deployer by wildcard",
      { deployerArns: ["arn:aws:iam::111111111111:role/*"] },
      /^deployerArns\[0\]: .* has a wildcard/,
    ],
    [
      "another account's deployer",
      { deployerArns: ["arn:aws:iam::222222222222:role/x"] },
      /^deployerArns\[0\]: .* is of another account; expected a role or user of account 111111111111/,
    ],
    [
      "more deployers than a key's policy holds",
      {
        deployerArns: Array.from(
          { length: 600 },
          (_, i) => `arn:aws:iam::111111111111:role/deployers-of-the-mirror-${i}`,
        ),
      },
      /^deployerArns: .* makes a key policy of [0-9]+ bytes, and AWS takes 32768/,
    ],
    ["no target", { targets: [] }, /^targets: is missing/],
    [
      "a target without a name",
      { targets: [target("")] },
      /^targets\[0\]\.name: "" is not the name of a stack/,
    ],
    [
      "two targets of one name",
      { targets: [target("prd", "a"), target("prd", "b")] },
      /^targets\[1\]\.name: "prd" is the name of another target/,
    ],
    [
      "a clone URL of another region",
      {
        targets: [
          {
            ...target("prd"),
            repositories: [{ gitlabProject: "a/b", name: "b", cloneUrlHttp: url("b", "us-east-1") }],
          },
        ],
      },
      /^targets\[0\]\.repositories\[0\]\.cloneUrlHttp: .* is not the clone URL of b in ap-northeast-1/,
    ],
    [
      "one project to one URL for two targets",
      { targets: [target("prd", "a"), target("other", "a")] },
      /^targets\[1\]\.repositories\[0\]\.cloneUrlHttp: .* for prd already, and cannot be the one for other too/,
    ],
    ["a word for a switch", { withdrawn: "yes" }, /^withdrawn: "yes" is not true or false/],
    [
      "an argument that is none",
      { widthdrawn: true },
      /^widthdrawn: is not a known key; did you mean "withdrawn"\?/,
    ],
    ["alarms without a topic", { alarms: { gitlabIsAlwaysOn: true } }, /^alarms\.topicArn: is missing/],
  ];
  for (const [what, changes, says] of rows)
    it(`are refused with ${what}`, () => {
      const found = problems(changes);
      expect(found).to.have.lengthOf(1);
      expect(found[0]).to.match(says);
    });

  it("never show a credential that is given in plain, nor one that something beside it is wrong with", () => {
    const plain = { userName: "push-at-222222222222", password: "s3cr3t-value" };
    const targets = [{ ...target("prd", "a"), credential: plain }];
    expect(problems({ targets })).to.deep.equal([
      "targets[0].credential: is not an Output of Pulumi; expected e.g. pulumi.secret({ userName, password })",
    ]);
    for (const wrong of [
      { targets: targets[0] },
      { targets: [targets] },
      { targetz: targets },
      { region: plain },
    ])
      expect(problems(wrong).join("\n"), JSON.stringify(wrong)).not.to.contain("s3cr3t");
  });

  it("do not take for an Output what only says that it is one", () => {
    const targets = [{ ...target("prd", "a"), credential: { __pulumiOutput: true } }];
    expect(problems({ targets })).to.have.lengthOf(1);
  });
});
