import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import { nameProblems } from "../../../components/checkedArgs";
import {
  mirrorTargetSchema,
  type CheckedMirrorTargetArgs,
  type MirrorTargetArgs,
} from "../../../components/mirrorTarget/args";
import { soundName } from "../../../components/mirrorTarget/mirrorTarget";
import { limitProblems } from "../../../components/mirrorTarget/validateLimits";
import { parse } from "../../../components/schema/parse";
import { renderProblems } from "../../../components/schema/problems";
import { problemsOf } from "../config/entries";
import { pathOf, problemLines } from "../problemLines";
import { refusal } from "./deployTarget";
import { account, endpointPull, manyRepositories, region, someTarget } from "./someTarget";
import { addresses, endpoint, wrongTargets } from "./wrongTargets";

/** What the constructor refuses the arguments with. */
function problems(changes: Partial<CheckedMirrorTargetArgs>): string[] {
  const args = someTarget(changes);
  const lines = problemLines(mirrorTargetSchema(args), args);
  return lines.length > 0
    ? lines
    : renderProblems(limitProblems("airlock", args), []).map(({ text }) => text);
}

/** What the configuration of a stack with the same values is refused with. The account is not a part of it. */
function configProblems(changes: Partial<CheckedMirrorTargetArgs>): readonly string[] {
  const { region: place, accountId: _, ...values } = someTarget(changes);
  return problemsOf({ role: "target", "aws:region": place, ...values });
}

/** What is for the deployment alone to refuse: in a configuration, an empty list is not given. */
const leftToTheDeployment = [
  "an account id of eleven digits",
  "a break-glass role of another account",
  "no push source",
  "no deployer",
  "no credential epoch",
];

describe("the arguments of MirrorTarget", () => {
  it("pass when they are in order, in both pull modes and with a given VPC", () => {
    expect(problems({})).to.deep.equal([]);
    expect(problems({ pull: endpointPull })).to.deep.equal([]);
    const vpcId = "vpc-0123456789abcdef0";
    for (const subnetId of ["subnet-0123456789abcdef0", pulumi.output("subnet-0123456789abcdef0")])
      expect(problems(endpoint({ network: { vpcId, subnetIds: [subnetId] } }))).to.deep.equal([]);
    expect(problems({ pushCredentialEpochs: [3, 4] })).to.deep.equal([]);
  });

  it("may leave out whatever has a default", () => {
    const least: MirrorTargetArgs = {
      region,
      accountId: account,
      pushSourceAddresses: ["203.0.113.10/32"],
      repositories: [{ gitlabProject: "platform/network" }],
      pull: {
        isolatedTerminalCidrs: ["192.0.2.0/28"],
        network: { availabilityZones: ["ap-northeast-1a"] },
      },
      deployerArns: [`arn:aws:iam::${account}:role/deployer`],
    };
    expect(parse(mirrorTargetSchema(least), least)).to.deep.equal({
      data: {
        ...least,
        pushSourceAddresses: ["203.0.113.10"],
        fips: false,
        customerKey: false,
        references: ["refs/heads/*", "refs/tags/*"],
        pull: {
          mode: "endpoint",
          isolatedTerminalCidrs: ["192.0.2.0/28"],
          lock: "sourceVpce",
          network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["ap-northeast-1a"] },
        },
        pushCredentialEpochs: [1],
        pullCredentialEpochs: [1],
        breakGlassArns: [],
        alarms: { enabled: true, emails: [], trail: "made" },
      },
    });
  });

  for (const [what, changes, path, text] of wrongTargets) {
    it(`are refused with ${what}, in the words of the configuration`, () => {
      const found = problems(changes);
      expect(found.map(pathOf)).to.deep.equal([path]);
      expect(found[0]).to.contain(text);
      if (leftToTheDeployment.includes(what)) return;
      const key = path === "region" ? "aws" : "git-airlock";
      expect(configProblems(changes)).to.deep.equal(found.map((line) => `${key}:${line}`));
    });
  }

  it("are refused by constructor and configuration alike, for any repositories and prefix", () => {
    const word = fc.constantFrom(
      "a",
      "A",
      "b",
      "a.b",
      "x-a.b",
      "x",
      ".git",
      "..",
      "a/b",
      "A/b",
      "a/b/c",
      "x/a",
    );
    const repository = fc.record({ gitlabProject: word, name: word }, { requiredKeys: ["gitlabProject"] });
    const repositories = fc.array(repository, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(repositories, fc.option(word, { nil: undefined }), (list, repositoryPrefix) => {
        const changes = { repositories: list, repositoryPrefix };
        expect(configProblems(changes)).to.deep.equal(problems(changes).map((line) => `git-airlock:${line}`));
      }),
      { numRuns: 200 },
    );
  });

  it("are refused with a component name that IAM would not take", () => {
    expect(nameProblems("airlock", ...soundName)).to.deep.equal([]);
    expect(nameProblems("air lock", ...soundName)).to.have.lengthOf(1);
    expect(nameProblems("a".repeat(21), ...soundName)).to.have.lengthOf(1);
  });

  it("are refused with every problem at once, and nothing is made", async () => {
    const { message } = await refusal({
      accountId: "1",
      pushSourceAddresses: ["x"],
      pushCredentialEpochs: [],
    });
    expect(message).to.match(
      /3 problems in the arguments of this MirrorTarget; nothing was made:\n {2}accountId: .*\n {2}pushCredentialEpochs: .*\n {2}pushSourceAddresses\[0\]: "x" is /,
    );
  });
});

describe("the number of repositories", () => {
  it("may be 700 by exact ARNs, and 1,000 behind a prefix", () => {
    expect(problems({ repositories: manyRepositories(700) })).to.deep.equal([]);
    for (const pull of [endpointPull, someTarget().pull]) {
      expect(
        problems({ repositories: manyRepositories(1000), repositoryPrefix: "airlock", pull }),
      ).to.deep.equal([]);
    }
  });

  it("is refused beyond ten policies, with the numbers and the way out", () => {
    const found = problems({ repositories: manyRepositories(900) });
    expect(found).to.have.lengthOf(2);
    for (const [i, user] of ["pull", "push"].entries()) {
      expect(found[i]).to.match(/900 repositories need 1[1-9] managed policies on .*repositoryPrefix/);
      expect(found[i]).to.contain(`on the ${user} user, which holds 10`);
    }
  });

  it("is refused beyond the size of an endpoint policy, with the numbers and the way out", () => {
    expect(problems({ repositories: manyRepositories(240), pull: endpointPull })).to.deep.equal([]);
    const [found, ...more] = problems({ repositories: manyRepositories(500), pull: endpointPull });
    expect(more).to.deep.equal([]);
    expect(found).to.match(
      /500 repositories make an endpoint policy of \d+ characters, and AWS takes 20480.*repositoryPrefix/,
    );
  });

  it("does not excuse more addresses than one policy holds", () => {
    const cidrs = Array.from({ length: 250 }, (_, i) => `192.0.2.${i}/32`);
    const found = problems(addresses(...cidrs));
    expect(found).to.deep.equal([
      "pull.isolatedTerminalCidrs: too many to fit into one policy; give fewer, wider ones",
    ]);
    const pushSourceAddresses = Array.from({ length: 250 }, (_, i) => `203.0.113.${i}`);
    expect(problems({ pushSourceAddresses })).to.deep.equal([
      "pushSourceAddresses: too many to fit into one policy; give fewer, wider ones",
    ]);
  });

  it("leaves room for the writers of the service control policy, or says so", () => {
    const breakGlassArns = Array.from(
      { length: 240 },
      (_, i) => `arn:aws:iam::${account}:role/break-glass-${i}`,
    );
    expect(problems({ breakGlassArns })).to.have.lengthOf(1);
    expect(problems({ breakGlassArns })[0]).to.contain("241 writers");
  });
});
