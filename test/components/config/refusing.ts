/** Configurations that are refused, one wrong value at a time. */
import { expect } from "chai";
import { problemsOf, type Values } from "./entries";

/** What is changed of a sound config, the key that must be named (after `git-airlock:`), and what must be said. */
export type Row = [change: Values, key: string, says: RegExp];

/** Tests that each change is refused by one line, and that it is the change that is refused. */
export function testRefusals(role: "source" | "target", sound: Values, rows: readonly Row[]): void {
  it(`while the sound ${role} that the cases below break is not refused`, () => {
    expect(problemsOf(sound)).to.deep.equal([]);
  });
  for (const [change, key, says] of rows) {
    it(`${role}: ${JSON.stringify(change).slice(0, 110)}`, () => {
      const lines = problemsOf({ ...sound, ...change });
      expect(lines.map((line) => line.split(": ")[0])).to.include(`git-airlock:${key}`);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(says);
    });
  }
}
