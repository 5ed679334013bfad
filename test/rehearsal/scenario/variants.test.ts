/** Every state that the README describes is one in which the rehearsal is right. */
import { join } from "node:path";
import { expect } from "chai";
import type { StackOverrides } from "../../../rehearsal/engines/readStacks";
import { stateOfCertificate } from "../../../rehearsal/aws/identity/acm";
import { textAt } from "../../../rehearsal/engines/in-process/deployment";
import type { Escape } from "../../../rehearsal/scenario/escapes";
import { admittedAddresses } from "../../../rehearsal/scenario/pushPolicies";
import type { RehearsalResult } from "../../../rehearsal/scenario/rehearse";
import { goThrough, inFolder, rehearseIn, sidesWith } from "../rehearsing";
import { commit, makeRepository } from "../someRepository";

/** The whole rehearsal of a variant of this clone's configuration, with a small repository. */
function rehearseVariant(overrides: StackOverrides): Promise<RehearsalResult> {
  return inFolder((folder) => {
    const repository = makeRepository(join(folder, "source.git"), [commit({ branch: "main" })]);
    return rehearseIn(folder, { repository, overrides });
  });
}

const names = (escapes: readonly Escape[]) => escapes.map(({ attempt }) => attempt);
const notProved = ({ report }: RehearsalResult) =>
  report.verdicts.filter(({ status }) => status !== "proved").map(({ claim }) => claim);
const notRefused = (escapes: readonly Escape[]) => escapes.filter(({ refused }) => !refused);

const gitlab = { hostname: "gitlab.dev.example.com", version: "19.4.1", selfSignedCertificate: true };
const gitlabInZone = {
  hostname: gitlab.hostname,
  version: gitlab.version,
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
};
const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const certificateArn =
  "arn:aws:acm:ap-northeast-1:123456789012:certificate/11111111-2222-3333-4444-555555555555";

const singleNat = {
  availabilityZones: ["ap-northeast-1b", "ap-northeast-1c"],
  natGateways: "Single",
};
const endpointPull = {
  mode: "endpoint",
  isolatedTerminalCidrs: ["192.0.2.0/24"],
  network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["ap-northeast-1a"] },
};

// Settings that do not touch each other go through one rehearsal together.
describe("a variant of the configuration", () => {
  /** What every rehearsal has to show. */
  function passes(result: () => RehearsalResult, epochs: number[][]): void {
    it("carries code in unchanged, rotates without losing a push, and passes", () => {
      const { delivery, contradictions, falseAlarms, rotation, passed } = result();
      expect(delivery.comparison).to.deep.include({ equal: true, differences: [] });
      expect(contradictions).to.deep.equal([]);
      expect(falseAlarms).to.deep.equal([]);
      expect(rotation).to.deep.include({ epochs, failed: [], oldIsRefused: true });
      expect(passed).to.equal(true);
    });
  }

  describe("in the middle of a rotation, with pinned addresses, a prefix, an existing trail, a zone of its own, office hours and mails", () => {
    let result: RehearsalResult;
    before(async () => {
      result = await rehearseVariant({
        dev: {
          "git-airlock:gitlab": { ...gitlabInZone, officeHours, gitOverSsh: false },
          "git-airlock:alarms": { emails: ["operators@example.com"] },
        },
        prd: {
          "git-airlock:pushCredentialEpochs": [1, 2],
          "git-airlock:pullCredentialEpochs": [1, 2],
          "git-airlock:expectedSourceAddresses": ["52.192.10.1", "52.192.10.2"],
          "git-airlock:repositoryPrefix": "airlock",
          "git-airlock:alarms": { trail: "existing", emails: ["operators@example.com"] },
          "git-airlock:deployerArns": [role("deployer")],
          "git-airlock:breakGlassArns": [role("break-glass")],
        },
        mirror: { "git-airlock:dashboard": true, "git-airlock:createProjects": true },
      });
    });

    passes(() => result, [[1, 2], [2], [2, 3], [3]]);

    it("refuses every way out", () => {
      expect(notRefused(result.escapes)).to.deep.equal([]);
    });

    it("leads developers to GitLab by its record, under a certificate that ACM has issued", () => {
      const { account, deployment } = result.source;
      expect(account.route53.answer(gitlab.hostname, "A")).to.deep.equal([
        deployment.output("ingressDnsName"),
      ]);
      const arn = textAt(
        deployment.resource("aws:lb/listener:Listener", "source-web").inputs,
        "certificateArn",
      );
      expect(stateOfCertificate(account, arn)).to.equal("issued");
      expect(deployment.ofType("tls:index/privateKey:PrivateKey")).to.deep.equal([]);
      expect(notProved(result)).to.deep.equal([]);
    });

    it("has no listener for git over ssh, and a schedule for the start and the stop", () => {
      const { deployment } = result.source;
      const ports = deployment.ofType("aws:lb/listener:Listener").map(({ inputs }) => inputs["port"]);
      expect(ports).to.include(443).and.not.include(22);
      expect(deployment.ofType("aws:scheduler/schedule:Schedule")).to.have.length(2);
    });

    it("names the airlock repositories by the prefix, and triggers every tripwire", () => {
      expect(result.delivery.airlockUrl).to.match(/\/v1\/repos\/airlock-[^/]+$/);
      expect(result.tripwires).to.have.length(6);
    });
  });

  describe("after a rotation, pulling from listed addresses, behind one NAT gateway, with own certificate, one branch alone and alarms off", () => {
    let result: RehearsalResult;
    before(async () => {
      result = await rehearseVariant({
        dev: {
          "git-airlock:gitlab": { hostname: gitlab.hostname, version: gitlab.version, certificateArn },
          "git-airlock:alarms": { enabled: false },
          "git-airlock:network": singleNat,
        },
        prd: {
          "git-airlock:pushCredentialEpochs": [3],
          "git-airlock:pull": { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] },
          "git-airlock:references": ["refs/heads/main"],
          "git-airlock:alarms": { enabled: false },
          "git-airlock:sourceAddressCount": 1,
          "git-airlock:deployerArns": [role("deployer")],
        },
        mirror: { "git-airlock:onlyProtectedBranches": true },
      });
    });

    passes(() => result, [[3], [3, 4], [4]]);

    it("pushes from the one address", () => {
      expect(admittedAddresses(result.target)).to.deep.equal(["203.0.113.10/32"]);
      expect(result.delivery.pushedFrom).to.deep.equal(["203.0.113.10"]);
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

    it("refuses everything else", () => {
      const others = result.escapes.filter(({ knownGap }) => knownGap === undefined);
      expect(others).to.have.length(result.escapes.length - 3);
      expect(notRefused(others)).to.deep.equal([]);
    });

    it("keeps isolated terminals away from GitLab by the ingress's security group", () => {
      const attempt = result.escapes.find(({ attempt }) => attempt.includes("pushes to GitLab"));
      expect(attempt).to.deep.include({
        refused: true,
        by: "the ingress's security group lets nobody in from 192.0.2.1",
      });
    });
  });

  describe("by the FIPS endpoint, under a customer key", () => {
    const region = { "aws:region": "us-west-2" };
    const availabilityZones = ["us-west-2a", "us-west-2b"];
    const fips = { "git-airlock:fips": true };
    let result: RehearsalResult;
    before(async () => {
      result = await rehearseVariant({
        dev: { ...region, ...fips, "git-airlock:network": { availabilityZones } },
        prd: {
          ...region,
          ...fips,
          "git-airlock:customerKey": true,
          "git-airlock:pull": { ...endpointPull, network: { availabilityZones } },
        },
        mirror: region,
      });
    });

    passes(() => result, [[1], [1, 2], [2]]);

    it("pushes and pulls by that name alone", () => {
      const host = "git-codecommit-fips.us-west-2.amazonaws.com";
      expect(result.delivery.airlockUrl).to.match(new RegExp(`^https://${host}/v1/repos/`));
      expect(notRefused(result.escapes)).to.deep.equal([]);
    });

    it("is proved as the ordinary endpoint and AWS's key are", () => {
      expect(notProved(result)).to.deep.equal([]);
    });
  });

  describe("in the middle of a later rotation, without a proxy, behind one NAT gateway, withdrawn, in somebody else's organization", () => {
    let result: RehearsalResult;
    before(async () => {
      result = await rehearseVariant({
        dev: { "git-airlock:network": singleNat, "git-airlock:proxy": { mode: "none" } },
        prd: {
          "git-airlock:sourceStack": "acme/git-airlock/dev",
          "git-airlock:pushCredentialEpochs": [3, 4],
          "git-airlock:sourceAddressCount": 1,
          "git-airlock:deployerArns": ["arn:aws:iam::999999999999:role/ci"],
          "git-airlock:references": ["refs/heads/release/*", "refs/heads/main"],
        },
        mirror: {
          "git-airlock:sourceStack": "acme/git-airlock/dev",
          "git-airlock:targetStacks": ["acme/git-airlock/prd"],
          "git-airlock:withdrawn": true,
        },
      });
    });

    passes(() => result, [[3, 4], [4], [4, 5], [5]]);

    it("says that nothing limits where GitLab goes, as claim C7", () => {
      const open = notRefused(result.escapes);
      expect(names(open)).to.deep.equal([
        "GitLab mirrors to another host, as a hostile maintainer would have it",
        "GitLab goes around the proxy",
        "GitLab's host carries data out in a DNS name",
      ]);
      for (const { knownGap } of open) expect(knownGap).to.match(/^C7 is refuted/);
      expect(open.map(({ by }) => by)).to.deep.equal([
        "the connection left, from 203.0.113.10 to attacker.example.com:443",
        "the connection left, from 203.0.113.10 to 198.18.0.1:443",
        "nothing refused it",
      ]);
    });
  });

  for (const lock of ["sourceVpc", "noSourceIp"])
    it(`whose pull user has the lock ${lock} carries code in and refuses every way out`, async () => {
      const pull = { ...endpointPull, lock };
      const { delivery, escapes } = await goThrough(await sidesWith({ prd: { "git-airlock:pull": pull } }));
      expect(delivery.comparison.equal).to.equal(true);
      expect(notRefused(escapes)).to.deep.equal([]);
    });
});
