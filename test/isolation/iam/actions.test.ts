import { expect } from "chai";
import { CODECOMMIT_ACTIONS } from "../../../isolation/iam/actions";

describe("the table of CodeCommit's actions", () => {
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodecommit.html, in November 2026
  it("holds as many of each access level as AWS lists", () => {
    const counts: Record<string, number> = {};
    for (const { access } of CODECOMMIT_ACTIONS) counts[access] = (counts[access] ?? 0) + 1;
    expect(counts).to.deep.equal({ Write: 46, Read: 34, List: 8, Tagging: 2 });
  });

  it("holds each of them once, in the order of their names", () => {
    const names = CODECOMMIT_ACTIONS.map(({ name }) => name);
    expect(names).to.deep.equal([...new Set(names)].sort());
  });
});
