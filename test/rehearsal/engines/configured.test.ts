import { expect } from "chai";
import { join } from "node:path";
import { admittedAddresses } from "../../../rehearsal/scenario/pushPolicies";
import { inProcess } from "../../../rehearsal/engines/deployStack";

const root = join(__dirname, "..", "..", "..");

/** What the target's push policy admits under this configuration of the target. */
async function admitted(prd: Record<string, unknown>): Promise<string[]> {
  const builder = inProcess({ root, seed: "test" }, { prd });
  return admittedAddresses(await builder.target(await builder.source(), 0));
}

describe("a rehearsal of somebody's own configuration", () => {
  it("gives the NAT gateways the addresses that the target pins", async () => {
    const pinned = ["52.192.10.1", "52.192.10.2"];
    expect(await admitted({ "git-airlock:expectedSourceAddresses": pinned })).to.deep.equal([
      "52.192.10.1/32",
      "52.192.10.2/32",
    ]);
  });

  it("gives the NAT gateways the addresses that the target lists instead of a source stack", async () => {
    const listed = ["52.192.10.3", "52.192.10.4"];
    expect(await admitted({ "git-airlock:pushSourceAddresses": listed })).to.deep.equal([
      "52.192.10.3/32",
      "52.192.10.4/32",
    ]);
  });

  it("lets the source answer to the name that it has in another organization", async () => {
    const sourceStack = "acme/git-airlock/dev";
    expect(await admitted({ "git-airlock:sourceStack": sourceStack })).to.have.lengthOf(2);
  });
});
