import { expect } from "chai";
import { families, lookUpOf, replaces, resourceOf } from "../../../rehearsal/aws/registry";

describe("the registry of the stand-ins", () => {
  it("holds one declaration for each type and each function", () => {
    const types = families.flatMap((family) => family.resources).map(({ type }) => type);
    const tokens = families.flatMap((family) => family.lookUps ?? []).map(({ token }) => token);
    for (const keys of [types, tokens]) expect(keys).to.deep.equal([...new Set(keys)]);
  });

  it("refuses a type or a function that no family declares", () => {
    expect(() => resourceOf("aws:sqs/queue:Queue")).to.throw("InvalidResourceType");
    expect(() => lookUpOf("aws:index/getPartition:getPartition")).to.throw("InvalidAction");
  });

  it("lets a resource of an unknown type be changed in place", () => {
    expect(replaces("aws:sqs/queue:Queue", "name", { name: "a" }, { name: "b" })).to.equal(false);
  });
});
