import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { RehearsalSteps } from "../../../rehearsal/scenario/rehearse";
import { inFolder, rehearseIn } from "../rehearsing";
import { commit, makeRepository } from "../someRepository";

/** Command lines of running programs whose home is below the folder (Linux only). */
function processesOf(folder: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(`HOME=${folder}`)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      // Not a process, not ours, or gone.
      return [];
    }
  });
}

/** How many ports this process listens on. */
const openPorts = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap").length;

describe("a rehearsal that is aborted", () => {
  const stop = new Error("enough");

  /** Aborts it when it comes to a step; resolves with the steps that it still told of, and why it ended. */
  async function abortedAt(step: keyof RehearsalSteps): Promise<{ told: string[]; reason: unknown }> {
    const before = openPorts();
    return inFolder(async (folder) => {
      const repository = makeRepository(join(folder, "source.git"), [commit({ branch: "main" })]);
      const abort = new AbortController();
      const told: string[] = [];
      const steps = Object.fromEntries(
        (
          [
            "sourceDeployed",
            "targetDeployed",
            "carryingIn",
            "pushed",
            "mirrored",
            "cloned",
            "delivered",
            "tryingToEscape",
            "escapeTried",
          ] as const
        ).map((name) => [
          name,
          () => {
            told.push(name);
            if (name === step) abort.abort(stop);
          },
        ]),
      );
      const reason: unknown = await rehearseIn(folder, { repository, aborted: abort.signal }, steps).then(
        () => "it came to its end",
        (error: unknown) => error,
      );
      expect(processesOf(folder)).to.deep.equal([]);
      // Node counts a port for a few more turns of its loop; one that stays open is counted for ever.
      while (openPorts() > before) await new Promise((resolve) => setImmediate(resolve));
      return { told, reason };
    });
  }

  it("before it began does nothing", async () => {
    await inFolder(async (folder) => {
      const aborted = AbortSignal.abort(stop);
      const reason: unknown = await rehearseIn(folder, { repository: folder, aborted }).catch(
        (e: unknown) => e,
      );
      expect(reason).to.equal(stop);
    });
  });

  for (const step of ["sourceDeployed", "carryingIn"] as const)
    it(`at "${step}" ends there, for that reason, and leaves no process and no open port`, async () => {
      const { told, reason } = await abortedAt(step);
      expect(told.at(-1)).to.equal(step);
      expect(reason).to.equal(stop);
    });

  for (const step of ["mirrored", "delivered", "escapeTried"] as const)
    it(`at "${step}", with servers open, ends there and leaves no process and no open port`, async () => {
      const { told, reason } = await abortedAt(step);
      expect(told.at(-1)).to.equal(step);
      expect(reason).to.be.instanceOf(Error).and.not.instanceOf(TypeError);
    });
});
