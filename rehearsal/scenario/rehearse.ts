/** The rehearsal: deploy both sides, carry a repository in, try to get data out. */
import { join } from "node:path";
import { disbelieve, heal, rotate, type Disbelief, type Healing, type Rotation } from "./dayTwo";
import {
  deliver,
  fetchRepository,
  prepareProjects,
  requireContent,
  type Delivery,
  type DeliverySteps,
} from "./deliver";
import { makeLoot, tryToEscape, type Escape } from "./escapes";
import type { Report } from "../../isolation/claims/verify";
import { tryCounterExamples, type Practice } from "./practice";
import { placeholdersIn, type Placeholder } from "./placeholders";
import { contradictions, prove, type ProvedStacks } from "./proof";
import { admittedAddresses } from "./pushPolicies";
import { alarmNames } from "./firedAlarm";
import { createTestbeds, type MirroredTestbed } from "./testbed";
import { replaced, type Builder, type DeployedSides, type DeployedStack } from "../engines/deployStack";
import { stackFilesOf, type Several } from "../engines/readStacks";
import { openStrangersAccount } from "./stranger";
import { triggerEach, type TriggeredTripwire } from "./triggerTripwires";

export interface RehearseOptions {
  /** An empty folder to work in. */
  folder: string;
  /** The git repository to carry in, a path or a URL. */
  repository: string;
  /** What a stranger's ids and passwords follow from. */
  seed: string;
  /** Deploys both sides. */
  builder: Builder;
  /** Ends the rehearsal early: every process is killed, every port freed, and the result is an error. */
  aborted: AbortSignal;
}

/** Called with each thing as it is seen. */
export interface RehearsalSteps extends DeliverySteps {
  noted(note: string): void;
  sourceDeployed(source: DeployedStack<"source">): void;
  targetDeployed(target: DeployedStack<"target">, pushAddresses: string[]): void;
  mirrorDeployed(mirror: DeployedStack<"mirror">): void;
  organizationDeployed(organization: DeployedStack<"organization">): void;
  /** @param target the stack that the chapter is about; undefined where there is one target. Of the others the same */
  carryingIn(repository: string, target: string | undefined): void;
  delivered(delivery: Delivery): void;
  tryingToEscape(target: string | undefined): void;
  escapeTried(escape: Escape): void;
  /** @param falseAlarms the alarms that fired while code was carried in */
  triggeringTripwires(falseAlarms: string[], target: string | undefined): void;
  tripwireTriggered(result: TriggeredTripwire): void;
  dayTwo(target: string | undefined): void;
  healed(healing: Healing): void;
  disbelieved(disbelief: Disbelief): void;
  rotated(rotation: Rotation): void;
  proved(report: Report, practice: Practice[], contradictions: string[], target: string | undefined): void;
}

/** The stacks that all targets share, as they were deployed. */
interface SharedStacks {
  source: DeployedStack<"source">;
  mirror: DeployedStack<"mirror">;
  /** Undefined where the clone has no such stack. */
  organization: DeployedStack<"organization"> | undefined;
}

/** A target as it was deployed. */
interface DeployedTarget {
  target: DeployedStack<"target">;
  /** The addresses that the deployed push policies admit. */
  pushAddresses: string[];
}

interface DeployedStacks extends SharedStacks {
  targets: Several<DeployedTarget>;
}

/** What was seen on a target's testbed. */
interface Findings {
  delivery: Delivery;
  escapes: Escape[];
  report: Report;
  /** What became of the counter-examples of refuted claims. */
  practice: Practice[];
  /** Where the proof and what was tried differ. */
  contradictions: string[];
  /** Alarms that fired while code was carried in. */
  falseAlarms: string[];
  /** What became of each tripwire when it was triggered on purpose. */
  tripwires: TriggeredTripwire[];
  healing: Healing;
  disbelief: Disbelief;
  rotation: Rotation;
}

/** A target, and what was seen on its testbed. */
export type RehearsedTarget = DeployedTarget & Findings;

export interface RehearsalResult extends SharedStacks, RehearsedTarget {
  /** The same of every target beyond the first. */
  others: RehearsedTarget[];
  /** In what the rehearsal departs from the stack files, or what is odd about them. */
  notes: string[];
  /** What in the stack files is still the sample's. */
  placeholders: Placeholder[];
  /** What was pushed went in unchanged, and nothing went out but by a way that this configuration is known to leave. */
  passed: boolean;
}

/** @throws RehearsalError (a DeployError is one), or the reason when aborted */
export async function rehearse(options: RehearseOptions, steps: RehearsalSteps): Promise<RehearsalResult> {
  const { folder, seed, builder, aborted } = options;
  const { stacks } = builder;
  aborted.throwIfAborted();
  for (const note of stacks.notes) steps.noted(note);
  // First of all, so that a repository that cannot be carried does not keep anybody waiting.
  const copy = await takeCopy(options);
  const deployed = await deployStacks(options, steps);
  const { source, targets, organization } = stacks.accountIds;
  const ours = [source, ...targets, organization];
  const stranger = await openStrangersAccount(stacks.source.config.region, seed, ours);
  const sides = sidesOf(deployed);
  const { testbeds, close } = await createTestbeds(folder, { ...deployed, ...sides }, stranger);
  const closeEarly = () => void close();
  aborted.addEventListener("abort", closeEarly);
  try {
    const [first, ...others] = await tryEach({ testbeds, deployed, copy }, options, steps);
    return {
      source: deployed.source,
      mirror: deployed.mirror,
      organization: deployed.organization,
      ...first,
      others,
      notes: stacks.notes,
      placeholders: stackFilesOf(stacks).flatMap(placeholdersIn),
      passed: [first, ...others].every(hasPassed),
    };
  } finally {
    aborted.removeEventListener("abort", closeEarly);
    await close();
  }
}

function sidesOf({
  source,
  targets: [first, ...others],
}: Pick<DeployedStacks, "source" | "targets">): DeployedSides {
  return { source, targets: [first.target, ...others.map(({ target }) => target)] };
}

async function takeCopy({ folder, repository, aborted }: RehearseOptions): Promise<string> {
  const copy = join(folder, "repository.git");
  await fetchRepository(repository, copy, aborted);
  await requireContent(repository, copy, aborted);
  return copy;
}

async function deployStacks(
  { builder, aborted }: RehearseOptions,
  steps: RehearsalSteps,
): Promise<DeployedStacks> {
  const source = await builder.source();
  aborted.throwIfAborted();
  steps.sourceDeployed(source);
  const deployTarget = async (index: number): Promise<DeployedTarget> => {
    const target = await builder.target(source, index);
    aborted.throwIfAborted();
    const pushAddresses = admittedAddresses(target);
    steps.targetDeployed(target, pushAddresses);
    return { target, pushAddresses };
  };
  const first = await deployTarget(0);
  const others: DeployedTarget[] = [];
  for (let index = 1; index < builder.stacks.targets.length; index++) others.push(await deployTarget(index));
  const targets = [first, ...others] as const;
  const sides = sidesOf({ source, targets });
  const mirror = await builder.mirror(sides);
  aborted.throwIfAborted();
  steps.mirrorDeployed(mirror);
  const organization = await builder.organization(sides);
  aborted.throwIfAborted();
  if (organization) steps.organizationDeployed(organization);
  return { source, targets, mirror, organization };
}

/** Carries the copy in to each target, and then tries everything else on each in turn. */
async function tryEach(
  {
    testbeds,
    deployed,
    copy,
  }: { testbeds: Several<MirroredTestbed>; deployed: DeployedStacks; copy: string },
  options: RehearseOptions,
  steps: RehearsalSteps,
): Promise<Several<RehearsedTarget>> {
  const nameOf = ({ stack }: MirroredTestbed) => (testbeds.length === 1 ? undefined : stack);
  for (const testbed of testbeds) await prepareProjects(testbed);
  const carried: CarriedIn[] = [];
  for (const testbed of testbeds) {
    steps.carryingIn(options.repository, nameOf(testbed));
    options.aborted.throwIfAborted();
    const fired = testbed.recordAlarms();
    const delivery = await deliver(testbed, copy, steps);
    carried.push({ delivery, falseAlarms: alarmNames(fired()) });
    steps.delivered(delivery);
    options.aborted.throwIfAborted();
  }
  let sides = sidesOf(deployed);
  const tried: RehearsedTarget[] = [];
  for (const [index, testbed] of testbeds.entries()) {
    const [target, ...others] = turned(deployed.targets, index);
    const arrived = carried[index];
    if (arrived === undefined) throw new Error(`nothing was carried in to ${testbed.stack}`);
    const stacks = { ...deployed, target: target.target, others: others.map((other) => other.target) };
    const trial = { testbed, stacks, sides, index, arrived, name: nameOf(testbed) };
    const findings = await tryEverything(trial, options, steps);
    sides = { ...sides, targets: replaced(sides.targets, index, findings.rotation.target) };
    tried.push({ ...target, ...findings });
  }
  const [first, ...others] = tried;
  if (first === undefined) throw new Error("there is no target");
  return [first, ...others];
}

/** The list from one of its items on, with those before it at the end. */
function turned<T>(list: Several<T>, index: number): Several<T> {
  const [first = list[0], ...others] = [...list.slice(index), ...list.slice(0, index)];
  return [first, ...others];
}

/** A target, and what it is tried with. */
interface Trial {
  testbed: MirroredTestbed;
  stacks: ProvedStacks & { target: DeployedStack<"target"> };
  /** All of them as they stand now, with those that were rotated before. */
  sides: DeployedSides;
  /** Which of the targets. */
  index: number;
  arrived: CarriedIn;
  /** What the target is called in titles; undefined where there is one. */
  name: string | undefined;
}

/** What has arrived in a target, and the alarms that fired meanwhile. */
interface CarriedIn {
  delivery: Delivery;
  falseAlarms: string[];
}

/** Tries to get data out, proves, triggers the tripwires, heals and rotates, in this order. */
async function tryEverything(
  { testbed, stacks, sides, index, name, arrived: { delivery, falseAlarms } }: Trial,
  { builder, aborted }: RehearseOptions,
  steps: RehearsalSteps,
): Promise<Findings> {
  const { target } = stacks;
  steps.tryingToEscape(name);
  const loot = await makeLoot(testbed);
  const escapes = await tryToEscape(testbed, loot, (escape) => {
    steps.escapeTried(escape);
  });
  aborted.throwIfAborted();

  const report = prove(stacks);
  const practice = await tryCounterExamples(testbed, target, report, loot);
  const differences = contradictions(report, delivery, escapes, practice);
  steps.proved(report, practice, differences, name);
  aborted.throwIfAborted();

  steps.triggeringTripwires(falseAlarms, name);
  const tripwires = await triggerEach(testbed, target, (result) => {
    steps.tripwireTriggered(result);
  });
  aborted.throwIfAborted();

  steps.dayTwo(name);
  const healing = await heal(testbed);
  steps.healed(healing);
  const disbelief = await disbelieve(testbed);
  steps.disbelieved(disbelief);
  aborted.throwIfAborted();
  const rotation = await rotate(testbed, builder, { sides, index });
  steps.rotated(rotation);
  return {
    delivery,
    escapes,
    report,
    practice,
    contradictions: differences,
    falseAlarms,
    tripwires,
    healing,
    disbelief,
    rotation,
  };
}

function hasPassed({
  delivery,
  escapes,
  tripwires,
  healing,
  disbelief,
  rotation,
  ...rest
}: Findings): boolean {
  return (
    delivery.comparison.equal &&
    rest.contradictions.length === 0 &&
    rest.falseAlarms.length === 0 &&
    tripwires.every(({ message }) => message !== undefined) &&
    healing.healed &&
    healing.settingsHealed !== false &&
    disbelief.noticed &&
    rotation.failed.length === 0 &&
    rotation.oldIsRefused &&
    escapes.every(({ refused, knownGap }) => refused || knownGap !== undefined)
  );
}
