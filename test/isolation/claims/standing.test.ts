import { expect } from "chai";
import { join } from "node:path";
import { readDeployment } from "../../../isolation/model/readDeployment";
import { readStackExport } from "../../../isolation/model/stackExport";
import { exportStack } from "../../../rehearsal/engines/in-process/stackExport";
import { deploySource, deployTarget } from "../../../rehearsal/engines/deployStack";
import { networkVerdicts } from "./networkVerdicts";

const settings = { root: join(__dirname, "..", "..", ".."), seed: "network" };

describe("claims about packets, of the stacks of this clone", () => {
  it("are proved of what the program makes", async () => {
    const source = (await deploySource(settings)).deployment;
    const target = (await deployTarget(source, settings)).deployment;
    const deployment = readDeployment(
      {
        source: readStackExport(exportStack(source, "phrase"), "dev"),
        target: readStackExport(exportStack(target, "phrase"), "prd"),
      },
      { workTerminalCidrs: ["198.51.100.0/24"] },
    );
    const open = networkVerdicts(deployment).map(({ claim, status, summary }) => ({
      claim,
      status,
      summary,
    }));
    expect(open.filter(({ status }) => status !== "proved")).to.deep.equal([]);
  });
});
