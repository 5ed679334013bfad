import { expect } from "chai";
import { textAt } from "../../../rehearsal/engines/in-process/deployment";
import type { Credential } from "../../../rehearsal/git/gitClient";
import type { Testbed } from "../../../rehearsal/scenario/testbed";
import type { DeployedStack } from "../../../rehearsal/engines/deployStack";
import { asTheyCome, inFolder, onTestbed, targetOn } from "../rehearsing";

/** A gate user's credential of an epoch, out of the state of the stack. */
function credentialOf(
  { deployment }: DeployedStack<"target">,
  user: "push" | "pull",
  epoch: number,
): Credential {
  const { outputs } = deployment.resource(
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    `target-${user}-credential-${epoch}`,
  );
  return { user: textAt(outputs, "serviceUserName"), password: textAt(outputs, "servicePassword") };
}

/** What becomes of a mirror with this credential. */
async function mirroring(testbed: Testbed, credential: Credential): Promise<string> {
  const { gitlab, airlock } = testbed;
  await testbed.airlockDirectory(airlock.name);
  const project = `rotation/${credential.user}`.replace(/[^a-z/]/g, "-");
  await gitlab.createProject(project);
  const settings = { url: airlock.cloneUrlHttp, keepDivergentRefs: true, onlyProtectedBranches: false };
  gitlab.setMirror(project, { ...credential, ...settings });
  const { updateStatus, lastError } = await gitlab.syncMirror(project);
  return lastError ?? updateStatus;
}

/** What becomes of listing the airlock repository from the isolated side with this credential. */
async function listing(testbed: Testbed, credential: Credential): Promise<string> {
  const { isolatedTerminal, airlock } = testbed;
  await testbed.airlockDirectory(airlock.name);
  const { code, stderr } = await isolatedTerminal.git(["ls-remote", airlock.cloneUrlHttp], { credential });
  return code === 0 ? "listed" : stderr;
}

describe("the git credentials of a target", () => {
  type Target = DeployedStack<"target">;
  let source: DeployedStack<"source">, first: Target, both: Target, second: Target;
  before(async () => {
    ({ source } = await asTheyCome());
    const withEpochs = (...epochs: number[]) =>
      targetOn(source, {
        "git-airlock:pushCredentialEpochs": epochs,
        "git-airlock:pullCredentialEpochs": epochs,
      });
    [first, both, second] = [await withEpochs(1), await withEpochs(1, 2), await withEpochs(2)];
  });

  const on = (target: Target, work: (testbed: Testbed) => Promise<void>): Promise<void> =>
    inFolder((folder) => onTestbed(folder, { source, target }, work));

  it("of two live epochs both work, so that nothing stops while mirrors are moved over", async () => {
    await on(both, async (testbed) => {
      for (const epoch of [1, 2]) {
        expect(await mirroring(testbed, credentialOf(both, "push", epoch))).to.equal("finished");
        expect(await listing(testbed, credentialOf(both, "pull", epoch))).to.equal("listed");
      }
    });
  });

  it("of two live epochs the newest is the one handed out", async () => {
    await on(both, (testbed) => {
      expect(testbed.pushCredential).to.deep.equal(credentialOf(both, "push", 2));
      expect(testbed.pullCredential).to.deep.equal(credentialOf(both, "pull", 2));
      return Promise.resolve();
    });
  });

  it("of an epoch that is no longer live are refused, and the new ones work", async () => {
    await on(second, async (testbed) => {
      const refused = /Authentication failed|401/;
      expect(await mirroring(testbed, credentialOf(first, "push", 1))).to.match(refused);
      expect(await listing(testbed, credentialOf(first, "pull", 1))).to.match(refused);
      expect(await listing(testbed, testbed.pullCredential)).to.equal("listed");
    });
    await on(second, async (testbed) => {
      expect(await mirroring(testbed, testbed.pushCredential)).to.equal("finished");
    });
  });
});
