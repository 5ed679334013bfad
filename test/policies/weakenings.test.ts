import { expect } from "chai";
import { isolationHolds } from "../../policies/isolation";
import { rules as allRules } from "../../policies/rules";
import { weakenings } from "../weakenings";
import { weaken } from "../weakenings/weakening";
import { deployedStacks, previewedStacks, type Stacks } from "./deployments";
import { run } from "./harness";

/** The proof finds much of what the others find; what each of them finds by itself is shown without it. */
const rules = allRules.filter((rule) => rule !== isolationHolds);
const stopped = weakenings.filter(({ rule }) => rule !== undefined);
const harmless = weakenings.filter(({ claim, rule }) => claim === undefined && rule === undefined);

describe("the policy pack, on a weakened program", () => {
  let stacks: Stacks;
  before(async function () {
    this.timeout(60_000);
    stacks = await deployedStacks();
  });

  it("is shown at least 25 that it stops", () => {
    expect(stopped.filter(({ level }) => level === undefined)).to.have.length.of.at.least(75);
  });

  for (const weakening of stopped) {
    const { what, rule: [rule, ...says] = [], level = "mandatory" } = weakening;
    it(`${level === "mandatory" ? "stops" : "warns"} an author who ${what}`, async () => {
      const { violations, waiting } = await run(rules, weaken(weakening, stacks).resources);
      expect(new Set(violations.map((v) => `${v.rule} (${v.level})`))).to.deep.equal(
        new Set([`${String(rule)} (${level})`]),
        JSON.stringify(violations, null, 1),
      );
      expect(waiting).to.deep.equal([]);
      const [violation] = violations;
      for (const part of says) expect(violation?.message).to.contain(part);
    });
  }

  for (const weakening of harmless) {
    it(`lets an author through who ${weakening.what}`, async () => {
      const { resources } = weaken(weakening, stacks);
      expect(await run(rules, resources)).to.deep.equal({ violations: [], waiting: [] });
    });
  }
});

/** What hangs on an id: the pull policy on its endpoint's, user data on a volume's. */
const LATE_DOCUMENTS = [
  "gate-policy-has-no-wildcard-action",
  "no-secret-in-user-data",
  "pull-policy-is-locked-to-isolated-zone",
  "pull-policy-reads-only",
];

describe("the policy pack, before anything exists", () => {
  let stacks: Stacks;
  before(async function () {
    this.timeout(60_000);
    stacks = await previewedStacks();
  });

  it("lets through neither program, and says nothing but what it waits for", async () => {
    const source = await run(rules, stacks.source);
    expect(source.violations).to.deep.equal([]);
    expect(source.waiting).to.deep.equal([]);
    const target = await run(rules, stacks.target);
    expect(target.violations).to.deep.equal([]);
    expect(target.waiting).to.deep.equal(["gate-policy-can-be-decided: target-pull-policy-1"]);
  });

  it("stops a weakened one all the same, unless what was weakened is still to come", async function () {
    this.timeout(60_000);
    const late = new Set<string>();
    for (const weakening of stopped) {
      const [rule = ""] = weakening.rule ?? [];
      const editor = weaken(weakening, stacks);
      const { violations } = await run(rules, editor.resources);
      const isStopped = violations.some((violation) => violation.rule === rule);
      if (!isStopped) late.add(rule);
      if (!editor.metUnknown) expect(isStopped, `an author who ${weakening.what}`).to.equal(true);
    }
    expect([...late].sort()).to.deep.equal([...LATE_DOCUMENTS].sort());
  });
});
