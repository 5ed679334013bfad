/** The rehearsal: stand both sides up, carry a repository in, try to get data out. */
import { join } from "node:path";
import { heal, rotate, type Healing, type Rotation } from "./dayTwo";
import { deliver, fetchRepository, requireContent, type Delivery, type DeliverySteps } from "./deliver";
import { makeLoot, tryToEscape, type Escape } from "./escapes";
import type { Report } from "../../isolation/claims/verify";
import { practise, type Practice } from "./practice";
import { placeholdersIn, type Placeholder } from "./placeholders";
import { contradictions, prove } from "./proof";
import { admittedAddresses } from "./pushPolicies";
import { setMirroredStage } from "./stage";
import type { Builder, StoodUp } from "../engines/standUp";
import { openStrangersAccount } from "./stranger";
import { namesOf, ringEach, type Ringing } from "./tripwires";

export interface RehearseOptions {
  /** An empty folder to work in. */
  folder: string;
  /** The git repository to carry in, a path or a URL. */
  repository: string;
  /** What a stranger's ids and passwords follow from. */
  seed: string;
  /** Who stands both sides up. */
  builder: Builder;
  /** Ends the rehearsal early: every process is killed, every port freed, and the result is an error. */
  aborted: AbortSignal;
}

/** Told of each thing as it is seen. */
export interface RehearsalSteps extends DeliverySteps {
  noted(note: string): void;
  sourceStands(source: StoodUp<"source">): void;
  targetStands(target: StoodUp<"target">, pushAddresses: string[]): void;
  mirrorStands(mirror: StoodUp<"mirror">): void;
  carryingIn(repository: string): void;
  delivered(delivery: Delivery): void;
  tryingToEscape(): void;
  escapeTried(escape: Escape): void;
  /** @param falseAlarms the alarms that rang while code was carried in */
  ringingTripwires(falseAlarms: string[]): void;
  tripwireRung(ringing: Ringing): void;
  dayTwo(): void;
  healed(healing: Healing): void;
  rotated(rotation: Rotation): void;
  proved(report: Report, practice: Practice[], contradictions: string[]): void;
}

export interface RehearsalResult {
  /** In what the rehearsal departs from the stack files, or what is odd about them. */
  notes: string[];
  /** What in the stack files is still the sample's. */
  placeholders: Placeholder[];
  source: StoodUp<"source">;
  target: StoodUp<"target">;
  mirror: StoodUp<"mirror">;
  /** The addresses that the deployed push policies admit. */
  pushAddresses: string[];
  delivery: Delivery;
  escapes: Escape[];
  report: Report;
  /** What became of the counter-examples of refuted claims. */
  practice: Practice[];
  /** Where the proof and what was tried differ. */
  contradictions: string[];
  /** Alarms that rang while code was carried in. */
  falseAlarms: string[];
  ringings: Ringing[];
  healing: Healing;
  rotation: Rotation;
  /** What was pushed went in unchanged, and nothing went out but by a way that this configuration is known to leave. */
  asItMust: boolean;
}

/** @throws RehearsalError (a DeployError is one), or the reason when aborted */
export async function rehearse(options: RehearseOptions, steps: RehearsalSteps): Promise<RehearsalResult> {
  const { folder, repository, seed, builder, aborted } = options;
  aborted.throwIfAborted();
  const { stacks } = builder;
  const { notes } = stacks;
  for (const note of notes) steps.noted(note);
  // First of all, so that a repository that cannot be carried does not keep anybody waiting.
  const copy = await takeCopy(options);
  const source = await builder.source();
  aborted.throwIfAborted();
  steps.sourceStands(source);
  const target = await builder.target(source);
  aborted.throwIfAborted();
  const pushAddresses = admittedAddresses(target);
  steps.targetStands(target, pushAddresses);

  const mirror = await builder.mirror(source, target);
  aborted.throwIfAborted();
  steps.mirrorStands(mirror);

  const stranger = await openStrangersAccount(target.config.region, seed, Object.values(stacks.accountIds));
  const stage = await setMirroredStage(folder, { source, target }, mirror, stranger);
  const close = () => void stage.close();
  aborted.addEventListener("abort", close);
  try {
    steps.carryingIn(repository);
    aborted.throwIfAborted();
    const heard = stage.hearAlarms();
    const delivery = await deliver(stage, copy, steps);
    const falseAlarms = namesOf(heard());
    steps.delivered(delivery);
    aborted.throwIfAborted();
    steps.tryingToEscape();
    const loot = await makeLoot(stage);
    const escapes = await tryToEscape(stage, loot, (escape) => {
      steps.escapeTried(escape);
    });
    aborted.throwIfAborted();
    const report = prove(source.deployment, target.deployment, mirror.deployment);
    const practice = await practise(stage, target, report, loot);
    const differences = contradictions(report, delivery, escapes, practice);
    steps.proved(report, practice, differences);
    aborted.throwIfAborted();
    steps.ringingTripwires(falseAlarms);
    const ringings = await ringEach(stage, target, (ringing) => {
      steps.tripwireRung(ringing);
    });
    aborted.throwIfAborted();
    steps.dayTwo();
    const healing = await heal(stage);
    steps.healed(healing);
    aborted.throwIfAborted();
    const rotation = await rotate(stage, builder, target);
    steps.rotated(rotation);
    const asItMust =
      delivery.comparison.equal &&
      differences.length === 0 &&
      falseAlarms.length === 0 &&
      ringings.every(({ message }) => message !== undefined) &&
      healing.healed &&
      rotation.failed.length === 0 &&
      rotation.oldIsRefused &&
      escapes.every(({ refused, knownGap }) => refused || knownGap !== undefined);
    return {
      ...{ source, target, mirror, pushAddresses, delivery, escapes, asItMust },
      ...{ report, practice, falseAlarms, ringings, healing, rotation, notes },
      placeholders: [stacks.source, stacks.target, stacks.mirror].flatMap(({ file }) => placeholdersIn(file)),
      contradictions: differences,
    };
  } finally {
    aborted.removeEventListener("abort", close);
    await stage.close();
  }
}

async function takeCopy({ folder, repository, aborted }: RehearseOptions): Promise<string> {
  const copy = join(folder, "repository.git");
  await fetchRepository(repository, copy, aborted);
  await requireContent(repository, copy, aborted);
  return copy;
}
