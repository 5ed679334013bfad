import { expect } from "chai";
import { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { openAll } from "../../../rehearsal/engines/in-process/wire";
import { prove } from "../../../rehearsal/scenario/proof";
import { asTheyCome, mirrorOf } from "../rehearsing";

describe("the proof of all three stacks", () => {
  it("finds every secret of the mirror closed", async () => {
    const sides = await asTheyCome();
    const mirror = await mirrorOf(sides);
    const report = prove({ ...sides, mirror });
    expect(report.verdicts.find(({ claim }) => claim === "C11")?.status).to.equal("proved");
    expect(Object.keys(report.inputs)).to.deep.equal(["dev", "prd", "mirror", "org"]);
  });

  it("finds a push credential that the mirror keeps in plain text", async () => {
    const sides = await asTheyCome();
    const { deployment } = await mirrorOf(sides);
    const opened = deployment.resources.map((one) =>
      one.name === "mirror-credentials-prd" ? { ...one, outputs: openAll(one.outputs) } : one,
    );
    const { project, stack, outputs } = deployment;
    const mirror = new Deployment({ project, stack, resources: opened, outputs });
    const report = prove({ ...sides, mirror: { deployment: mirror } });
    const [example] = report.verdicts.find(({ claim }) => claim === "C11")?.counterExamples ?? [];
    expect(example?.says).to.match(/mirror-credentials-prd: value is in plain text/);
  });
});
