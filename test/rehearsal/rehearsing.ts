/** What the tests of the rehearsal share: this clone deployed, a folder to work in, and the way in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account } from "../../rehearsal/aws/account";
import { configuredHoldings } from "../../rehearsal/engines/configured";
import { replay } from "../../rehearsal/engines/in-process/replay";
import { deliver, fetchRepository, type Delivery } from "../../rehearsal/scenario/deliver";
import { makeLoot, tryToEscape, type Escape } from "../../rehearsal/scenario/escapes";
import {
  rehearse,
  type RehearsalResult,
  type RehearsalSteps,
  type RehearseOptions,
} from "../../rehearsal/scenario/rehearse";
import { createMirroredTestbed, type MirroredTestbed } from "../../rehearsal/scenario/testbed";
import type { StackOverrides } from "../../rehearsal/engines/readStacks";
import {
  inProcess,
  deployMirror,
  deployOrganization,
  deploySource,
  deployTarget,
  type DeployedStack,
} from "../../rehearsal/engines/deployStack";
import { openStrangersAccount } from "../../rehearsal/scenario/stranger";
import { commit, makeRepository } from "./someRepository";

/** The clone that these tests are part of. */
export const root = join(__dirname, "..", "..");

export const neverAborted = new AbortController().signal;

const nobody = () => undefined;
/** Tells nobody. */
export const noSteps: RehearsalSteps = {
  noted: nobody,
  sourceDeployed: nobody,
  targetDeployed: nobody,
  mirrorDeployed: nobody,
  organizationDeployed: nobody,
  mirrorsSet: nobody,
  carryingIn: nobody,
  settingsKept: nobody,
  pushed: nobody,
  mirrored: nobody,
  tipsCompared: nobody,
  cloned: nobody,
  delivered: nobody,
  tryingToEscape: nobody,
  escapeTried: nobody,
  proved: nobody,
  triggeringTripwires: nobody,
  tripwireTriggered: nobody,
  dayTwo: nobody,
  healed: nobody,
  disbelieved: nobody,
  rotated: nobody,
};

/** Values by full key. */
export type Overrides = Readonly<Record<string, unknown>>;

export interface BothSides {
  source: DeployedStack<"source">;
  target: DeployedStack<"target">;
  /** What binds the target's account; undefined where nothing does. */
  organization?: DeployedStack<"organization">;
}

/** Deploys the target on a source, with values that take the place of the stack file's. */
export function targetOn(
  source: DeployedStack<"source">,
  overrides?: Overrides,
): Promise<DeployedStack<"target">> {
  return deployTarget(source.deployment, { root, seed: "test", overrides });
}

/** Deploys both sides, with values that take the place of the stack files'. */
export async function deployBoth(overrides: StackOverrides = {}): Promise<BothSides> {
  const source = await deploySource({ root, seed: "test", overrides: overrides.dev });
  return boundTo(source, overrides.prd);
}

/** Deploys the target on a source, and what binds its account. */
export async function boundTo(source: DeployedStack<"source">, overrides?: Overrides): Promise<BothSides> {
  const target = await targetOn(source, overrides);
  return { source, target, organization: await deployOrganization([target], { root, seed: "test" }) };
}

let shared: Promise<BothSides> | undefined;

/** Both sides as the stack files have them, deployed once in a process for all tests that change nothing in them. */
export function asTheyCome(): Promise<BothSides> {
  shared ??= deployBoth();
  return shared;
}

/** Both sides with values that take the place of the stack files'; a source that has none is that of `asTheyCome`. */
export async function sidesWith({ dev, prd }: StackOverrides): Promise<BothSides> {
  if (dev !== undefined) return deployBoth({ dev, prd });
  const { source } = await asTheyCome();
  return boundTo(source, prd);
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

const mirrors = new WeakMap<DeployedStack<"target">, Promise<DeployedStack<"mirror">>>();

/** The mirror of both sides, deployed once, into an account like the source's: that one may get other mirrors. */
export function mirrorOf({ source, target }: BothSides): Promise<DeployedStack<"mirror">> {
  const deployed = async () => {
    const { accountId, region } = source.account;
    const options = { accountId, region, seed: "test", ...configuredHoldings(source.config) };
    const account = await replay(source.deployment, new Account(options));
    return deployMirror({ ...source, account }, [target], { root, seed: "test" });
  };
  const mirror = mirrors.get(target) ?? deployed();
  mirrors.set(target, mirror);
  return mirror;
}

/** Does something on a testbed between both sides, and closes it. */
export async function onTestbed<T>(
  folder: string,
  sides: BothSides,
  work: (testbed: MirroredTestbed) => Promise<T>,
): Promise<T> {
  const stranger = await openStrangersAccount(sides.target.config.region, "test");
  const testbed = await createMirroredTestbed(folder, sides, await mirrorOf(sides), stranger);
  try {
    return await work(testbed);
  } finally {
    await testbed.close();
  }
}

/** What a repository is after its way in: as delivered, and where the isolated terminal's clone is. */
export interface CarriedIn {
  delivery: Delivery;
  clone: string;
}

/** Carries a repository in, from this machine to the isolated terminal. */
export function carryIn(folder: string, sides: BothSides, repository: string): Promise<CarriedIn> {
  return onTestbed(folder, sides, async (testbed) => {
    const copy = join(folder, "copy.git");
    await fetchRepository(repository, copy, neverAborted);
    const delivery = await deliver(testbed, copy, noSteps);
    return { delivery, clone: join(testbed.isolatedTerminal.home, "clone.git") };
  });
}

/** On a testbed that a small repository was carried over; without overrides, between both sides as they come. */
export function afterDelivery<T>(
  work: (testbed: MirroredTestbed, sides: BothSides) => Promise<T>,
  overrides?: StackOverrides,
): Promise<T> {
  return inFolder(async (folder) => {
    const sides = await (overrides ? sidesWith(overrides) : asTheyCome());
    return onTestbed(folder, sides, async (testbed) => {
      await deliverSmall(folder, testbed);
      return work(testbed, sides);
    });
  });
}

async function deliverSmall(folder: string, testbed: MirroredTestbed): Promise<Delivery> {
  const source = makeRepository(join(folder, "source.git"), [commit({ branch: "main" })]);
  const copy = join(folder, "copy.git");
  await fetchRepository(source, copy, neverAborted);
  return deliver(testbed, copy, noSteps);
}

/** Carries a small repository in between both sides, then tries to get something out in every way. */
export function goThrough(sides: BothSides): Promise<{ delivery: Delivery; escapes: Escape[] }> {
  return inFolder((folder) =>
    onTestbed(folder, sides, async (testbed) => {
      const delivery = await deliverSmall(folder, testbed);
      return { delivery, escapes: await tryToEscape(testbed, await makeLoot(testbed), nobody) };
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
    { ...noSteps, ...steps },
  );
}
