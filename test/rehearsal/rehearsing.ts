/** What the tests of the rehearsal share: this clone stood up, a folder to work in, and the way in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deliver, fetchRepository, type Delivery } from "../../rehearsal/scenario/deliver";
import { makeLoot, tryToEscape, type Escape } from "../../rehearsal/scenario/escapes";
import {
  rehearse,
  type RehearsalResult,
  type RehearsalSteps,
  type RehearseOptions,
} from "../../rehearsal/scenario/rehearse";
import { setMirroredStage, type MirroredStage } from "../../rehearsal/scenario/stage";
import type { StackOverrides } from "../../rehearsal/engines/readStacks";
import {
  inProcess,
  standUpMirror,
  standUpSource,
  standUpTarget,
  type StoodUp,
} from "../../rehearsal/engines/standUp";
import { openStrangersAccount } from "../../rehearsal/scenario/stranger";
import { commit, makeRepository } from "./someRepository";

/** The clone that these tests are part of. */
export const root = join(__dirname, "..", "..");

export const neverAborted = new AbortController().signal;

const nobody = () => undefined;
/** Tells nobody. */
export const untold: RehearsalSteps = {
  noted: nobody,
  sourceStands: nobody,
  targetStands: nobody,
  mirrorStands: nobody,
  mirrorsSet: nobody,
  carryingIn: nobody,
  pushed: nobody,
  mirrored: nobody,
  cloned: nobody,
  delivered: nobody,
  tryingToEscape: nobody,
  escapeTried: nobody,
  proved: nobody,
  ringingTripwires: nobody,
  tripwireRung: nobody,
  dayTwo: nobody,
  healed: nobody,
  rotated: nobody,
};

/** Values by full key. */
export type Overrides = Readonly<Record<string, unknown>>;

export interface BothSides {
  source: StoodUp<"source">;
  target: StoodUp<"target">;
}

/** Stands the target up on a source, with values that take the place of the stack file's. */
export function targetOn(source: StoodUp<"source">, overrides?: Overrides): Promise<StoodUp<"target">> {
  return standUpTarget(source.deployment, { root, seed: "test", overrides });
}

/** Stands both sides up, with values that take the place of the stack files'. */
export async function standBothUp(overrides: StackOverrides = {}): Promise<BothSides> {
  const source = await standUpSource({ root, seed: "test", overrides: overrides.dev });
  return { source, target: await targetOn(source, overrides.prd) };
}

let shared: Promise<BothSides> | undefined;

/** Both sides as the stack files have them, stood up once for all tests that do not open anything in them. */
export function asTheyCome(): Promise<BothSides> {
  shared ??= standBothUp();
  return shared;
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

const mirrors = new WeakMap<StoodUp<"source">, Promise<StoodUp<"mirror">>>();

/** The mirror of a source, stood up once: targets of one seed have the same credentials. */
export function mirrorOf({ source, target }: BothSides): Promise<StoodUp<"mirror">> {
  const mirror = mirrors.get(source) ?? standUpMirror(source, target, { root, seed: "test" });
  mirrors.set(source, mirror);
  return mirror;
}

/** Does something on a stage between both sides, and closes it. */
export async function onStage<T>(
  folder: string,
  sides: BothSides,
  work: (stage: MirroredStage) => Promise<T>,
): Promise<T> {
  const stranger = await openStrangersAccount(sides.target.config.region, "test");
  const stage = await setMirroredStage(folder, sides, await mirrorOf(sides), stranger);
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

/** On a stage that a small repository was carried over. */
export function afterDelivery<T>(
  work: (stage: MirroredStage, sides: BothSides) => Promise<T>,
  overrides: StackOverrides = {},
): Promise<T> {
  return inFolder(async (folder) => {
    const sides = await standBothUp(overrides);
    return onStage(folder, sides, async (stage) => {
      await deliverSmall(folder, stage);
      return work(stage, sides);
    });
  });
}

async function deliverSmall(folder: string, stage: MirroredStage): Promise<Delivery> {
  const source = makeRepository(join(folder, "source.git"), [commit({ branch: "main" })]);
  const copy = join(folder, "copy.git");
  await fetchRepository(source, copy, neverAborted);
  return deliver(stage, copy, untold);
}

/** Carries a small repository in between both sides, then tries to get something out in every way. */
export function goThrough(sides: BothSides): Promise<{ delivery: Delivery; escapes: Escape[] }> {
  return inFolder((folder) =>
    onStage(folder, sides, async (stage) => {
      const delivery = await deliverSmall(folder, stage);
      return { delivery, escapes: await tryToEscape(stage, await makeLoot(stage), nobody) };
    }),
  );
}

/** The whole rehearsal of this clone's program, in a folder. */
export function rehearseIn(
  folder: string,
  { overrides, ...options }: Partial<RehearseOptions> & { repository: string; overrides?: StackOverrides },
  steps: Partial<RehearsalSteps> = {},
): Promise<RehearsalResult> {
  const builder = inProcess({ root, seed: "test" }, overrides);
  return rehearse(
    { folder, seed: "test", builder, aborted: neverAborted, ...options },
    { ...untold, ...steps },
  );
}
