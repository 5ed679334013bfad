import { expect } from "chai";
import { rules } from "../../policies/rules";
import { deployedStacks, deployedVariant, previewedZone, type Stacks } from "./deployments";
import { run } from "./harness";

const zones = ["ap-northeast-1a", "ap-northeast-1c"];
const isolatedTerminalCidrs = ["192.0.2.0/28"];
const endpointPull = { mode: "endpoint", isolatedTerminalCidrs, network: { availabilityZones: zones } };
const prefix = { repositoryPrefix: "air" };

interface Variant {
  what: string;
  stack: keyof Stacks;
  overrides: Record<string, unknown>;
  /** What the pack has to be told. */
  settings?: Record<string, Record<string, unknown>>;
}

const sound: Variant[] = [
  {
    what: "pulls from listed addresses",
    stack: "target",
    overrides: { pull: { mode: "addresses", isolatedTerminalCidrs } },
    settings: { "isolation-holds": { accepted: ["C5"] } },
  },
  {
    what: "locks the pull user to the VPC",
    stack: "target",
    overrides: { pull: { ...endpointPull, lock: "sourceVpc" } },
  },
  {
    what: "locks the pull user out of public addresses",
    stack: "target",
    overrides: { pull: { ...endpointPull, lock: "noSourceIp" } },
    settings: { "isolation-holds": { accepted: ["C3"] } },
  },
  { what: "keeps its repositories under a customer key", stack: "target", overrides: { customerKey: true } },
  { what: "is rotating a credential", stack: "target", overrides: { pushCredentialEpochs: [1, 2] } },
  {
    what: "names its repositories by a prefix, as the pack is told",
    stack: "target",
    overrides: prefix,
    settings: {
      "gate-policy-names-exact-repositories": prefix,
      "pull-endpoint-admits-git-pull-only": prefix,
    },
  },
  {
    what: "has one NAT gateway only",
    stack: "source",
    overrides: { network: { availabilityZones: zones, natGateways: "Single" } },
  },
];

const full = (overrides: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(overrides).map(([key, value]) => [`git-airlock:${key}`, value]));

describe("the policy pack, on what the program can make", () => {
  it("says nothing of either stack as it is configured here", async function () {
    this.timeout(60_000);
    const { source, target } = await deployedStacks();
    expect(await run(rules, source)).to.deep.equal({ violations: [], waiting: [] });
    expect(await run(rules, target)).to.deep.equal({ violations: [], waiting: [] });
  });

  for (const { what, stack, overrides, settings } of sound) {
    it(`says nothing of a ${stack} that ${what}`, async function () {
      this.timeout(60_000);
      const outcome = await run(rules, await deployedVariant(stack, full(overrides)), settings);
      expect(outcome).to.deep.equal({ violations: [], waiting: [] });
    });
  }

  it("stops no source whose GitLab is named in a zone, at its first preview and when deployed", async function () {
    this.timeout(60_000);
    const gitlab = { hostname: "gitlab.dev.example.com", hostedZoneId: "Z0123456789ABCDEFGHIJ" };
    const { violations } = await run(rules, await previewedZone(gitlab));
    expect(violations).to.deep.equal([]);
    const deployed = await deployedVariant("source", full({ gitlab: { version: "19.4.1", ...gitlab } }));
    expect(await run(rules, deployed)).to.deep.equal({ violations: [], waiting: [] });
  });

  it("stops a prefix that it is not told of", async function () {
    this.timeout(60_000);
    const { violations } = await run(rules, await deployedVariant("target", full(prefix)));
    expect(new Set(violations.map(({ rule }) => rule))).to.deep.equal(
      new Set(["gate-policy-names-exact-repositories", "pull-endpoint-admits-git-pull-only"]),
    );
  });

  it("stops a GitLab that goes out without a proxy", async function () {
    this.timeout(60_000);
    const { violations } = await run(
      rules,
      await deployedVariant("source", full({ proxy: { mode: "none" } })),
    );
    const rulesThatStop = new Set(violations.map(({ rule }) => rule));
    expect([...rulesThatStop]).to.deep.equal([
      "isolation-holds",
      "gitlab-has-no-route-out",
      "gitlab-egress-stays-inside",
      "gitlab-resolver-is-closed",
    ]);
  });
});
