import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { inProcess } from "../../../rehearsal/engines/deployStack";
import { rehearse, type RehearsalResult } from "../../../rehearsal/scenario/rehearse";
import { asJson } from "../../../rehearsal/scenario/report";
import { sample, stackFileNames } from "../cloneOfStackFiles";
import { inFolder, neverAborted, noSteps, root } from "../rehearsing";
import { commit, makeRepository } from "../someRepository";

/** The stack files of this clone, and a second target's. @param bound the stacks whose accounts the organization binds */
function writeStackFiles(folder: string, bound: readonly string[]): void {
  for (const file of stackFileNames) cpSync(join(root, file), join(folder, file));
  const list = (file: string, stacks: readonly string[]) => {
    const names = stacks.map((stack) => `organization/git-airlock/${stack}`);
    writeFileSync(join(folder, file), `${sample(file)}  git-airlock:targetStacks: [${names.join(", ")}]\n`);
  };
  list("Pulumi.mirror.yaml", ["prd", "osaka"]);
  list("Pulumi.org.yaml", bound);
  const osaka = `${sample("Pulumi.prd.yaml")}  git-airlock:repositoryPrefix: osaka\n`;
  writeFileSync(join(folder, "Pulumi.osaka.yaml"), osaka);
}

/** @param told is given the target of each chapter about what is carried in */
function rehearseTwo(bound: readonly string[], told: (string | undefined)[] = []): Promise<RehearsalResult> {
  return inFolder(async (folder) => {
    writeStackFiles(folder, bound);
    const builder = inProcess({ root: folder, seed: "test" });
    const repository = makeRepository(join(folder, "source.git"), [commit({ branch: "main" })]);
    return rehearse(
      { folder, seed: "test", builder, aborted: neverAborted, repository },
      { ...noSteps, carryingIn: (_, target) => told.push(target) },
    );
  });
}

describe("the rehearsal of two targets", () => {
  let result: RehearsalResult;
  const told: (string | undefined)[] = [];
  before(async () => {
    result = await rehearseTwo(["prd", "osaka"], told);
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

describe("the rehearsal of two targets, of which the organization binds one", () => {
  it("says of the other that C4 is pending, and marks what gets through as that gap", async () => {
    const { escapes, report, others, passed } = await rehearseTwo(["prd"]);
    expect(escapes.filter(({ refused }) => !refused)).to.deep.equal([]);
    expect(report.verdicts.filter(({ status }) => status !== "proved")).to.deep.equal([]);
    const [osaka] = others;
    const open = osaka?.escapes.filter(({ refused }) => !refused) ?? [];
    expect(open.map(({ claim, knownGap }) => [claim, knownGap])).to.deep.equal([
      ["C4", "C4 is pending without the organization's policies: deploy the stack org."],
    ]);
    const verdicts = osaka?.report.verdicts.filter(({ status }) => status !== "proved") ?? [];
    expect(verdicts.map(({ claim, status }) => `${claim} ${status}`)).to.deep.equal(["C4 pending"]);
    expect(passed).to.equal(true);
  });
});
