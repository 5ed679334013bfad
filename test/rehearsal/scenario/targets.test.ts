import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { inProcess } from "../../../rehearsal/engines/deployStack";
import { rehearse, type RehearsalResult } from "../../../rehearsal/scenario/rehearse";
import { asJson } from "../../../rehearsal/scenario/report";
import { sample, stackFileNames } from "../cloneOfStackFiles";
import { inFolder, neverAborted, noSteps, root } from "../rehearsing";
import { commit, makeRepository } from "../someRepository";

const listed = "  git-airlock:targetStacks: [organization/git-airlock/prd, organization/git-airlock/osaka]\n";

/** The stack files of this clone, and a second target's. */
function writeStackFiles(folder: string): void {
  for (const file of stackFileNames) cpSync(join(root, file), join(folder, file));
  for (const file of ["Pulumi.mirror.yaml", "Pulumi.org.yaml"])
    writeFileSync(join(folder, file), `${sample(file)}${listed}`);
  const osaka = `${sample("Pulumi.prd.yaml")}  git-airlock:repositoryPrefix: osaka\n`;
  writeFileSync(join(folder, "Pulumi.osaka.yaml"), osaka);
}

describe("the rehearsal of two targets", () => {
  let result: RehearsalResult;
  const told: string[] = [];
  before(async () => {
    result = await inFolder(async (folder) => {
      writeStackFiles(folder);
      const builder = inProcess({ root: folder, seed: "test" });
      const repository = makeRepository(join(folder, "source.git"), [commit({ branch: "main" })]);
      return rehearse(
        { folder, seed: "test", builder, aborted: neverAborted, repository },
        { ...noSteps, carryingIn: (_, target) => told.push(target ?? "the only one") },
      );
    });
  });

  it("carries the repository to each, and tells which one a chapter is about", () => {
    expect(told).to.deep.equal(["prd", "osaka"]);
    expect([result, ...result.others].map(({ delivery }) => delivery.comparison.equal)).to.deep.equal([
      true,
      true,
    ]);
    expect(result.passed).to.equal(true);
  });

  it("sees every attempt to get something out of either refused", () => {
    const escapes = [result, ...result.others].map((target) => target.escapes);
    expect(escapes.map((list) => list.length)).to.deep.equal([15, 15]);
    expect(escapes.flat().filter(({ refused }) => !refused)).to.deep.equal([]);
  });

  it("proves every claim of each with the other in view", () => {
    for (const { report } of [result, ...result.others])
      expect(report.verdicts.filter(({ status }) => status !== "proved")).to.deep.equal([]);
  });

  it("gives both accounts other names of repositories", () => {
    const names = [result, ...result.others].map(({ target }) => target.deployment.output("repositories"));
    expect(JSON.stringify(names[1])).to.contain(":osaka-");
    expect(JSON.stringify(names[0])).not.to.contain(":osaka-");
  });

  it("lists the others by name in the document for machines", () => {
    expect(asJson(result)).to.have.nested.property("others.osaka");
  });
});
