import { expect } from "chai";
import { manyRepositories } from "../mirrorTarget/someTarget";
import { problemsOf, soundTarget } from "./entries";
import { testRefusals, type Row } from "./refusing";

const zones = ["ap-northeast-1a", "ap-northeast-1c"];

const target: readonly Row[] = [
  [{ references: ["refs/*"] }, "references[0]", /does not begin with refs\/heads\//],
  [{ references: ["refs/heads/a b"] }, "references[0]", /not a name of a reference/],
  [{ references: ["refs/heads/a", "refs/heads/a"] }, "references[1]", /twice/],
  [
    { references: Array.from({ length: 21 }, (_, i) => `refs/heads/b${i}`) },
    "references",
    /more than 20 references/,
  ],
  [{ repositories: [] }, "repositories", /is missing/],
  [{ repositories: ["platform/app"] }, "repositories[0]", /is not an object.*gitlabProject/],
  [{ repositories: [{}] }, "repositories[0].gitlabProject", /is missing/],
  [{ repositories: [{ gitlabProject: "app" }] }, "repositories[0].gitlabProject", /no group or user/],
  [{ repositories: [{ gitlabProject: "/a/b" }] }, "repositories[0].gitlabProject", /slash/],
  [{ repositories: [{ gitlabProject: "a/b.git" }] }, "repositories[0].gitlabProject", /\.git/],
  [{ repositories: [{ gitlabProject: "a.GIT/b" }] }, "repositories[0].gitlabProject", /\.git/],
  [{ repositories: [{ gitlabProject: "a/../b" }] }, "repositories[0].gitlabProject", /"\.\." is not a name/],
  [{ repositories: [{ gitlabProject: "a/-b" }] }, "repositories[0].gitlabProject", /"-b" is not a name/],
  [{ repositories: [{ gitlabProject: "a/b c" }] }, "repositories[0].gitlabProject", /is not a name/],
  [
    { repositories: [{ gitlabProject: "https://gitlab.example.com/a/b" }] },
    "repositories[0].gitlabProject",
    /is a URL/,
  ],
  [{ repositories: [{ gitlabProject: "a/b" }, { gitlabProject: "A/b" }] }, "repositories[1]", /twice/],
  [
    {
      repositories: [
        { gitlabProject: "a/b", name: "x" },
        { gitlabProject: "a/c", name: "x" },
      ],
    },
    "repositories[1].name",
    /another repository/,
  ],
  [
    { repositories: [{ gitlabProject: "a/b" }, { gitlabProject: "c/d", name: "A.b" }] },
    "repositories[1].name",
    /another repository/,
  ],
  [
    { repositories: [{ gitlabProject: "c/d", name: "A.b" }, { gitlabProject: "a/b" }] },
    "repositories[1]",
    /"a\.b" is the name of another repository/,
  ],
  [{ repositories: [{ gitlabProject: "a/b", name: ".." }] }, "repositories[0].name", /CodeCommit name/],
  [{ repositories: [{ gitlabProject: "a/b", name: "a/b" }] }, "repositories[0].name", /CodeCommit name/],
  [{ repositories: [{ gitlabProject: "a/b", name: "b.git" }] }, "repositories[0].name", /\.git/],
  [
    { repositories: [{ gitlabProject: "a/b", description: "x".repeat(1001) }] },
    "repositories[0].description",
    /1,000/,
  ],
  [
    { repositories: [{ gitlabProject: "a/b", gitLabProject: "a/b" }] },
    "repositories[0].gitLabProject",
    /did you mean "gitlabProject"/,
  ],
  [{ repositories: manyRepositories(500) }, "repositories", /500 repositories make an endpoint policy of/],
  [
    {
      pull: {
        mode: "addresses",
        isolatedTerminalCidrs: Array.from({ length: 250 }, (_, i) => `192.0.2.${i}/32`),
      },
    },
    "pull.isolatedTerminalCidrs",
    /too many to fit into one policy/,
  ],
  [
    {
      breakGlassArns: Array.from(
        { length: 240 },
        (_, i) => `arn:aws:iam::123456789012:role/break-glass-${i}`,
      ),
    },
    "deployerArns",
    /with 241 writers/,
  ],
  [{ repositoryPrefix: "a/b" }, "repositoryPrefix", /prefix/],
  [{ repositoryPrefix: "x".repeat(41) }, "repositoryPrefix", /1 to 40 letters/],
  [
    { repositoryPrefix: "air", repositories: [{ gitlabProject: "a/b", name: "b" }] },
    "repositories[0].name",
    /begins with "air-"/,
  ],
  [{ sourceStack: "dev" }, "sourceStack", /full name of a stack.*organization\/git-airlock\/dev/],
  [{ sourceStack: "app.pulumi.com/acme/git-airlock/dev" }, "sourceStack", /full name of a stack/],
  [{ sourceStack: "/acme/git-airlock/dev" }, "sourceStack", /full name of a stack/],
  [{ sourceStack: "acme/git-airlock/dev/" }, "sourceStack", /full name of a stack/],
  [{ sourceStack: "a/b/c", pushSourceAddresses: ["203.0.113.10"] }, "pushSourceAddresses", /one of the two/],
  [{ pushSourceAddresses: ["203.0.113.0/24"] }, "pushSourceAddresses[0]", /one IPv4 address/],
  [{ pushSourceAddresses: ["203.0.113.1", "203.0.113.1/32"] }, "pushSourceAddresses[1]", /twice/],
  [{ pushSourceAddresses: ["100.64.0.1"] }, "pushSourceAddresses[0]", /carrier-grade NAT/],
  [{ expectedSourceAddresses: ["127.0.0.1"] }, "expectedSourceAddresses[0]", /loopback/],
  [
    { expectedSourceAddresses: ["203.0.113.1"], pushSourceAddresses: ["203.0.113.1"] },
    "expectedSourceAddresses",
    /remove one/,
  ],
  [{ expectedSourceAddresses: ["203.0.113.1"], sourceAddressCount: 3 }, "sourceAddressCount", /expected 1/],
  [{ sourceAddressCount: "0" }, "sourceAddressCount", /0 is not a whole number from 1 to 20/],
  [{ sourceAddressCount: "two" }, "sourceAddressCount", /"two" is not a whole number/],
  [{ pull: { network: { availabilityZones: zones } } }, "pull.isolatedTerminalCidrs", /is missing/],
  [{ pull: { isolatedTerminalCidrs: ["192.0.2.0/24"] } }, "pull.network", /is missing/],
  [
    { pull: { mode: "vpn", isolatedTerminalCidrs: ["192.0.2.0/24"], network: { availabilityZones: zones } } },
    "pull.mode",
    /"endpoint" or "addresses"/,
  ],
  [
    { pull: { isolatedTerminalCidrs: ["0.0.0.0/0"], network: { availabilityZones: zones } } },
    "pull.isolatedTerminalCidrs[0]",
    /whole Internet/,
  ],
  [
    { pull: { isolatedTerminalCidrs: ["192.0.2.0/24"], lock: "ip", network: { availabilityZones: zones } } },
    "pull.lock",
    /"sourceVpce" or/,
  ],
  [
    { pull: { isolatedTerminalCidrs: ["192.0.2.0/24"], network: { availabilityZones: ["us-east-1a"] } } },
    "pull.network.availabilityZones[0]",
    /aws:region/,
  ],
  [
    {
      pull: {
        isolatedTerminalCidrs: ["192.0.2.0/24"],
        network: { availabilityZones: [...zones, "ap-northeast-1d"], cidrBlock: "10.1.0.0/27" },
      },
    },
    "pull.network.availabilityZones",
    /at most 2/,
  ],
  [
    {
      pull: {
        isolatedTerminalCidrs: ["192.0.2.0/24"],
        network: { availabilityZones: zones, cidrBlock: "10.1.0.0/28" },
      },
    },
    "pull.network.cidrBlock",
    /\/16 to \/27/,
  ],
  [
    { pull: { isolatedTerminalCidrs: ["192.0.2.0/24"], network: { vpcId: "vpc-0123456789abcdef0" } } },
    "pull.network.subnetIds",
    /is missing/,
  ],
  [{ pull: { mode: "addresses", isolatedTerminalCidrs: [] } }, "pull.isolatedTerminalCidrs", /is missing/],
  [
    { pull: { mode: "addresses", isolatedTerminalCidrs: ["10.0.0.0/24"] } },
    "pull.isolatedTerminalCidrs[0]",
    /is not public/,
  ],
  [
    {
      pull: { mode: "addresses", isolatedTerminalCidrs: ["203.0.113.0/24"] },
      pushSourceAddresses: ["203.0.113.10"],
    },
    "pushSourceAddresses[0]",
    /lies in the isolated terminals' 203\.0\.113\.0\/24/,
  ],
  [
    {
      pull: { mode: "addresses", isolatedTerminalCidrs: ["203.0.113.0/24"] },
      expectedSourceAddresses: ["192.0.2.1", "203.0.113.10"],
    },
    "expectedSourceAddresses[1]",
    /lies in the isolated terminals'/,
  ],
  [{ pushCredentialEpochs: [1, 2, 3] }, "pushCredentialEpochs", /at most two git credentials for a user/],
  [{ pushCredentialEpochs: [2, 1] }, "pushCredentialEpochs", /ascending/],
  [{ pullCredentialEpochs: [2, 2] }, "pullCredentialEpochs[1]", /twice/],
  [{ pullCredentialEpochs: [0] }, "pullCredentialEpochs[0]", /whole number from 1/],
  [{ deployerArns: ["arn:aws:iam::123456789012:role/*"] }, "deployerArns[0]", /wildcard/],
  [{ deployerArns: ["arn:aws:iam::123456789012:root"] }, "deployerArns[0]", /IAM role or user/],
  [{ deployerArns: ["arn:aws-cn:iam::123456789012:role/ci"] }, "deployerArns[0]", /IAM role or user/],
  [
    { breakGlassArns: ["arn:aws:sts::123456789012:assumed-role/ci/x"] },
    "breakGlassArns[0]",
    /ARN of an IAM role/,
  ],
  [{ breakGlassArns: ["arn:aws:iam::123456789012:user/me"] }, "breakGlassArns[0]", /ARN of an IAM role/],
  [
    { workTerminalCidrs: ["198.51.100.0/24"] },
    "workTerminalCidrs",
    /belongs to the role "source".*is "target"/,
  ],
];

describe("a wrong config of a target is refused, with its key named", () => {
  testRefusals("target", soundTarget, target);

  it("more repositories than the policies of either gate user hold, before anything is made", () => {
    const pull = { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] };
    const lines = problemsOf({ ...soundTarget, repositories: manyRepositories(900), pull });
    expect(lines).to.have.length(2);
    for (const [line, user] of [
      [lines[0], "pull"],
      [lines[1], "push"],
    ]) {
      expect(line).to.match(
        /^git-airlock:repositories: the exact ARNs of 900 repositories need 1[12] managed/,
      );
      expect(line).to.contain(`on the ${user} user, which holds 10; set repositoryPrefix`);
    }
    const prefixed = { repositories: manyRepositories(1000), repositoryPrefix: "airlock" };
    expect(problemsOf({ ...soundTarget, ...prefixed, pull })).to.deep.equal([]);
  });
});
