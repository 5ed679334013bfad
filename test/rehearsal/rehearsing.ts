/** What the tests of the rehearsal share: this clone stood up, a folder to work in, and the way in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deliver, fetchRepository, type Delivery } from "../../rehearsal/deliver";
import {
  rehearse,
  type RehearsalResult,
  type RehearsalSteps,
  type RehearseOptions,
} from "../../rehearsal/rehearse";
import { setStage, type Stage } from "../../rehearsal/stage";
import { standUpSource, standUpTarget, type StoodUp } from "../../rehearsal/standUp";
import { openStrangersAccount } from "../../rehearsal/stranger";

/** The clone that these tests are part of. */
export const root = join(__dirname, "..", "..");

export const neverAborted = new AbortController().signal;

const nobody = () => undefined;
const untold: RehearsalSteps = {
  sourceStands: nobody,
  targetStands: nobody,
  carryingIn: nobody,
  pushed: nobody,
  mirrored: nobody,
  cloned: nobody,
  delivered: nobody,
  tryingToEscape: nobody,
  escapeTried: nobody,
};

export interface BothSides {
  source: StoodUp<"source">;
  target: StoodUp<"target">;
}

/** Stands both sides up, with values that take the place of the stack files'. */
export async function standBothUp(
  overrides: RehearseOptions["overrides"] = {},
  seed = "test",
): Promise<BothSides> {
  const source = await standUpSource({ root, seed, overrides: overrides.dev });
  const target = await standUpTarget(source.deployment, { root, seed, overrides: overrides.prd });
  return { source, target };
}

/** Does something in a new folder, and takes the folder away. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "airlock-rehearsal-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Does something on a stage between both sides, and closes it. */
export async function onStage<T>(
  folder: string,
  { source, target }: BothSides,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const stranger = await openStrangersAccount(target.config.region, "test");
  const stage = await setStage(folder, source, target, stranger);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

/** What a repository is after its way in: as delivered, and where the isolated terminal's clone is. */
export interface CarriedIn {
  delivery: Delivery;
  clone: string;
}

/** Carries a repository in, from this machine to the isolated terminal. */
export function carryIn(folder: string, sides: BothSides, repository: string): Promise<CarriedIn> {
  return onStage(folder, sides, async (stage) => {
    const copy = join(folder, "copy.git");
    await fetchRepository(repository, copy, neverAborted);
    const delivery = await deliver(stage, copy, untold);
    return { delivery, clone: join(stage.isolatedTerminal.home, "clone.git") };
  });
}

/** The whole rehearsal of this clone's program, in a folder. */
export function rehearseIn(
  folder: string,
  options: Partial<RehearseOptions> & { repository: string },
  steps: Partial<RehearsalSteps> = {},
): Promise<RehearsalResult> {
  return rehearse({ root, folder, seed: "test", aborted: neverAborted, ...options }, { ...untold, ...steps });
}
