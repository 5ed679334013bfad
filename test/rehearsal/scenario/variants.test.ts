import { join } from "node:path";
import { expect } from "chai";
import type { Escape } from "../../../rehearsal/scenario/escapes";
import { admittedAddresses } from "../../../rehearsal/scenario/pushPolicies";
import type { RehearsalResult } from "../../../rehearsal/scenario/rehearse";
import type { StackOverrides } from "../../../rehearsal/engines/readStacks";
import { goThrough, inFolder, rehearseIn, deployBoth, sidesWith, type Overrides } from "../rehearsing";
import { commit, makeRepository } from "../someRepository";

/** The whole rehearsal of a variant of this clone's configuration, with a small repository. */
function rehearseVariant(overrides: StackOverrides): Promise<RehearsalResult> {
  return inFolder((folder) => {
    const repository = makeRepository(join(folder, "source.git"), [commit({ branch: "main" })]);
    return rehearseIn(folder, { repository, overrides });
  });
}

const names = (escapes: readonly Escape[]) => escapes.map(({ attempt }) => attempt);
const notRefused = (escapes: readonly Escape[]) => escapes.filter(({ refused }) => !refused);
const endpointPull = {
  mode: "endpoint",
  isolatedTerminalCidrs: ["192.0.2.0/24"],
  network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["ap-northeast-1a"] },
};

describe("a variant of the configuration", () => {
  describe("that pulls from listed addresses", () => {
    let result: RehearsalResult;
    before(async () => {
      const pull = { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] };
      result = await rehearseVariant({ prd: { "git-airlock:pull": pull } });
    });

    it("carries code in", () => {
      expect(result.delivery.comparison.equal).to.equal(true);
    });

    it("leaves the way to a stranger's account open, and says so as claim C5", () => {
      const open = result.escapes.filter(({ knownGap }) => knownGap?.startsWith("C5"));
      expect(names(open)).to.deep.equal([
        "An isolated terminal pushes to a stranger's AWS account, with the stranger's credential",
        "An isolated terminal fetches from a stranger's AWS account",
      ]);
      expect(open.map(({ refused }) => refused)).to.deep.equal([false, false]);
    });

    it("is seen to have the counter-example that the proof gives for C5", () => {
      expect(result.practice.map(({ claim, outcome, by }) => [claim, outcome, by])).to.deep.equal([
        [
          "C5",
          "as the proof says",
          'allowed: allowed by statement Everything of the identity policy "everything"',
        ],
      ]);
    });

    it("says that nothing of it stands between the isolated room and the name system, as claim C6", () => {
      const open = result.escapes.filter(({ knownGap }) => knownGap?.startsWith("C6"));
      expect(names(open)).to.deep.equal(["An isolated terminal carries data out in a DNS name"]);
    });

    it("refuses everything else, and passes", () => {
      const others = result.escapes.filter(({ knownGap }) => knownGap === undefined);
      expect(others).to.have.length(result.escapes.length - 3);
      expect(notRefused(others)).to.deep.equal([]);
      expect(result.passed).to.equal(true);
    });

    it("keeps isolated terminals away from GitLab by the ingress's security group", () => {
      const attempt = result.escapes.find(({ attempt }) => attempt.includes("pushes to GitLab"));
      expect(attempt).to.deep.include({
        refused: true,
        by: "the ingress's security group lets nobody in from 192.0.2.1",
      });
    });
  });

  it("without a proxy carries code in, and says that nothing limits where GitLab goes, as claim C7", async () => {
    const { delivery, escapes, passed } = await rehearseVariant({
      dev: { "git-airlock:proxy": { mode: "none" } },
    });
    expect(delivery.comparison.equal).to.equal(true);
    const open = notRefused(escapes);
    expect(names(open)).to.deep.equal([
      "GitLab mirrors to another host, as a hostile maintainer would have it",
      "GitLab goes around the proxy",
    ]);
    for (const { knownGap, by } of open) {
      expect(knownGap).to.match(/^C7 is refuted/);
      expect(by).to.match(/^the connection left, from 203\.0\.113\.1[01] to attacker\.example\.com:443$/);
    }
    expect(passed).to.equal(true);
  });

  /** Variants that close what the stack files' own configuration closes. */
  const closed: Record<string, Overrides> = {
    "that locks the pull user to the VPC": { "git-airlock:pull": { ...endpointPull, lock: "sourceVpc" } },
    "that locks the pull user to the absence of an address": {
      "git-airlock:pull": { ...endpointPull, lock: "noSourceIp" },
    },
    "that names its repositories by a prefix": { "git-airlock:repositoryPrefix": "airlock" },
  };
  for (const [variant, overrides] of Object.entries(closed)) {
    it(`${variant} carries code in and refuses every way out`, async () => {
      const { delivery, escapes } = await goThrough(await sidesWith({ prd: overrides }));
      expect(delivery.comparison.equal).to.equal(true);
      expect(notRefused(escapes)).to.deep.equal([]);
    });
  }

  it("with git over ssh turned off and office hours carries code in and refuses every way out", async () => {
    const gitlab = {
      ...{ hostname: "gitlab.dev.example.com", version: "18.5.1", selfSignedCertificate: true },
      gitOverSsh: false,
      officeHours: { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" },
    };
    const sides = await deployBoth({ dev: { "git-airlock:gitlab": gitlab } });
    const listeners = sides.source.deployment.ofType("aws:lb/listener:Listener");
    expect(listeners.map(({ inputs }) => inputs["port"]))
      .to.include(443)
      .and.not.include(22);
    expect(sides.source.deployment.ofType("aws:scheduler/schedule:Schedule")).to.have.length(2);
    const { delivery, escapes } = await goThrough(sides);
    expect(delivery.comparison.equal).to.equal(true);
    expect(notRefused(escapes)).to.deep.equal([]);
  });

  it("with one NAT gateway pushes from its one address", async () => {
    const network = { availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"], natGateways: "Single" };
    const sides = await deployBoth({
      dev: { "git-airlock:network": network },
      prd: { "git-airlock:sourceAddressCount": 1 },
    });
    expect(admittedAddresses(sides.target)).to.deep.equal(["203.0.113.10/32"]);
    const { delivery, escapes } = await goThrough(sides);
    expect(delivery.comparison.equal).to.equal(true);
    expect(delivery.pushedFrom).to.deep.equal(["203.0.113.10"]);
    expect(notRefused(escapes)).to.deep.equal([]);
  });
});
