import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { triggerEach, type TriggeredTripwire } from "../../../rehearsal/scenario/triggerTripwires";
import { afterDelivery, asTheyCome, deployBoth, goThrough, type Overrides } from "../rehearsing";

const every = ["foreign-write", "gate-change", "gate-misuse", "notification", "push-user-read", "silenced"];

/** Triggers each once, on a testbed that a small repository was carried over. */
function trigger(prd?: Overrides): Promise<TriggeredTripwire[]> {
  return afterDelivery(
    (testbed, { target }) => triggerEach(testbed, target, () => undefined),
    prd && { prd },
  );
}

const silent = (results: readonly TriggeredTripwire[]) =>
  results.filter(({ message }) => message === undefined).map(({ tripwire }) => tripwire);

describe("the tripwires of the rehearsal", () => {
  it("each fire, with a sentence that a person understands, and are silent when somebody turns the trail off", async () => {
    await afterDelivery(async (testbed, { target }) => {
      const results = await triggerEach(testbed, target, () => undefined);
      expect(results.map(({ tripwire }) => tripwire).sort()).to.deep.equal(every);
      for (const { message } of results)
        expect(message).to.match(
          /^[A-Z].* \((\w+)\) at 2026-01-01T00:00:00Z\. .*[0-9a-f]{8}-[0-9a-f-]{27} .*\.$/,
        );
      const { cloudTrail } = target.account;
      const logsEverything = cloudTrail.logsEverything.bind(cloudTrail);
      cloudTrail.logsEverything = () => false;
      rmSync(join(testbed.gitlabHost.home, "carried-out-prd.git"), { recursive: true });
      try {
        const unlogged = await triggerEach(testbed, target, () => undefined);
        expect(silent(unlogged).sort()).to.deep.equal(every);
      } finally {
        cloudTrail.logsEverything = logsEverything;
      }
    });
  });

  it("each fire with repositories of a prefix too", async () => {
    expect(silent(await trigger({ "git-airlock:repositoryPrefix": "airlock" }))).to.deep.equal([]);
  });

  it("are not there when alarms are off", async () => {
    expect(await trigger({ "git-airlock:alarms": { enabled: false } })).to.deep.equal([]);
  });

  it("fire where the account has a trail of its own", async () => {
    expect(silent(await trigger({ "git-airlock:alarms": { trail: "existing" } }))).to.deep.equal([]);
  });

  it("of what an insider tries, show what gate users and the proxy are refused, and nothing else", async () => {
    const { escapes } = await goThrough(await asTheyCome());
    const alarms = Object.fromEntries(escapes.map(({ attempt, alarms }) => [attempt, alarms]));
    expect(alarms).to.deep.include({
      "An isolated terminal pushes with the pull credential": ["gate-misuse"],
      "An isolated terminal pushes with the push credential, stolen": ["gate-misuse"],
      "Somebody outside pulls with the pull credential, stolen": ["gate-misuse"],
      "GitLab pushes a reference beside the configured ones": ["gate-misuse"],
      "GitLab mirrors to another host, as a hostile maintainer would have it": ["source-proxy-refusals"],
      // In the stranger's account, whose events nobody here hears of.
      "An isolated terminal pushes to a stranger's AWS account, with the stranger's credential": [],
      "An isolated terminal carries data out in a DNS name": [],
    });
  });

  it("are alone where the source's alarms are off", async () => {
    const sides = await deployBoth({ dev: { "git-airlock:alarms": { enabled: false } } });
    const { escapes } = await goThrough(sides);
    expect([...new Set(escapes.flatMap(({ alarms }) => alarms))]).to.deep.equal(["gate-misuse"]);
  });
});
