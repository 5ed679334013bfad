/**
 * A rotation of a gate user's git credential, through updates that each leave everything working: a second credential is
 * made, its users move over, and the first one is taken away. It can be stopped anywhere; run again, it goes on.
 */
import { PulumiFailed, type Pulumi } from "../pulumiCli";
import { Epochs, type Gate } from "./epochs";
import { readMirrorStatus, type ReadStatus } from "./mirrorStatus";

export interface RotateOptions {
  gate: Gate;
  targetStack: string;
  /** The mirrors to move over; only for the push credential. */
  mirrorStack: string;
  /** Of the pull credential: its users have moved over, and the old one may go. */
  finish: boolean;
  /** Updates without asking. */
  yes: boolean;
}

/** How a rotation ended: with one credential, or with two, since people have to move over. */
export type Rotated = "done" | "half-way";

export interface Surroundings {
  pulumi: Pulumi;
  /** Tells people what is done. */
  say: (text: string) => void;
  /** Waits between two looks at the host's status. Rejects when somebody wants this to end. */
  wait: () => Promise<void>;
}

/** How often the host's status is looked at: with 20 seconds between, for three quarters of an hour. */
const MOST_LOOKS = 135;

/** What went wrong, and what to do. Nothing is lost: two credentials live on, or one. */
export class RotationFailed extends Error {}

/** @throws RotationFailed, UsageError, PulumiFailed */
export async function rotate(options: RotateOptions, { pulumi, say, wait }: Surroundings): Promise<Rotated> {
  const { gate, targetStack, mirrorStack } = options;
  const epochs = new Epochs(pulumi, targetStack, gate);
  const update = (stack: string) => pulumi.show(["up", "--stack", stack, ...(options.yes ? ["--yes"] : [])]);
  const finish = async (epoch: number): Promise<Rotated> => {
    await epochs.want([epoch]);
    say(`Taking the old ${gate} credential away: ${targetStack} with [${epoch}].`);
    await update(targetStack).catch((error: unknown) => {
      throw failure(error, "The old credential may be live still; the new one is in use. Run this again.");
    });
    return "done";
  };

  const wanted = await epochs.wanted();
  const deployed = await epochs.deployed();
  const stage = stageOf(options, wanted, deployed);
  if (stage === "at rest" && options.finish)
    throw new RotationFailed(
      `No rotation of the ${gate} credential is under way, so there is none to finish.`,
    );
  // Before anything is made: without a mirror stack nobody could move over.
  const before = gate === "push" ? await readMirrorStatus(pulumi, mirrorStack) : undefined;
  const [older = 1, next = deployed.length === 2 ? Math.max(...deployed) : older + 1] = wanted;
  if (stage === "at rest" || stage === "begun") {
    await epochs.want([older, next]);
    say(`Making a second ${gate} credential: ${targetStack} with [${older}, ${next}].`);
    await update(targetStack).catch(async (error: unknown) => {
      if ((await epochs.deployed()).includes(next))
        throw failure(
          error,
          "The second credential was made; what failed came after it. Mend it and run this again.",
        );
      // What was not made is not wanted either; another update of this stack must not stumble over it.
      await epochs.want([older]);
      throw failure(
        error,
        `No credential was made, and nothing has changed. If the user has two already, one of them was
made by hand, or by an update that was killed: find out whose it is, delete it, and run this again.`,
      );
    });
  }
  if (stage === "two" && wanted.length === 1) await epochs.want([older, next]);
  if (before === undefined) return options.finish || stage === "ending" ? finish(next) : "half-way";
  say(`Moving the mirrors over: ${mirrorStack}.`);
  await update(mirrorStack).catch((error: unknown) => {
    throw failure(error, "Both credentials are live and the mirrors push with the old one. Run this again.");
  });
  await untilMoved(before, () => readMirrorStatus(pulumi, mirrorStack), say, wait);
  return finish(next);
}

/** How far a rotation has come: one credential; a second one listed, but not made; two; the first no more listed. */
type Stage = "at rest" | "begun" | "two" | "ending";

/** @throws RotationFailed where what is listed and what is deployed are of no rotation: an update could make a third one */
function stageOf({ gate, targetStack }: RotateOptions, wanted: number[], deployed: number[]): Stage {
  const last = deployed.at(-1);
  if (last === undefined)
    throw new RotationFailed(
      `The stack ${targetStack} has no ${gate} credential yet. Run pulumi up --stack ${targetStack} first.`,
    );
  const is = (list: number[]) => list.join() === deployed.join();
  if (wanted.length === 1 && is(wanted)) return "at rest";
  if (wanted.length === 2 && is(wanted.slice(0, 1))) return "begun";
  // An update that was thought to have failed, since another one was at work, may have made the second one after all.
  if (deployed.length === 2 && (is(wanted) || wanted.join() === String(deployed[0]))) return "two";
  if (deployed.length === 2 && wanted.join() === String(last)) return "ending";
  throw new RotationFailed(
    `The configuration of ${targetStack} lists the epochs [${wanted.join(", ")}] of the ${gate} credential, and ` +
      `[${deployed.join(", ")}] are deployed. Make the two agree: list what is deployed, or run ` +
      `pulumi up --stack ${targetStack}${gate === "push" ? " and then the mirror stack" : ""} for what is listed.`,
  );
}

/** @param before the status from before the mirrors' update: a failure that it tells of was not met by that update */
async function untilMoved(
  before: ReadStatus,
  read: () => Promise<ReadStatus>,
  say: (text: string) => void,
  wait: () => Promise<void>,
): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const { wanted, status, associationId } = await read();
    const isMet = status.revision === wanted;
    if (isMet && status.outcome === "succeeded") {
      // The script listed each airlock repository with that credential, and found there what GitLab has (reconcile.rb).
      say("Every mirror has pushed with the new credential, and what it pushed has arrived.");
      return;
    }
    const problems = status.problems.map((one) => `  ${one}`).join("\n");
    const isOld =
      status.revision === before.status.revision && status.finishedAt === before.status.finishedAt;
    if (isMet && !isOld) {
      throw new RotationFailed(
        `The GitLab host could not move its mirrors over:\n${problems}\n` +
          "Both credentials are live. Mend that and run this again.",
      );
    }
    if (look === 0 && isMet)
      say(
        `The GitLab host failed the last time:\n${problems}\nWaiting for its next run, within 30 minutes; or start it: ` +
          `aws ssm start-associations-once --association-ids ${String(associationId)}`,
      );
    else if (look === 0)
      say(
        "Waiting for the GitLab host to push with it. Out of office hours it does so after its next start.",
      );
    await wait();
  }
  throw new RotationFailed(
    "The GitLab host has not said that it moved its mirrors over. Both credentials are live, so nothing stops working. " +
      "Look whether the host runs and what its status parameter says, and run this again.",
  );
}

function failure(error: unknown, next: string): unknown {
  return error instanceof PulumiFailed ? new RotationFailed(`${error.message}\n${next}`) : error;
}
