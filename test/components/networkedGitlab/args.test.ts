import { output } from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import { nameProblems } from "../../../components/checkedArgs";
import {
  defaultProxyImage,
  networkedGitlabSchema,
  type NetworkedGitlabArgs,
} from "../../../components/networkedGitlab/args";
import { soundName } from "../../../components/networkedGitlab/networkedGitlab";
import { parse } from "../../../components/schema/parse";
import { problemsOf } from "../config/entries";
import { pathOf, problemLines } from "../problemLines";
import { refusal } from "./deploySource";
import {
  accountId,
  certificateArn,
  existingNetwork,
  newGitlab,
  newNetwork,
  region,
  someSource,
} from "./someSource";
import { wrongSources } from "./wrongSources";

function lines(changes: Partial<NetworkedGitlabArgs>): string[] {
  const args = someSource(changes);
  return problemLines(networkedGitlabSchema(args), args);
}

function paths(changes: Partial<NetworkedGitlabArgs>): string[] {
  return lines(changes).map(pathOf);
}

/** What the configuration of a stack with the same values is refused with. The account is not a part of it. */
function configLines(changes: Partial<NetworkedGitlabArgs>): readonly string[] {
  const { region, accountId: _, ...values } = someSource(changes);
  return problemsOf({ role: "source", "aws:region": region, ...values });
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
      expect(lines(changes)).to.deep.equal([]);
    });

  for (const [path, changes] of wrongSources)
    it(`are refused at ${path} for ${JSON.stringify(changes).slice(0, 200)}, in the words of the configuration`, () => {
      const found = lines(changes);
      expect(found.map(pathOf)).to.deep.equal([path]);
      // The account is what only the deployment knows.
      if (path === "accountId") return;
      const key = path === "region" ? "aws" : "git-airlock";
      expect(configLines(changes)).to.deep.equal(found.map((line) => `${key}:${line}`));
    });

  it("may leave out whatever has a default", () => {
    const least: NetworkedGitlabArgs = {
      region,
      accountId,
      workTerminalCidrs: ["198.51.100.0/24"],
      network: { availabilityZones: newNetwork.availabilityZones },
      gitlab: { version: "19.4.1", selfSignedCertificate: true },
    };
    expect(parse(networkedGitlabSchema(least), least)).to.deep.equal({
      data: {
        ...least,
        network: newNetwork,
        gitlab: {
          version: "19.4.1",
          acceptedCves: [],
          keepSettings: true,
          instanceType: "m7i.large",
          rootVolumeSize: 30,
          dataVolumeSize: 100,
          selfSignedCertificate: true,
          gitOverSsh: true,
          backups: { time: "17:00", keep: 7 },
        },
        fips: false,
        proxy: { mode: "managed", tasks: 1, image: defaultProxyImage, imageHosts: [] },
        alarms: { enabled: true, emails: [] },
      },
    });
  });

  it("are refused where a certificate is neither a text nor what Pulumi waits for", () => {
    for (const certificateArn of [7, null, {}, { __pulumiOutput: true }]) {
      const args = { ...someSource(), gitlab: { ...newGitlab, certificateArn } };
      expect(problemLines(networkedGitlabSchema(args), args).map(pathOf)).to.deep.equal([
        "gitlab.certificateArn",
      ]);
    }
  });

  it("are refused with a name too long for a load balancer", () => {
    expect(nameProblems("a-name-of-sixte1", ...soundName)).to.deep.equal([]);
    expect(nameProblems("a-very-long-name1", ...soundName)).to.have.lengthOf(1);
  });

  it("are refused with all their problems at once", () => {
    expect(
      paths({ accountId: "1", workTerminalCidrs: ["0.0.0.0/0"], proxy: { mode: "existing", url: "x" } }),
    ).to.deep.equal(["accountId", "proxy.url", "workTerminalCidrs[0]"]);
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

describe("a NetworkedGitlab with wrong arguments", () => {
  it("says of each where it is, what was given and what was expected, and makes nothing", async () => {
    const { message } = await refusal({
      workTerminalCidrs: ["10.0.0.0/33"],
      gitlab: { ...newGitlab, certificateArn: undefined },
    });
    expect(message).to.contain(
      [
        "2 problems in the arguments of this NetworkedGitlab; nothing was made:",
        '  gitlab.certificateArn: is missing; expected e.g. "arn:aws:acm:ap-northeast-1:123456789012:certificate/11111111-2222-3333-4444-555555555555", hostedZoneId: "Z0123456789ABCDEFGHIJ", or selfSignedCertificate: true',
        '  workTerminalCidrs[0]: "10.0.0.0/33" is not a CIDR; expected e.g. "198.51.100.0/24"',
      ].join("\n"),
    );
  });
});
