import { expect } from "chai";
import { carrierRows } from "./carriers";
import type { Row } from "./rows";
import { secretRows } from "./secrets";
import { starterRows } from "./starters";
import { verdictsAfter } from "./threeStacks";

const rows: readonly Row[] = [...carrierRows, ...secretRows, ...starterRows];
const claimsOf = ({ claims = [] }: Row) => claims;

describe("the prover, shown all three stacks", () => {
  it("proves every claim of the good ones, with alarms by e-mail and office hours", async () => {
    const verdicts = await verdictsAfter("source", () => undefined);
    expect(verdicts.filter(({ status }) => status !== "proved")).to.deep.equal([]);
  });

  for (const row of rows)
    for (const claim of claimsOf(row))
      it(`${row.unknown === undefined ? "refutes" : "leaves open"} ${claim} where an author ${row.what}`, async () => {
        const verdict = (await verdictsAfter(row.stack, row.edit)).find((one) => one.claim === claim);
        expect(verdict?.status, verdict?.summary).to.equal(row.unknown === undefined ? "refuted" : "unknown");
        if (row.unknown !== undefined) expect(verdict?.reasons.join("\n")).to.contain(row.unknown);
      });

  for (const row of rows.filter((one) => claimsOf(one).length === 0))
    it(`proves every claim as before where an author ${row.what}`, async () => {
      const verdicts = await verdictsAfter(row.stack, row.edit);
      const open = verdicts.filter(({ status }) => status !== "proved");
      expect(open.map(({ claim, status, summary }) => `${claim} ${status}: ${summary}`)).to.deep.equal([]);
    });
});
