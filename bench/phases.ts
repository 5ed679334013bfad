/** Where a rehearsal's time goes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rehearse, type RehearsalSteps } from "../rehearsal/scenario/rehearse";
import { inProcess } from "../rehearsal/engines/deployStack";
import { median } from "./measure";
import { printTable, share } from "./table";

/** The phases in their order, each with the step that ends it. */
const phases = {
  "stand up the source": "sourceDeployed",
  "stand up the target": "targetDeployed",
  "stand up the mirror": "mirrorDeployed",
  "stand up the organization": "organizationDeployed",
  "open servers and proxy": "carryingIn",
  "copy the repository, push it to GitLab": "pushed",
  "mirror it to CodeCommit": "mirrored",
  "clone it at the isolated terminal": "cloned",
  "compare both ends": "delivered",
  "try to get data out, and prove": "proved",
  "heal a mirror": "healed",
  "rotate the push credential under load": "ended",
} as const;

type Ending = (typeof phases)[keyof typeof phases];

/** Rehearses once, and returns what each phase took, in milliseconds. */
async function rehearseOnce(root: string): Promise<Map<Ending, number>> {
  const folder = mkdtempSync(join(tmpdir(), "airlock-bench-"));
  const taken = new Map<Ending, number>();
  let last = performance.now();
  const end = (phase: Ending) => () => {
    const now = performance.now();
    taken.set(phase, now - last);
    last = now;
  };
  const nothing = () => undefined;
  const steps: RehearsalSteps = {
    noted: () => undefined,
    sourceDeployed: end("sourceDeployed"),
    targetDeployed: end("targetDeployed"),
    mirrorDeployed: end("mirrorDeployed"),
    organizationDeployed: end("organizationDeployed"),
    carryingIn: end("carryingIn"),
    pushed: end("pushed"),
    settingsKept: nothing,
    mirrorsSet: nothing,
    mirrored: end("mirrored"),
    tipsCompared: nothing,
    cloned: end("cloned"),
    delivered: end("delivered"),
    tryingToEscape: nothing,
    escapeTried: nothing,
    proved: end("proved"),
    triggeringTripwires: nothing,
    tripwireTriggered: nothing,
    dayTwo: nothing,
    healed: end("healed"),
    disbelieved: nothing,
    rotated: nothing,
  };
  const seed = "bench";
  try {
    const options = { folder, repository: root, seed, aborted: new AbortController().signal };
    await rehearse({ ...options, builder: inProcess({ root, seed }) }, steps);
    end("ended")();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return taken;
}

/** Prints each phase as a part of the whole. */
export async function benchPhases(root: string, turns: number): Promise<void> {
  // Not counted: code is compiled in it.
  await rehearseOnce(root);
  const runs: Map<Ending, number>[] = [];
  for (let turn = 0; turn < turns; turn++) runs.push(await rehearseOnce(root));
  const medians = Object.values(phases).map((ending) => median(runs.map((run) => run.get(ending) ?? NaN)));
  const whole = medians.reduce((sum, each) => sum + each, 0);
  printTable(
    "A rehearsal of this repository",
    "Each phase's part of the whole, in a process that is warm.",
    ["phase", "part"],
    Object.keys(phases).map((phase, i) => [phase, share(medians[i] ?? NaN, whole)]),
  );
}
