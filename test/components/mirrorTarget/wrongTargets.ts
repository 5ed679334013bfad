/** Wrong arguments of a target, each with one thing wrong. */
import type { CheckedMirrorTargetArgs } from "../../../components/mirrorTarget/args";
import type { EndpointPullArgs, PullArgs } from "../../../components/mirrorTarget/pullArgs";
import { account, endpointPull, manyRepositories } from "./someTarget";

export function addresses(...isolatedTerminalCidrs: string[]): { pull: PullArgs } {
  return { pull: { mode: "addresses", isolatedTerminalCidrs } };
}

export function endpoint(changes: Partial<EndpointPullArgs>): { pull: PullArgs } {
  return { pull: { ...endpointPull, ...changes } };
}

function repository(gitlabProject: string, name?: string) {
  return { repositories: [{ gitlabProject, name }] };
}

/** What is wrong, the change that makes it so, then what the one problem must begin with and contain. */
export const wrongTargets: readonly [
  what: string,
  changes: Partial<CheckedMirrorTargetArgs>,
  path: string,
  text: string,
][] = [
  ["a Region of another partition", { region: "cn-north-1" }, "region", '"cn-north-1"'],
  ["an endpoint that the Region does not have", { fips: true }, "fips", "does not have in ap-northeast-1"],
  ["an account id of eleven digits", { accountId: "22222222222" }, "accountId", "twelve"],
  [
    "61 isolated terminals at the pull endpoint",
    endpoint({ isolatedTerminalCidrs: Array.from({ length: 61 }, (_, i) => `10.1.0.${i}/32`) }),
    "pull.isolatedTerminalCidrs",
    "61 CIDRs, and a security group holds 60 inbound rules",
  ],
  [
    "more subnets than a Region has zones",
    endpoint({
      network: {
        vpcId: "vpc-0123456789abcdef0",
        subnetIds: Array.from({ length: 9 }, (_, i) => `subnet-0123456789abcdef${i}`),
      },
    }),
    "pull.network.subnetIds",
    "9 subnets",
  ],
  [
    "more repositories than an account holds",
    { repositories: manyRepositories(5001), repositoryPrefix: "airlock" },
    "repositories",
    "5001 repositories, and AWS lets an account have 5,000",
  ],
  [
    "a project's path of 3,801 characters",
    repository("a/".repeat(1900) + "b", "b"),
    "repositories[0].gitlabProject",
    "longer than the 3800 characters",
  ],
  ["no push source", { pushSourceAddresses: [] }, "pushSourceAddresses", "is missing; expected e.g."],
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
    "pushSourceAddresses[1]",
    '"203.0.113.10"',
  ],
  ["every reference", { references: ["refs/*"] }, "references[0]", '"refs/*"'],
  [
    "a branch without refs/heads/",
    { references: ["main"] },
    "references[0]",
    "does not begin with refs/heads/",
  ],
  ["a wildcard within", { references: ["refs/heads/*/x"] }, "references[0]", "at its end"],
  [
    "the same reference twice",
    { references: ["refs/heads/a", "refs/heads/a"] },
    "references[1]",
    '"refs/heads/a"',
  ],
  ["no repository", { repositories: [] }, "repositories", "is missing"],
  ["a project without a group", repository("network"), "repositories[0].gitlabProject", '"network"'],
  ["a group that ends in .git", repository("a.git/b"), "repositories[0].gitlabProject", '"a.git/b"'],
  ["a name of dots", repository("a/b", ".."), "repositories[0].name", '".."'],
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
    "repositories[1]",
    "twice",
  ],
  [
    "a given name that meets a derived one",
    { repositories: [{ gitlabProject: "a/b" }, { gitlabProject: "c/d", name: "A.b" }] },
    "repositories[1].name",
    '"A.b" is the name of another repository',
  ],
  [
    "a name outside the prefix",
    { ...repository("a/b", "b"), repositoryPrefix: "airlock" },
    "repositories[0].name",
    '"airlock-"',
  ],
  ["a prefix of 41 characters", { repositoryPrefix: "x".repeat(41) }, "repositoryPrefix", "1 to 40"],
  ["a prefix that ends in .git", { repositoryPrefix: "air.git" }, "repositoryPrefix", '"air.git"'],
  ["a prefix with a wildcard", { repositoryPrefix: "air*" }, "repositoryPrefix", '"air*"'],
  ["no isolated terminal", addresses(), "pull.isolatedTerminalCidrs", "is missing"],
  [
    "the whole Internet as isolated terminals",
    addresses("0.0.0.0/0"),
    "pull.isolatedTerminalCidrs[0]",
    "the whole Internet",
  ],
  [
    "half the Internet as isolated terminals",
    addresses("128.0.0.0/1"),
    "pull.isolatedTerminalCidrs[0]",
    "wider than /8",
  ],
  [
    "private isolated terminals over the Internet",
    addresses("10.0.0.0/24"),
    "pull.isolatedTerminalCidrs[0]",
    "public",
  ],
  [
    "isolated terminals at a push source's address",
    { ...addresses("203.0.113.0/24"), pushSourceAddresses: ["203.0.113.10"] },
    "pushSourceAddresses[0]",
    "nobody may both push and pull there",
  ],
  [
    "everyone at the endpoint",
    endpoint({ isolatedTerminalCidrs: ["0.0.0.0/0"] }),
    "pull.isolatedTerminalCidrs[0]",
    "the whole Internet",
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
    "pull.network.availabilityZones",
    "more zones than 10.1.0.0/27 has subnets for; expected at most 2",
  ],
  [
    "a zone of another Region",
    endpoint({ network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["us-east-1a"] } }),
    "pull.network.availabilityZones[0]",
    "ap-northeast-1",
  ],
  [
    "a given VPC without subnets",
    endpoint({ network: { vpcId: "vpc-0123456789abcdef0", subnetIds: [] } }),
    "pull.network.subnetIds",
    "subnet",
  ],
  ["no credential epoch", { pushCredentialEpochs: [] }, "pushCredentialEpochs", "is missing"],
  ["three live credentials", { pushCredentialEpochs: [1, 2, 3] }, "pushCredentialEpochs", "[1,2,3]"],
  ["epochs that fall", { pullCredentialEpochs: [4, 3] }, "pullCredentialEpochs", "ascending"],
  ["an epoch twice", { pullCredentialEpochs: [3, 3] }, "pullCredentialEpochs[1]", "twice"],
  ["epoch zero", { pullCredentialEpochs: [0] }, "pullCredentialEpochs[0]", "from 1 to"],
  ["no deployer", { deployerArns: [] }, "deployerArns", "is missing"],
  [
    "the root user as deployer",
    { deployerArns: [`arn:aws:iam::${account}:root`] },
    "deployerArns[0]",
    "role or user",
  ],
  [
    "a deployer of another partition",
    { deployerArns: [`arn:aws-cn:iam::${account}:role/deployer`] },
    "deployerArns[0]",
    "role or user",
  ],
  [
    "a deployer by wildcard",
    { deployerArns: [`arn:aws:iam::${account}:role/*`] },
    "deployerArns[0]",
    "wildcard",
  ],
  [
    "a user for emergencies",
    { breakGlassArns: [`arn:aws:iam::${account}:user/alice`] },
    "breakGlassArns[0]",
    "is not the ARN of an IAM role",
  ],
  [
    "an epoch beyond a million",
    { pushCredentialEpochs: [1_000_001] },
    "pushCredentialEpochs[0]",
    "from 1 to 1000000",
  ],
  [
    "isolated terminals that are most of the Internet in slices",
    endpoint({
      isolatedTerminalCidrs: ["64.0.0.0/8", "65.0.0.0/8", "66.0.0.0/8", "67.0.0.0/8", "68.0.0.0/8"],
    }),
    "pull.isolatedTerminalCidrs",
    "together hold",
  ],
  [
    "a short id of a VPC",
    endpoint({ network: { vpcId: "vpc-0a1b", subnetIds: ["subnet-0123456789abcdef0"] } }),
    "pull.network.vpcId",
    "is not the id of a VPC",
  ],
  [
    "a break-glass role of another account",
    { breakGlassArns: ["arn:aws:iam::333333333333:role/x"] },
    "breakGlassArns[0]",
    account,
  ],
  [
    "an alarm to what is not an e-mail address",
    { alarms: { enabled: true, emails: ["operators"], trail: "made" } },
    "alarms.emails[0]",
    "operators@example.com",
  ],
  [
    "an alarm to one person twice",
    { alarms: { enabled: true, emails: ["a@example.com", "a@example.com"], trail: "made" } },
    "alarms.emails[1]",
    "twice",
  ],
];
