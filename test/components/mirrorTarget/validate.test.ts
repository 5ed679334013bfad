import { expect } from "chai";
import type { EndpointPullArgs, MirrorTargetArgs, PullArgs } from "../../../components/mirrorTarget/args";
import { validateMirrorTarget } from "../../../components/mirrorTarget/validate";
import { account, endpointPull, manyRepositories, someTarget } from "./someTarget";

function problems(changes: Partial<MirrorTargetArgs>, name = "airlock"): string[] {
  return validateMirrorTarget(name, someTarget(changes));
}

function addresses(...isolatedTerminalCidrs: string[]): { pull: PullArgs } {
  return { pull: { mode: "addresses", isolatedTerminalCidrs } };
}

function endpoint(changes: Partial<EndpointPullArgs>): { pull: PullArgs } {
  return { pull: { ...endpointPull, ...changes } };
}

function repository(gitlabProject: string, name?: string) {
  return { repositories: [{ gitlabProject, name }] };
}

describe("the arguments of the target", () => {
  it("pass when they are in order, in both pull modes and with a given VPC", () => {
    expect(problems({})).to.deep.equal([]);
    expect(problems({ pull: endpointPull })).to.deep.equal([]);
    expect(problems(endpoint({ network: { vpcId: "vpc-0a1b", subnetIds: ["subnet-1"] } }))).to.deep.equal([]);
    expect(problems({ pushCredentialEpochs: [3, 4] })).to.deep.equal([]);
  });

  // Each breaks one thing: the change, then what the one problem must begin with and contain.
  const wrong: [string, Partial<MirrorTargetArgs>, string, string][] = [
    ["a Region of another partition", { region: "cn-north-1" }, "region", '"cn-north-1"'],
    ["an account id of eleven digits", { accountId: "22222222222" }, "accountId", "twelve"],
    ["no push source", { pushSourceAddresses: [] }, "pushSourceAddresses", "NAT"],
    ["a private push source", { pushSourceAddresses: ["10.0.0.1"] }, "pushSourceAddresses[0]", '"10.0.0.1"'],
    [
      "a push source wider than an address",
      { pushSourceAddresses: ["203.0.113.0/24"] },
      "pushSourceAddresses[0]",
      "one",
    ],
    ["an IPv6 push source", { pushSourceAddresses: ["2001:db8::1"] }, "pushSourceAddresses[0]", "IPv4"],
    [
      "the same push source twice",
      { pushSourceAddresses: ["203.0.113.10", "203.0.113.10"] },
      "pushSourceAddresses",
      '"203.0.113.10"',
    ],
    ["no repository", { repositories: [] }, "repositories", "at least one"],
    ["a project without a group", repository("network"), "repositories[0].gitlabProject", '"network"'],
    ["a name that ends in .git", repository("a/b", "b.git"), "repositories[0].name", '"b.git"'],
    ["a name with a slash", repository("a/b", "a/b"), "repositories[0].name", '"a/b"'],
    ["a name of 101 characters", repository("a/b", "x".repeat(101)), "repositories[0].name", "100"],
    [
      "a description of 1,001 characters",
      { repositories: [{ gitlabProject: "a/b", description: "x".repeat(1001) }] },
      "repositories[0].description",
      "1,000",
    ],
    [
      "one project in two spellings",
      { repositories: [{ gitlabProject: "a/b" }, { gitlabProject: "A/b", name: "other" }] },
      "gitlabProject of repositories",
      '"a/b"',
    ],
    [
      "a given name that meets a derived one",
      { repositories: [{ gitlabProject: "a/b" }, { gitlabProject: "c/d", name: "A.b" }] },
      "name of repositories",
      '"a.b"',
    ],
    [
      "a name outside the prefix",
      { ...repository("a/b", "b"), repositoryPrefix: "airlock" },
      "repositories[0].name",
      '"airlock-"',
    ],
    ["a prefix with a wildcard", { repositoryPrefix: "air*" }, "repositoryPrefix", '"air*"'],
    ["no isolated terminal", addresses(), "pull.isolatedTerminalCidrs", "isolated terminals"],
    [
      "the whole Internet as isolated terminals",
      addresses("0.0.0.0/0"),
      "pull.isolatedTerminalCidrs[0]",
      "public",
    ],
    [
      "half the Internet as isolated terminals",
      addresses("128.0.0.0/1"),
      "pull.isolatedTerminalCidrs[0]",
      "public",
    ],
    [
      "private isolated terminals over the Internet",
      addresses("10.0.0.0/24"),
      "pull.isolatedTerminalCidrs[0]",
      "public",
    ],
    [
      "isolated terminals at a push source's address",
      addresses("203.0.113.0/24"),
      "pull.isolatedTerminalCidrs[0]",
      "pushSourceAddresses",
    ],
    [
      "everyone at the endpoint",
      endpoint({ isolatedTerminalCidrs: ["0.0.0.0/0"] }),
      "pull.isolatedTerminalCidrs[0]",
      "/8 or narrower",
    ],
    [
      "an isolated VPC that is too small",
      endpoint({ network: { cidrBlock: "10.1.0.0/28", availabilityZones: ["ap-northeast-1a"] } }),
      "pull.network.cidrBlock",
      "/27",
    ],
    [
      "more zones than subnets fit",
      endpoint({
        network: {
          cidrBlock: "10.1.0.0/27",
          availabilityZones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"],
        },
      }),
      "pull.network.cidrBlock",
      "3 zones",
    ],
    [
      "a zone of another Region",
      endpoint({ network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["us-east-1a"] } }),
      "pull.network.availabilityZones[0]",
      "ap-northeast-1",
    ],
    [
      "a given VPC without subnets",
      endpoint({ network: { vpcId: "vpc-0a1b", subnetIds: [] } }),
      "pull.network.subnetIds",
      "subnet",
    ],
    ["no credential epoch", { pushCredentialEpochs: [] }, "pushCredentialEpochs", "one positive"],
    ["three live credentials", { pushCredentialEpochs: [1, 2, 3] }, "pushCredentialEpochs", "[1,2,3]"],
    ["epochs that fall", { pullCredentialEpochs: [4, 3] }, "pullCredentialEpochs", "ascending"],
    ["an epoch twice", { pullCredentialEpochs: [3, 3] }, "pullCredentialEpochs", "ascending"],
    ["epoch zero", { pullCredentialEpochs: [0] }, "pullCredentialEpochs", "positive"],
    ["no deployer", { deployerArns: [] }, "deployerArns", "deploys"],
    [
      "the root user as deployer",
      { deployerArns: [`arn:aws:iam::${account}:root`] },
      "deployerArns[0]",
      "role or user",
    ],
    [
      "a break-glass role of another account",
      { breakGlassArns: ["arn:aws:iam::333333333333:role/x"] },
      "breakGlassArns[0]",
      account,
    ],
  ];
  for (const [what, changes, path, text] of wrong) {
    it(`refuse ${what}`, () => {
      const found = problems(changes);
      expect(found).to.have.lengthOf(1);
      expect(found[0]).to.contain(text);
      expect(found[0]?.startsWith(`${path}: `)).to.equal(true);
    });
  }

  it("refuse a component name that IAM would not take", () => {
    expect(problems({}, "air lock")).to.have.lengthOf(1);
  });

  it("report every problem at once", () => {
    const found = problems({ accountId: "1", pushSourceAddresses: ["x"], pushCredentialEpochs: [] });
    expect(found.map((problem) => problem.split(":")[0])).to.deep.equal([
      "accountId",
      "pushSourceAddresses[0]",
      "pushCredentialEpochs",
    ]);
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
    expect(found[0]).to.match(
      /900 repositories need 1[1-9] managed policies on the push user, which holds 10.*repositoryPrefix/,
    );
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
  });

  it("leaves room for the writers of the service control policy, or says so", () => {
    const breakGlassArns = Array.from(
      { length: 120 },
      (_, i) => `arn:aws:iam::${account}:role/break-glass-${i}`,
    );
    expect(problems({ breakGlassArns })).to.have.lengthOf(1);
    expect(problems({ breakGlassArns })[0]).to.contain("121 writers");
  });
});
