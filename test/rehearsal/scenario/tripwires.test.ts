import { expect } from "chai";
import { ringEach, type Ringing } from "../../../rehearsal/scenario/tripwires";
import type { StoodUp } from "../../../rehearsal/engines/standUp";
import { afterDelivery, goThrough, standBothUp, type Overrides } from "../rehearsing";

const every = ["foreign-write", "gate-change", "gate-misuse", "notification", "push-user-read", "silenced"];

function ring(
  prd: Overrides = {},
  change: (target: StoodUp<"target">) => void = () => undefined,
): Promise<Ringing[]> {
  return afterDelivery(
    (stage, { target }) => {
      change(target);
      return ringEach(stage, target, () => undefined);
    },
    { prd },
  );
}

const silent = (ringings: readonly Ringing[]) =>
  ringings.filter(({ message }) => message === undefined).map(({ tripwire }) => tripwire);

describe("the tripwires of the rehearsal", () => {
  it("each ring, with a sentence that a person understands", async () => {
    const ringings = await ring();
    expect(ringings.map(({ tripwire }) => tripwire).sort()).to.deep.equal(every);
    for (const { message } of ringings)
      expect(message).to.match(
        /^[A-Z].* \((\w+)\) at 2026-01-01T00:00:00Z\. .*[0-9a-f]{8}-[0-9a-f-]{27} .*\.$/,
      );
  });

  it("each ring with repositories of a prefix too", async () => {
    expect(silent(await ring({ "git-airlock:repositoryPrefix": "airlock" }))).to.deep.equal([]);
  });

  it("are not there when alarms are off", async () => {
    expect(await ring({ "git-airlock:alarms": { enabled: false } })).to.deep.equal([]);
  });

  it("ring where the account has a trail of its own", async () => {
    expect(silent(await ring({ "git-airlock:alarms": { trail: "existing" } }))).to.deep.equal([]);
  });

  it("are seen to be silent when somebody turns the trail off", async () => {
    const ringings = await ring({}, ({ account }) => {
      account.cloudTrail.logsEverything = () => false;
    });
    expect(silent(ringings).sort()).to.deep.equal(every);
  });

  it("of what an insider tries, show what gate users and the proxy are refused, and nothing else", async () => {
    const { escapes } = await goThrough(await standBothUp());
    const rings = Object.fromEntries(escapes.map(({ attempt, rings }) => [attempt, rings]));
    expect(rings).to.deep.include({
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
    const sides = await standBothUp({ dev: { "git-airlock:alarms": { enabled: false } } });
    const { escapes } = await goThrough(sides);
    expect([...new Set(escapes.flatMap(({ rings }) => rings))]).to.deep.equal(["gate-misuse"]);
  });
});
