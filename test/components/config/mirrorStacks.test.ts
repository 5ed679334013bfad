import { expect } from "chai";
import { DeployError } from "../../../rehearsal/engines/in-process/deploy";
import { deployMirror, deploySource, deployTarget } from "../../../rehearsal/engines/deployStack";
import { root } from "../../rehearsal/rehearsing";

const seed = "test";
const region = { "aws:region": "us-west-2" };
const availabilityZones = ["us-west-2a", "us-west-2b"];
const pull = { mode: "endpoint", isolatedTerminalCidrs: ["192.0.2.0/24"], network: { availabilityZones } };

/** What a mirror stack is refused with whose source and target were deployed with these values of fips. */
async function refusalOf(fips: { source: boolean; target: boolean }): Promise<string | undefined> {
  const overridesOf = (own: boolean, more: object) => ({ ...region, "git-airlock:fips": own, ...more });
  const network = { "git-airlock:network": { availabilityZones } };
  const source = await deploySource({ root, seed, overrides: overridesOf(fips.source, network) });
  const overrides = overridesOf(fips.target, { "git-airlock:pull": pull });
  const target = await deployTarget(source.deployment, { root, seed, overrides });
  try {
    await deployMirror(source, [target], { root, seed, overrides: region });
    return undefined;
  } catch (error) {
    if (error instanceof DeployError) return error.message;
    throw error;
  }
}

describe("a mirror stack", () => {
  it("links a source and a target that reach CodeCommit by the same endpoint", async () => {
    expect(await refusalOf({ source: true, target: true })).to.equal(undefined);
  });

  it("says once what is wrong where they reach it by different ones", async () => {
    expect(await refusalOf({ source: false, target: true })).to.match(
      /reached by the FIPS endpoint of CodeCommit.*the ordinary endpoint only.*Give both stacks the same fips/s,
    );
    expect(await refusalOf({ source: true, target: false })).to.match(
      /reached by the ordinary endpoint of CodeCommit.*the FIPS endpoint only/s,
    );
  });
});
