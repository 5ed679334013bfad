import { output } from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import type { NetworkedGitlabArgs } from "../../../components/networkedGitlab/args";
import { describeProblem, validate } from "../../../components/networkedGitlab/validate";
import { certificateArn, existingNetwork, newGitlab, newNetwork, someSource } from "./someSource";

function paths(changes: Partial<NetworkedGitlabArgs>, name = "dev"): string[] {
  return validate(name, someSource(changes)).map((problem) => problem.path);
}

const managed = { mode: "managed", tasks: 1, image: "squid:6" } as const;
const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };

describe("the arguments of NetworkedGitlab", () => {
  const good: [string, Partial<NetworkedGitlabArgs>][] = [
    ["a network to be made", {}],
    ["a network that exists", { network: existingNetwork }],
    ["a single NAT gateway", { network: { ...newNetwork, natGateways: "Single" } }],
    [
      "a self-signed certificate without a hostname",
      {
        gitlab: { ...newGitlab, hostname: undefined, certificateArn: undefined, selfSignedCertificate: true },
      },
    ],
    [
      "a certificate that is made in the same program",
      { gitlab: { ...newGitlab, certificateArn: output(certificateArn) } },
    ],
    [
      "a GitLab that exists",
      { gitlab: { url: "https://gitlab.example.com", instanceId: "i-0123456789abcdef0" } },
    ],
    [
      "a GitLab that exists, in a network without isolated subnets",
      {
        gitlab: { url: "https://gitlab.example.com:8443" },
        network: { ...existingNetwork, publicSubnetIds: [], isolatedSubnetIds: [] },
      },
    ],
    ["a proxy that exists", { proxy: { mode: "existing", url: "http://proxy.internal:80" } }],
    [
      "no proxy, in a network without isolated subnets",
      {
        proxy: { mode: "none" },
        network: { ...existingNetwork, isolatedSubnetIds: [] },
      },
    ],
    ["office hours", { gitlab: { ...newGitlab, officeHours } }],
    [
      "an image by digest",
      {
        proxy: {
          ...managed,
          image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/squid@sha256:${"a".repeat(64)}`,
        },
      },
    ],
  ];
  for (const [what, changes] of good)
    it(`may ask for ${what}`, () => {
      expect(validate("dev", someSource(changes))).to.deep.equal([]);
    });

  const gitlab = (changes: Partial<typeof newGitlab>) => ({ gitlab: { ...newGitlab, ...changes } });
  const bad: [string, Partial<NetworkedGitlabArgs>][] = [
    ["region", { region: "Tokyo", network: existingNetwork }],
    ["accountId", { accountId: "1234" }],
    ["workTerminalCidrs", { workTerminalCidrs: [] }],
    ["workTerminalCidrs", { workTerminalCidrs: ["198.51.100.0/24", "198.51.100.0/24"] }],
    ["workTerminalCidrs[0]", { workTerminalCidrs: ["0.0.0.0/0"] }],
    ["workTerminalCidrs[1]", { workTerminalCidrs: ["0.0.0.0/8", "128.0.0.0/1"] }],
    ["workTerminalCidrs[0]", { workTerminalCidrs: ["::/0"] }],
    ["workTerminalCidrs[0]", { workTerminalCidrs: ["10.0.0.0/33"] }],
    ["workTerminalCidrs[0]", { workTerminalCidrs: ["198.51.100.7/24"] }],
    ["network.cidrBlock", { network: { ...newNetwork, cidrBlock: "10.0.0.0/25" } }],
    ["network.availabilityZones", { network: { ...newNetwork, availabilityZones: ["ap-northeast-1a"] } }],
    [
      "network.availabilityZones",
      { network: { ...newNetwork, availabilityZones: ["ap-northeast-1a", "ap-northeast-1a"] } },
    ],
    [
      "network.availabilityZones[1]",
      { network: { ...newNetwork, availabilityZones: ["ap-northeast-1a", "us-east-1a"] } },
    ],
    ["network.vpcId", { network: { ...existingNetwork, vpcId: "my-vpc" } }],
    [
      "network.publicSubnetIds",
      { network: { ...existingNetwork, publicSubnetIds: ["subnet-00000000000000001"] } },
    ],
    ["network.privateSubnetIds", { network: { ...existingNetwork, privateSubnetIds: [] } }],
    ["network.isolatedSubnetIds", { network: { ...existingNetwork, isolatedSubnetIds: [] } }],
    [
      "network.isolatedSubnetIds",
      { network: { ...existingNetwork, isolatedSubnetIds: existingNetwork.privateSubnetIds } },
    ],
    ["network.isolatedSubnetIds[0]", { network: { ...existingNetwork, isolatedSubnetIds: ["subnet-x"] } }],
    ["network.natPublicIps", { network: { ...existingNetwork, natPublicIps: [] } }],
    ["network.natPublicIps[0]", { network: { ...existingNetwork, natPublicIps: ["10.0.0.1"] } }],
    ["gitlab.url", { gitlab: { url: "http://gitlab.example.com" } }],
    ["gitlab.url", { gitlab: { url: "https://user:word@gitlab.example.com" } }],
    ["gitlab.instanceId", { gitlab: { url: "https://gitlab.example.com", instanceId: "gitlab" } }],
    ["gitlab.hostname", gitlab({ hostname: "https://gitlab.example.com" })],
    ["gitlab.version", gitlab({ version: "18.5" })],
    ["gitlab.version", gitlab({ version: "18.5.*" })],
    ["gitlab.amiId", gitlab({ amiId: "GitLab CE" })],
    ["gitlab.instanceType", gitlab({ instanceType: "large" })],
    ["gitlab.rootVolumeSize", gitlab({ rootVolumeSize: 19 })],
    ["gitlab.dataVolumeSize", gitlab({ dataVolumeSize: 100.5 })],
    ["gitlab.certificateArn", gitlab({ certificateArn: undefined })],
    ["gitlab.certificateArn", gitlab({ selfSignedCertificate: true })],
    ["gitlab.certificateArn", gitlab({ hostname: undefined })],
    ["gitlab.certificateArn", gitlab({ certificateArn: "gitlab-certificate" })],
    [
      "gitlab.officeHours.start",
      gitlab({ officeHours: { ...officeHours, start: "cron(0 8 ? * MON-FRI *)" } }),
    ],
    ["gitlab.officeHours.stop", gitlab({ officeHours: { ...officeHours, stop: "0 20 * * *" } })],
    ["gitlab.officeHours.timezone", gitlab({ officeHours: { ...officeHours, timezone: "Tokyo" } })],
    ["gitlab.backups.time", gitlab({ backups: { time: "24:00", keep: 7 } })],
    ["gitlab.backups.keep", gitlab({ backups: { time: "17:00", keep: 0 } })],
    ["proxy.tasks", { proxy: { ...managed, tasks: 3 } }],
    ["proxy.image", { proxy: { ...managed, image: "" } }],
    ["proxy.url", { proxy: { mode: "existing", url: "https://proxy.internal:3128" } }],
    ["proxy.url", { proxy: { mode: "existing", url: "proxy.internal:3128" } }],
  ];
  for (const [path, changes] of bad)
    it(`are refused at ${path} for ${JSON.stringify(changes)}`, () => {
      expect(paths(changes)).to.deep.equal([path]);
    });

  it("are refused with a name too long for a load balancer", () => {
    expect(paths({}, "a-very-long-name1")).to.deep.equal(["name"]);
  });

  it("are refused with all their problems at once", () => {
    expect(
      paths({ accountId: "1", workTerminalCidrs: ["0.0.0.0/0"], proxy: { mode: "existing", url: "x" } }),
    ).to.deep.equal(["accountId", "workTerminalCidrs[0]", "proxy.url"]);
  });

  it("take every IPv4 range of /8 to /32 that begins at its first address, and no wider one", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        const first = prefix === 0 ? 0 : (address >>> (32 - prefix)) * 2 ** (32 - prefix);
        const cidr = `${[24, 16, 8, 0].map((bits) => (first / 2 ** bits) & 255).join(".")}/${prefix}`;
        expect(paths({ workTerminalCidrs: [cidr] })).to.deep.equal(
          prefix >= 8 ? [] : ["workTerminalCidrs[0]"],
        );
      }),
    );
  });
});

describe("a problem", () => {
  it("says where it is, what was given and what was expected", () => {
    const [problem] = validate("dev", someSource({ workTerminalCidrs: ["10.0.0.0/33"] }));
    expect(problem && describeProblem(problem)).to.equal(
      'workTerminalCidrs[0]: got "10.0.0.0/33"; expected an IPv4 CIDR of /8 to /32 that begins at its first address, ' +
        'e.g. "198.51.100.0/24"',
    );
  });

  it("says so when nothing was given", () => {
    const [problem] = validate("dev", someSource({ gitlab: { ...newGitlab, certificateArn: undefined } }));
    expect(problem && describeProblem(problem)).to.contain(
      "gitlab.certificateArn: got nothing; expected the ARN",
    );
  });
});
