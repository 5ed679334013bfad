/** Every state that the README describes is one in which the rehearsal is right. */
import { join } from "node:path";
import { expect } from "chai";
import type { RehearsalResult } from "../../../rehearsal/scenario/rehearse";
import type { StackOverrides } from "../../../rehearsal/engines/readStacks";
import { inFolder, rehearseIn } from "../rehearsing";
import { commit, makeRepository } from "../someRepository";

/** The whole rehearsal with a small repository. */
function rehearseState(overrides: StackOverrides): Promise<RehearsalResult> {
  return inFolder((folder) => {
    const repository = makeRepository(join(folder, "source.git"), [commit({ branch: "main" })]);
    return rehearseIn(folder, { repository, overrides });
  });
}

const gitlab = { hostname: "gitlab.dev.example.com", version: "19.3.2", selfSignedCertificate: true };
const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const certificateArn =
  "arn:aws:acm:ap-northeast-1:123456789012:certificate/11111111-2222-3333-4444-555555555555";

/** States that do not touch each other go through one rehearsal together. */
const states: [what: string, overrides: StackOverrides, epochs: number[][]][] = [
  [
    "in the middle of a rotation, with pinned addresses, a prefix, a trail that exists, office hours and mails",
    {
      dev: {
        "git-airlock:gitlab": { ...gitlab, officeHours, gitOverSsh: false },
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
    },
    [[1, 2], [2], [2, 3], [3]],
  ],
  [
    "after a rotation, in addresses mode, with own certificate, one branch alone and alarms off",
    {
      dev: {
        "git-airlock:gitlab": { hostname: gitlab.hostname, version: gitlab.version, certificateArn },
        "git-airlock:alarms": { enabled: false },
      },
      prd: {
        "git-airlock:pushCredentialEpochs": [3],
        "git-airlock:pull": { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] },
        "git-airlock:references": ["refs/heads/main"],
        "git-airlock:alarms": { enabled: false },
        "git-airlock:deployerArns": [role("deployer")],
      },
      mirror: { "git-airlock:onlyProtectedBranches": true },
    },
    [[3], [3, 4], [4]],
  ],
  [
    "in the middle of a later rotation, without a proxy, behind one NAT gateway, withdrawn, in somebody else's organization",
    {
      dev: {
        "git-airlock:network": {
          availabilityZones: ["ap-northeast-1b", "ap-northeast-1c"],
          natGateways: "Single",
        },
        "git-airlock:proxy": { mode: "none" },
      },
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
    },
    [[3, 4], [4], [4, 5], [5]],
  ],
];

describe("npm start is right", () => {
  for (const [what, overrides, epochs] of states)
    it(what, async () => {
      const result = await rehearseState(overrides);
      expect(result.delivery.comparison.differences).to.deep.equal([]);
      expect(result.contradictions).to.deep.equal([]);
      expect(result.falseAlarms).to.deep.equal([]);
      expect(result.rotation).to.deep.include({ epochs, failed: [], oldIsRefused: true });
      expect(result.passed).to.equal(true);
    });
});
