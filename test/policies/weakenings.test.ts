import { expect } from "chai";
import { isolationHolds } from "../../policies/isolation";
import { rules as allRules } from "../../policies/rules";
import { deployedStacks, previewedStacks, type Stacks } from "./deployments";
import { run } from "./harness";
import { weakenings } from "./weakenings";
import { Editor } from "./weakenings/weakening";

/** The proof finds much of what the others find; what each of them finds by itself is shown without it. */
const rules = allRules.filter((rule) => rule !== isolationHolds);

describe("the policy pack, on a weakened program", () => {
  let stacks: Stacks;
  before(async function () {
    this.timeout(60_000);
    stacks = await deployedStacks();
  });

  it("is shown at least 25 that it stops", () => {
    expect(weakenings.filter(({ level }) => level === undefined)).to.have.length.of.at.least(25);
  });

  for (const { what, stack, weaken, rule, level = "mandatory", says } of weakenings) {
    it(`${level === "mandatory" ? "stops" : "warns"} an author who ${what}`, async () => {
      const editor = new Editor(stacks[stack]);
      weaken(editor);
      const { violations, waiting } = await run(rules, editor.subjects);
      expect(new Set(violations.map((v) => `${v.rule} (${v.level})`))).to.deep.equal(
        new Set([`${rule} (${level})`]),
        JSON.stringify(violations, null, 1),
      );
      expect(waiting).to.deep.equal([]);
      const [violation] = violations;
      for (const part of says) expect(violation?.message).to.contain(part);
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
    for (const { what, stack, weaken, rule } of weakenings) {
      const editor = new Editor(stacks[stack]);
      weaken(editor);
      const { violations } = await run(rules, editor.subjects);
      const isStopped = violations.some((violation) => violation.rule === rule);
      if (!isStopped) late.add(rule);
      if (!editor.metUnknown) expect(isStopped, `an author who ${what}`).to.equal(true);
    }
    expect([...late].sort()).to.deep.equal([...LATE_DOCUMENTS].sort());
  });
});
