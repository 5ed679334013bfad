/** What every rule has to show: silence on a good program, one thing broken, another type, and a value still to come. */
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { run, type Rule, type Subject } from "./harness";

/** A value that is only known once something exists, as a preview has it. */
export const UNKNOWN = pulumi.runtime.unknownValue;

export interface RuleCase {
  rule: Rule;
  /** A program of somebody else's, around the properties that the rule is about. */
  program: (properties: Record<string, unknown>) => Subject[];
  good: Record<string, unknown>;
  bad: Record<string, unknown>;
  /** What the message about the bad ones holds. */
  says: string;
  /** @default UNKNOWN for each of the good ones */
  unknown?: Record<string, unknown>;
  /** What the rule does about unknown ones: wait, or leave it to the update or to another rule. @default "waits" */
  ifUnknown?: "waits" | "passes";
  /** Whether the rule is about resources of every type. @default false */
  everyType?: boolean;
  /** The rule's settings. */
  settings?: Record<string, unknown>;
}

export function describeRule(title: string, ruleCase: RuleCase): void {
  const { rule, program, good, bad, says, settings = {}, ifUnknown = "waits", everyType = false } = ruleCase;
  const over = (subjects: Subject[]) => run([rule], subjects, { [rule.name]: settings });

  describe(`${rule.name}: ${title}`, () => {
    it("says nothing where all is well", async () => {
      expect(await over(program(good))).to.deep.equal({ violations: [], waiting: [] });
    });

    it("says what is broken", async () => {
      const { violations } = await over(program(bad));
      expect(violations.map(({ message }) => message)).to.have.lengthOf(1);
      expect(violations[0]?.message).to.contain(says);
    });

    it(`${everyType ? "knows no" : "leaves"} other types of resource${everyType ? "" : " alone"}`, async () => {
      const others = program(bad).map((s) => ({ ...s, type: "other:index/thing:Thing" }));
      const { violations, waiting } = await over(others);
      expect(violations).to.have.lengthOf(everyType ? 1 : 0);
      expect(waiting).to.deep.equal([]);
    });

    it(`${ifUnknown} while a value is not known`, async () => {
      const unknown = ruleCase.unknown ?? Object.fromEntries(Object.keys(good).map((key) => [key, UNKNOWN]));
      const { violations, waiting } = await over(program(unknown));
      expect(violations).to.deep.equal([]);
      expect(waiting).to.have.lengthOf(ifUnknown === "waits" ? 1 : 0);
    });
  });
}
