import { expect } from "chai";
import { textAt } from "../../../rehearsal/engines/in-process/deployment";
import type { Credential } from "../../../rehearsal/git/gitClient";
import type { Stage } from "../../../rehearsal/scenario/stage";
import type { StoodUp } from "../../../rehearsal/engines/standUp";
import { asTheyCome, inFolder, onStage, targetOn } from "../rehearsing";

/** A gate user's credential of an epoch, out of the state of the stack. */
function credentialOf({ deployment }: StoodUp<"target">, user: "push" | "pull", epoch: number): Credential {
  const { outputs } = deployment.resource(
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    `target-${user}-credential-${epoch}`,
  );
  return { user: textAt(outputs, "serviceUserName"), password: textAt(outputs, "servicePassword") };
}

/** What becomes of a mirror with this credential. */
async function mirroring(stage: Stage, credential: Credential): Promise<string> {
  const { gitlab, airlock } = stage;
  await stage.airlockDirectory(airlock.name);
  const project = `rotation/${credential.user}`.replace(/[^a-z/]/g, "-");
  await gitlab.createProject(project);
  const settings = { url: airlock.cloneUrlHttp, keepDivergentRefs: true, onlyProtectedBranches: false };
  gitlab.setMirror(project, { ...credential, ...settings });
  const { updateStatus, lastError } = await gitlab.syncMirror(project);
  return lastError ?? updateStatus;
}

/** What becomes of listing the airlock repository from the isolated side with this credential. */
async function listing(stage: Stage, credential: Credential): Promise<string> {
  const { isolatedTerminal, airlock } = stage;
  await stage.airlockDirectory(airlock.name);
  const { code, stderr } = await isolatedTerminal.git(["ls-remote", airlock.cloneUrlHttp], { credential });
  return code === 0 ? "listed" : stderr;
}

describe("the git credentials of a target", () => {
  type Target = StoodUp<"target">;
  let source: StoodUp<"source">, first: Target, both: Target, second: Target;
  before(async () => {
    ({ source } = await asTheyCome());
    const withEpochs = (...epochs: number[]) =>
      targetOn(source, {
        "git-airlock:pushCredentialEpochs": epochs,
        "git-airlock:pullCredentialEpochs": epochs,
      });
    [first, both, second] = [await withEpochs(1), await withEpochs(1, 2), await withEpochs(2)];
  });

  const on = (target: Target, work: (stage: Stage) => Promise<void>): Promise<void> =>
    inFolder((folder) => onStage(folder, { source, target }, work));

  it("of two live epochs both work, so that nothing stops while mirrors are moved over", async () => {
    await on(both, async (stage) => {
      for (const epoch of [1, 2]) {
        expect(await mirroring(stage, credentialOf(both, "push", epoch))).to.equal("finished");
        expect(await listing(stage, credentialOf(both, "pull", epoch))).to.equal("listed");
      }
    });
  });

  it("of two live epochs the newest is the one handed out", async () => {
    await on(both, (stage) => {
      expect(stage.pushCredential).to.deep.equal(credentialOf(both, "push", 2));
      expect(stage.pullCredential).to.deep.equal(credentialOf(both, "pull", 2));
      return Promise.resolve();
    });
  });

  it("of an epoch that is no longer live are refused, and the new ones work", async () => {
    await on(second, async (stage) => {
      const refused = /Authentication failed|401/;
      expect(await mirroring(stage, credentialOf(first, "push", 1))).to.match(refused);
      expect(await listing(stage, credentialOf(first, "pull", 1))).to.match(refused);
      expect(await listing(stage, stage.pullCredential)).to.equal("listed");
    });
    await on(second, async (stage) => {
      expect(await mirroring(stage, stage.pushCredential)).to.equal("finished");
    });
  });
});
