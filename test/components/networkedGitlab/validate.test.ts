import { output } from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import type { NetworkedGitlabArgs } from "../../../components/networkedGitlab/args";
import { describeProblem, validate } from "../../../components/networkedGitlab/validate";
import { certificateArn, existingNetwork, newGitlab, newNetwork, someSource } from "./someSource";
import { wrongSources } from "./wrongSources";

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
      "a GitLab that exists, with ways in of its own, in a network without isolated subnets",
      {
        gitlab: { url: "https://gitlab.example.com:8443" },
        workTerminalCidrs: [],
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

  for (const [path, changes] of wrongSources)
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
