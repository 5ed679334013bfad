/** The rehearsal: deploy both sides, carry a repository in, try to get data out. */
import { join } from "node:path";
import { disbelieve, heal, rotate, type Disbelief, type Healing, type Rotation } from "./dayTwo";
import { deliver, fetchRepository, requireContent, type Delivery, type DeliverySteps } from "./deliver";
import { makeLoot, tryToEscape, type Escape } from "./escapes";
import type { Report } from "../../isolation/claims/verify";
import { tryCounterExamples, type Practice } from "./practice";
import { placeholdersIn, type Placeholder } from "./placeholders";
import { contradictions, prove } from "./proof";
import { admittedAddresses } from "./pushPolicies";
import { alarmNames } from "./firedAlarm";
import { createMirroredTestbed, type MirroredTestbed } from "./testbed";
import type { Builder, DeployedStack } from "../engines/deployStack";
import { stackFilesOf } from "../engines/readStacks";
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
  carryingIn(repository: string): void;
  delivered(delivery: Delivery): void;
  tryingToEscape(): void;
  escapeTried(escape: Escape): void;
  /** @param falseAlarms the alarms that fired while code was carried in */
  triggeringTripwires(falseAlarms: string[]): void;
  tripwireTriggered(result: TriggeredTripwire): void;
  dayTwo(): void;
  healed(healing: Healing): void;
  disbelieved(disbelief: Disbelief): void;
  rotated(rotation: Rotation): void;
  proved(report: Report, practice: Practice[], contradictions: string[]): void;
}

/** The stacks as they were deployed. */
interface DeployedStacks {
  source: DeployedStack<"source">;
  target: DeployedStack<"target">;
  mirror: DeployedStack<"mirror">;
  /** Undefined where the clone has no such stack. */
  organization: DeployedStack<"organization"> | undefined;
  /** The addresses that the deployed push policies admit. */
  pushAddresses: string[];
}

/** What was seen on the testbed. */
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

export interface RehearsalResult extends DeployedStacks, Findings {
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
  const { region } = deployed.target.config;
  const { source, targets, organization } = stacks.accountIds;
  const stranger = await openStrangersAccount(region, seed, [source, ...targets, organization]);
  const testbed = await createMirroredTestbed(folder, deployed, deployed.mirror, stranger);
  const close = () => void testbed.close();
  aborted.addEventListener("abort", close);
  try {
    steps.carryingIn(options.repository);
    aborted.throwIfAborted();
    const findings = await tryEverything({ testbed, deployed, copy }, options, steps);
    return {
      ...deployed,
      ...findings,
      notes: stacks.notes,
      placeholders: stackFilesOf(stacks).flatMap(placeholdersIn),
      passed: hasPassed(findings),
    };
  } finally {
    aborted.removeEventListener("abort", close);
    await testbed.close();
  }
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
  const target = await builder.target(source, 0);
  aborted.throwIfAborted();
  const pushAddresses = admittedAddresses(target);
  steps.targetDeployed(target, pushAddresses);
  const sides = { source, targets: [target] as const };
  const mirror = await builder.mirror(sides);
  aborted.throwIfAborted();
  steps.mirrorDeployed(mirror);
  const organization = await builder.organization(sides);
  aborted.throwIfAborted();
  if (organization) steps.organizationDeployed(organization);
  return { source, target, mirror, organization, pushAddresses };
}

/** Carries the copy in, tries to get data out, proves, triggers the tripwires, heals and rotates, in this order. */
async function tryEverything(
  { testbed, deployed, copy }: { testbed: MirroredTestbed; deployed: DeployedStacks; copy: string },
  { builder, aborted }: RehearseOptions,
  steps: RehearsalSteps,
): Promise<Findings> {
  const { source, target } = deployed;
  const fired = testbed.recordAlarms();
  const delivery = await deliver(testbed, copy, steps);
  const falseAlarms = alarmNames(fired());
  steps.delivered(delivery);
  aborted.throwIfAborted();

  steps.tryingToEscape();
  const loot = await makeLoot(testbed);
  const escapes = await tryToEscape(testbed, loot, (escape) => {
    steps.escapeTried(escape);
  });
  aborted.throwIfAborted();

  const report = prove(deployed);
  const practice = await tryCounterExamples(testbed, target, report, loot);
  const differences = contradictions(report, delivery, escapes, practice);
  steps.proved(report, practice, differences);
  aborted.throwIfAborted();

  steps.triggeringTripwires(falseAlarms);
  const tripwires = await triggerEach(testbed, target, (result) => {
    steps.tripwireTriggered(result);
  });
  aborted.throwIfAborted();

  steps.dayTwo();
  const healing = await heal(testbed);
  steps.healed(healing);
  const disbelief = await disbelieve(testbed);
  steps.disbelieved(disbelief);
  aborted.throwIfAborted();
  const rotation = await rotate(testbed, builder, { sides: { source, targets: [target] }, index: 0 });
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
