import { expect } from "chai";
import { manyRepositories } from "../mirrorTarget/someTarget";
import { problemsOf, soundSource, soundTarget, type Values } from "./entries";

const certificate =
  "arn:aws:acm:ap-northeast-1:123456789012:certificate/11111111-2222-3333-4444-555555555555";
const selfSigned = { version: "18.5.1", selfSignedCertificate: true };
const zones = ["ap-northeast-1a", "ap-northeast-1c"];
const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
const existingNetwork = {
  vpcId: "vpc-0123456789abcdef0",
  cidrBlock: "10.0.0.0/16",
  publicSubnetIds: ["subnet-00000000000000001", "subnet-00000000000000002"],
  privateSubnetIds: ["subnet-00000000000000003"],
  isolatedSubnetIds: ["subnet-00000000000000004"],
  natPublicIps: ["203.0.113.10"],
};

/** What is changed of a sound config, the key that must be named (after `git-airlock:`), and what must be said. */
type Row = [change: Values, key: string, says: RegExp];

const source: readonly Row[] = [
  [{ workTerminalCidrs: [] }, "workTerminalCidrs", /is missing; expected e\.g\. \["198/],
  [{ workTerminalCidrs: "[" }, "workTerminalCidrs", /"\[" is not JSON; expected a list/],
  [{ workTerminalCidrs: { a: 1 } }, "workTerminalCidrs", /is not a list/],
  [{ workTerminalCidrs: [7] }, "workTerminalCidrs[0]", /7 is not a text/],
  [
    { workTerminalCidrs: ["198.51.100.7"] },
    "workTerminalCidrs[0]",
    /no prefix length.*"198\.51\.100\.7\/32"/,
  ],
  [{ workTerminalCidrs: ["198.51.100.7/24"] }, "workTerminalCidrs[0]", /its range is "198\.51\.100\.0\/24"/],
  [{ workTerminalCidrs: ["198.51.100.0/024"] }, "workTerminalCidrs[0]", /is not a CIDR/],
  [{ workTerminalCidrs: ["0.0.0.0/0"] }, "workTerminalCidrs[0]", /the whole Internet/],
  [{ workTerminalCidrs: ["::/0"] }, "workTerminalCidrs[0]", /IPv6/],
  [{ workTerminalCidrs: ["2001:db8::/32"] }, "workTerminalCidrs[0]", /IPv6/],
  [{ workTerminalCidrs: ["10.0.0.0/7"] }, "workTerminalCidrs[0]", /wider than \/8/],
  [{ workTerminalCidrs: ["10.0.0.0/8", "10.0.0.0/8"] }, "workTerminalCidrs[1]", /twice/],
  [{ network: {} }, "network.availabilityZones", /is missing/],
  [{ network: "{availabilityZones" }, "network", /is not JSON; expected an object/],
  [{ network: ["a"] }, "network", /is not an object/],
  [
    { network: { availabilityZones: ["us-east-1a", "ap-northeast-1a"] } },
    "network.availabilityZones[0]",
    /aws:region/,
  ],
  [
    { network: { availabilityZones: ["apne1-az1", "ap-northeast-1a"] } },
    "network.availabilityZones[0]",
    /zone/,
  ],
  [{ network: { availabilityZones: [zones[0], zones[0]] } }, "network.availabilityZones[1]", /twice/],
  [
    { network: { availabilityZones: [...zones, "ap-northeast-1d"] } },
    "network.availabilityZones",
    /exactly two/,
  ],
  [{ network: { availabilityZones: zones, cidrBlock: "10.0.0.0/25" } }, "network.cidrBlock", /\/16 to \/24/],
  [{ network: { availabilityZones: zones, cidrBlock: "10.0.0.0/15" } }, "network.cidrBlock", /\/16 to \/24/],
  [
    { network: { availabilityZones: zones, natGateways: "None" } },
    "network.natGateways",
    /"OnePerAz" or "Single"/,
  ],
  [{ network: { ...existingNetwork, vpcId: "vpc-1" } }, "network.vpcId", /id of a VPC/],
  [{ network: { ...existingNetwork, vpcId: undefined } }, "network.vpcId", /is missing/],
  [{ network: { ...existingNetwork, cidrBlock: "10.0.0.0/8" } }, "network.cidrBlock", /\/16 to \/28/],
  [
    { network: { ...existingNetwork, publicSubnetIds: ["subnet-00000000000000001"] } },
    "network.publicSubnetIds",
    /2 or more/,
  ],
  [{ network: { ...existingNetwork, isolatedSubnetIds: [] } }, "network.isolatedSubnetIds", /for GitLab/],
  [{ network: { ...existingNetwork, privateSubnetIds: [] } }, "network.privateSubnetIds", /for the proxy/],
  [
    { network: { ...existingNetwork, isolatedSubnetIds: existingNetwork.privateSubnetIds } },
    "network.isolatedSubnetIds[0]",
    /is in privateSubnetIds too; expected a subnet of one tier only/,
  ],
  [{ network: { ...existingNetwork, privateSubnetIds: ["eni-1"] } }, "network.privateSubnetIds[0]", /subnet/],
  [
    { network: { ...existingNetwork, privateSubnetIds: [], isolatedSubnetIds: [] }, proxy: { mode: "none" } },
    "network.privateSubnetIds",
    /for GitLab/,
  ],
  [
    { network: { ...existingNetwork, natPublicIps: ["10.0.0.1"] } },
    "network.natPublicIps[0]",
    /10\.0\.0\.0\/8 is private/,
  ],
  [{ network: { ...existingNetwork, natPublicIps: [] } }, "network.natPublicIps", /is missing/],
  [{ network: { ...existingNetwork, natGateways: "Single" } }, "network.natGateways", /is no known key/],
  [{ gitlab: { ...selfSigned, hostname: "Gitlab.example.com" } }, "gitlab.hostname", /lower case/],
  [{ gitlab: { ...selfSigned, hostname: "gitlab" } }, "gitlab.hostname", /full host name/],
  [{ gitlab: { ...selfSigned, hostname: "192.0.2.1" } }, "gitlab.hostname", /full host name/],
  [{ gitlab: { ...selfSigned, hostname: "a_b.example.com" } }, "gitlab.hostname", /full host name/],
  [{ gitlab: { selfSignedCertificate: true } }, "gitlab.version", /is missing; expected e\.g\. "18/],
  [{ gitlab: { ...selfSigned, version: "18.5" } }, "gitlab.version", /three numbers/],
  [{ gitlab: { ...selfSigned, amiId: "ami-xyz" } }, "gitlab.amiId", /AMI/],
  [{ gitlab: { ...selfSigned, instanceType: "large" } }, "gitlab.instanceType", /instance type/],
  [{ gitlab: { ...selfSigned, instanceType: "m4.large" } }, "gitlab.instanceType", /Xen.*NVMe/],
  [{ gitlab: { ...selfSigned, rootVolumeSize: 19 } }, "gitlab.rootVolumeSize", /from 20 to 16384/],
  [
    { gitlab: { ...selfSigned, dataVolumeSize: "100" } },
    "gitlab.dataVolumeSize",
    /"100" is not a whole number/,
  ],
  [{ gitlab: { ...selfSigned, dataVolumeSize: 99.5 } }, "gitlab.dataVolumeSize", /whole number/],
  [{ gitlab: { version: "18.5.1" } }, "gitlab.certificateArn", /or selfSignedCertificate: true/],
  [
    { gitlab: { ...selfSigned, hostname: "a.example.com", certificateArn: certificate } },
    "gitlab.selfSignedCertificate",
    /one of the two/,
  ],
  [{ gitlab: { version: "18.5.1", certificateArn: certificate } }, "gitlab.hostname", /is missing/],
  [
    {
      gitlab: {
        version: "18.5.1",
        hostname: "a.example.com",
        certificateArn: certificate.replace("ap-northeast-1", "us-east-1"),
      },
    },
    "gitlab.certificateArn",
    /is a certificate of us-east-1/,
  ],
  [
    {
      gitlab: {
        ...selfSigned,
        selfSignedCertificate: false,
        hostname: "a.example.com",
        certificateArn: "arn:x",
      },
    },
    "gitlab.certificateArn",
    /ARN of an ACM/,
  ],
  [
    { gitlab: { ...selfSigned, selfSignedCertificate: "true" } },
    "gitlab.selfSignedCertificate",
    /true or false/,
  ],
  [{ gitlab: { ...selfSigned, gitOverSsh: 1 } }, "gitlab.gitOverSsh", /true or false/],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, start: "0 8 * * *" } } },
    "gitlab.officeHours.start",
    /six fields/,
  ],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, stop: "cron(0 20 ? * MON-FRI *)" } } },
    "gitlab.officeHours.stop",
    /without cron/,
  ],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, stop: officeHours.start } } },
    "gitlab.officeHours.stop",
    /same as start/,
  ],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, timezone: "Asia/Tokio" } } },
    "gitlab.officeHours.timezone",
    /IANA/,
  ],
  [
    { gitlab: { ...selfSigned, officeHours: { ...officeHours, timezone: "+09:00" } } },
    "gitlab.officeHours.timezone",
    /IANA/,
  ],
  [{ gitlab: { ...selfSigned, backups: { time: "24:00" } } }, "gitlab.backups.time", /HH:MM/],
  [{ gitlab: { ...selfSigned, backups: { kep: 3 } } }, "gitlab.backups.kep", /did you mean "keep"/],
  [{ gitlab: { url: "gitlab.example.com" } }, "gitlab.url", /is not a URL/],
  [{ gitlab: { url: "http://gitlab.example.com" } }, "gitlab.url", /is not a URL of https/],
  [{ gitlab: { url: "https://gitlab.example.com/gitlab" } }, "gitlab.url", /has a path/],
  [{ gitlab: { url: "https://gitlab.example.com?x=1" } }, "gitlab.url", /query/],
  [{ gitlab: { instanceId: "i-0123456789abcdef0" } }, "gitlab.url", /is missing/],
  [{ gitlab: { url: "https://gitlab.example.com", instanceId: "web" } }, "gitlab.instanceId", /instance/],
  [{ proxy: { mode: "some" } }, "proxy.mode", /"managed" or "existing" or "none"/],
  [{ proxy: { tasks: 0 } }, "proxy.tasks", /from 1 to 2/],
  [{ proxy: { image: "ubuntu/squid" } }, "proxy.image", /neither a tag nor a digest/],
  [{ proxy: { image: "Ubuntu Squid:1" } }, "proxy.image", /not a container image/],
  [{ proxy: { mode: "existing" } }, "proxy.url", /is missing/],
  [
    { proxy: { mode: "existing", url: "https://proxy.internal:3128" } },
    "proxy.url",
    /is not a URL of http; expected e\.g\. "http:/,
  ],
  [{ proxy: { mode: "existing", url: "http://proxy.internal:3128/path" } }, "proxy.url", /has a path/],
  [{ proxy: { mode: "none", tasks: 2 } }, "proxy.tasks", /is no known key/],
  [{ repositories: [{ gitlabProject: "a/b" }] }, "repositories", /belongs to the role "target".*is "source"/],
  [{ sourceAddressCount: "3" }, "sourceAddressCount", /belongs to the role "target"/],
  [{ pull: "{" }, "pull", /belongs to the role "target"/],
];

const target: readonly Row[] = [
  [{ references: ["refs/*"] }, "references[0]", /does not begin with refs\/heads\//],
  [{ references: ["refs/heads/a b"] }, "references[0]", /no name of a reference/],
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
  [{ repositories: [{ gitlabProject: "a/../b" }] }, "repositories[0].gitlabProject", /"\.\." is no name/],
  [{ repositories: [{ gitlabProject: "a/-b" }] }, "repositories[0].gitlabProject", /"-b" is no name/],
  [{ repositories: [{ gitlabProject: "a/b c" }] }, "repositories[0].gitlabProject", /is no name/],
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
        { length: 120 },
        (_, i) => `arn:aws:iam::123456789012:role/break-glass-${i}`,
      ),
    },
    "deployerArns",
    /with 121 writers/,
  ],
  [{ repositoryPrefix: "a/b" }, "repositoryPrefix", /prefix/],
  [{ repositoryPrefix: "x".repeat(41) }, "repositoryPrefix", /1 to 40 letters/],
  [
    { repositoryPrefix: "air", repositories: [{ gitlabProject: "a/b", name: "b" }] },
    "repositories[0].name",
    /begins with "air-"/,
  ],
  [{ sourceStack: "dev" }, "sourceStack", /full name of a stack.*organization\/git-airlock\/dev/],
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

describe("a wrong config is refused, with its key named", () => {
  for (const [role, sound, rows] of [
    ["source", soundSource, source],
    ["target", soundTarget, target],
  ] as const) {
    it(`while the sound ${role} that the cases below break is not refused`, () => {
      expect(problemsOf(sound)).to.deep.equal([]);
    });
    for (const [change, key, says] of rows) {
      it(`${role}: ${JSON.stringify(change).slice(0, 110)}`, () => {
        const lines = problemsOf({ ...sound, ...change });
        expect(lines.map((line) => line.split(": ")[0])).to.include(`git-airlock:${key}`);
        expect(lines).to.have.length(1);
        expect(lines[0]).to.match(says);
      });
    }
  }

  it("a region that is missing or is none, whatever the role", () => {
    for (const sound of [soundSource, soundTarget]) {
      expect(problemsOf({ ...sound, "aws:region": undefined })).to.deep.equal([
        'aws:region: is missing; expected e.g. "ap-northeast-1"',
      ]);
      expect(problemsOf({ ...sound, "aws:region": "Tokyo" })).to.deep.equal([
        'aws:region: "Tokyo" is not the name of a region; expected e.g. "ap-northeast-1"',
      ]);
      expect(problemsOf({ ...sound, "aws:region": "us-gov-west-1" }).join()).to.match(
        /^aws:region: "us-gov-west-1" is a region of another partition/,
      );
    }
  });

  it("a role that is missing, or that this program does not build", () => {
    expect(problemsOf({ ...soundSource, role: "" })).to.deep.equal([
      'git-airlock:role: is missing; expected "source" or "target"',
    ]);
    expect(problemsOf({ ...soundSource, role: "mirror" })).to.deep.equal([
      'git-airlock:role: "mirror" is no role; expected "source" or "target"',
    ]);
  });

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

  it("work terminals that are the whole Internet in slices, or nearly so", () => {
    const slices = Array.from({ length: 256 }, (_, index) => `${index}.0.0.0/8`);
    expect(problemsOf({ ...soundSource, workTerminalCidrs: slices }).join()).to.match(
      /together hold 100 % of all/,
    );
    expect(problemsOf({ ...soundSource, workTerminalCidrs: slices.slice(0, 200) }).join()).to.match(
      /together hold 78 %/,
    );
    expect(problemsOf({ ...soundSource, workTerminalCidrs: slices.slice(1, 5) })).to.deep.equal([]);
  });
});
