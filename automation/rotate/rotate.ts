/**
 * A rotation of a gate user's git credential, through updates that each leave everything working: a second credential is
 * made, its users move over, and the first one is taken away. It can be stopped anywhere; run again, it goes on.
 */
import { PulumiFailed, type Pulumi } from "../pulumiCli";
import { Epochs, type Gate } from "./epochs";
import { readMirrorStatus } from "./mirrorStatus";

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

/** @throws RotationFailed */
export async function rotate(options: RotateOptions, { pulumi, say, wait }: Surroundings): Promise<Rotated> {
  const { gate, targetStack, mirrorStack } = options;
  const epochs = new Epochs(pulumi, targetStack, gate);
  const update = (stack: string) => pulumi.show(["up", "--stack", stack, ...(options.yes ? ["--yes"] : [])]);
  const finish = async (epoch: number): Promise<Rotated> => {
    await epochs.want([epoch]);
    say(`Taking the old ${gate} credential away: ${targetStack} with [${epoch}].`);
    await update(targetStack);
    return "done";
  };

  const [older = 1, newer] = await epochs.wanted();
  const deployed = await epochs.deployed();
  if (newer === undefined && deployed.length > 1) return finish(older);
  if (newer === undefined && options.finish)
    throw new RotationFailed(
      `No rotation of the ${gate} credential is under way, so there is none to finish.`,
    );
  const next = newer ?? older + 1;
  if (!deployed.includes(next)) {
    await epochs.want([older, next]);
    say(`Making a second ${gate} credential: ${targetStack} with [${older}, ${next}].`);
    await update(targetStack).catch(async (error: unknown) => {
      // What was not made is not wanted either; another update of this stack must not stumble over it.
      if (!(await epochs.deployed()).includes(next)) await epochs.want([older]);
      throw failure(
        error,
        `No credential was made, and nothing has changed. If the user has two already, one of them was
made by hand: find out whose it is, delete it, and run this again.`,
      );
    });
  }
  if (gate === "pull") {
    if (options.finish) return finish(next);
    return "half-way";
  }
  say(`Moving the mirrors over: ${mirrorStack}.`);
  await update(mirrorStack).catch((error: unknown) => {
    throw failure(error, "Both credentials are live and the mirrors push with the old one. Run this again.");
  });
  await untilMoved(pulumi, mirrorStack, say, wait);
  return finish(next);
}

async function untilMoved(
  pulumi: Pulumi,
  stack: string,
  say: (text: string) => void,
  wait: () => Promise<void>,
): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const { wanted, status } = await readMirrorStatus(pulumi, stack);
    if (status.revision === wanted && status.outcome === "succeeded") {
      say("Every mirror has pushed with the new credential.");
      return;
    }
    if (status.revision === wanted) {
      throw new RotationFailed(
        `The GitLab host could not move its mirrors over:\n${status.problems.map((one) => `  ${one}`).join("\n")}\n` +
          "Both credentials are live. Mend that and run this again.",
      );
    }
    if (look === 0)
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
