/** What comes after the first delivery: a mirror and settings that were changed by hand, and a rotation while people push. */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Position } from "../git/gitClient";
import { gitOutput } from "../git/gitProcess";
import { RehearsalError } from "../rehearsalError";
import type { Builder, DeployedStack, RotationStart } from "../engines/deployStack";
import type { MirroredTestbed } from "./testbed";

/** What became of a mirror that somebody turned off. */
export interface Healing {
  /** Whether the next run put it back, and it pushed again. */
  healed: boolean;
  /** Whether the next run put GitLab's settings back too; undefined where the stack leaves them to others. */
  settingsHealed: boolean | undefined;
}

/** What became of a GitLab that lies. */
export interface Disbelief {
  /** Whether the host named what the airlock repository lacked, and was content once it was there. */
  noticed: boolean;
}

/** What became of pushes while the push credential was rotated. */
export interface Rotation {
  /** The live epochs, step by step. */
  epochs: number[][];
  /** Pushes of developers that the mirror carried on. */
  pushes: number;
  /** Those that it did not. */
  failed: string[];
  /** Whether the old credential is refused in the end. */
  oldIsRefused: boolean;
  /** The target as it then stands. */
  target: DeployedStack<"target">;
}

/** Turns a mirror off and tells it to overwrite, as an administrator of GitLab could, and lets the host run once. */
export async function heal(testbed: MirroredTestbed): Promise<Healing> {
  const { agent, airlock } = testbed;
  agent.changeMirrors(airlock.gitlabProject, (mirror) => ({
    ...mirror,
    enabled: false,
    keep_divergent_refs: false,
  }));
  const { outcome, counts } = await agent.runAssociation();
  const mirrors = agent.mirrorsOf(airlock.gitlabProject);
  const isBack = mirrors.every(({ enabled, keep_divergent_refs: keeps }) => enabled && keeps);
  return {
    healed: outcome === "succeeded" && counts["updated"] === mirrors.length && isBack,
    settingsHealed: await healSettings(testbed),
  };
}

/** Lets everybody sign up and default branches be rewritten, as an administrator of GitLab could, and the host run once. */
async function healSettings({ agent }: MirroredTestbed): Promise<boolean | undefined> {
  const before = agent.settings;
  const byHand = { signup_enabled: true, default_branch_protection_defaults: { allow_force_push: true } };
  agent.changeSettings(byHand);
  const status = await agent.keepSettings();
  return status && status.outcome === "succeeded" && isDeepStrictEqual(agent.settings, before);
}

/** Takes a branch or tag off an airlock repository, and has GitLab say that it has pushed it while it pushes nothing. */
export async function disbelieve(testbed: MirroredTestbed): Promise<Disbelief> {
  const { agent, airlock } = testbed;
  const directory = await testbed.airlockDirectory(airlock.name);
  const git = (...args: string[]) => gitOutput(["-C", directory, ...args], testbed.localGit);
  const reference = (await git("for-each-ref", "--count=1", "--format=%(refname)")).trim();
  await git("update-ref", "-d", reference);
  const lied = await agent.runAssociation(true);
  const isNamed = lied.problems.some((problem) => problem.endsWith(`lacks ${reference}`));
  const honest = await agent.runAssociation();
  return { noticed: isNamed && lied.outcome === "failed" && honest.outcome === "succeeded" };
}

/**
 * Makes a second credential, moves the mirrors over and takes the first one away, while a developer keeps pushing.
 * A rotation that is under way is ended first, as IAM's limit of two credentials asks.
 * @throws RehearsalError when a run of the host fails
 */
export async function rotate(
  testbed: MirroredTestbed,
  builder: Builder,
  { sides, index }: Pick<RotationStart, "sides" | "index">,
): Promise<Rotation> {
  const { agent, cloud, pushCredential, outside, airlock } = testbed;
  const target = sides.targets[index] ?? sides.targets[0];
  const { pushCredentialEpochs, references } = target.config.target;
  const [first = 1, last = first] = pushCredentialEpochs;
  const epochs = [[last], [last, last + 1], [last + 1]];
  if (last !== first) epochs.unshift([first, last]);
  const load = await startPushing(testbed, references);
  let after = target;
  try {
    if (last !== first) {
      const rested = await builder.endRotation({ epochs: [first, last], index, target });
      cloud.update(rested.account);
      await load.oneMore();
    }
    const both = await builder.beginRotation({ epochs: [last, last + 1], sides, index });
    cloud.update(both.target.account);
    await load.oneMore();
    agent.updated(both.mirror);
    const { outcome, problems } = await agent.runAssociation();
    if (outcome !== "succeeded") throw new RehearsalError(`GitLab's mirrors: ${problems.join("; ")}`);
    await load.oneMore();
    after = await builder.endRotation(both);
    cloud.update(after.account);
    await load.oneMore();
  } finally {
    await load.stop();
  }
  const { code } = await outside.git(["ls-remote", airlock.cloneUrlHttp], { credential: pushCredential });
  const refused = testbed.codeCommit.audit.at(-1)?.status === 401;
  const oldIsRefused = code !== 0 && refused;
  return { epochs, pushes: load.pushes, failed: load.failed, oldIsRefused, target: after };
}

/** For how long the developer rests after a push, in milliseconds. */
const rest = 1_000;

interface Load {
  pushes: number;
  readonly failed: string[];
  /** Waits until a push that begins now has been carried on. */
  oneMore(): Promise<void>;
  stop(): Promise<void>;
}

/** A developer who commits and pushes again and again, each time with the mirror's run that follows. */
async function startPushing(testbed: MirroredTestbed, references: readonly string[]): Promise<Load> {
  const push = await preparePush(testbed, references);
  const over = new AbortController();
  let turns = Promise.resolve();
  const load: Load = {
    pushes: 0,
    failed: [],
    // Those that are under way began before.
    oneMore: () => turn(),
    async stop() {
      over.abort();
      await turns;
    },
  };
  const turn = (): Promise<void> =>
    (turns = turns.then(async () => {
      const problem = await push(load.pushes + 1);
      if (problem === undefined) load.pushes++;
      else load.failed.push(problem);
    }));
  void (async () => {
    while (!over.signal.aborted) {
      await turn();
      await setTimeout(rest, undefined, { signal: over.signal });
    }
  })().catch(() => {
    // The end of the last rest; and an error, which those who wait for a turn or for the end get.
  });
  return load;
}

/** Makes the developer's clone. The function it returns commits and pushes once, and says what has failed, if anything. */
async function preparePush(
  testbed: MirroredTestbed,
  references: readonly string[],
): Promise<(push: number) => Promise<string | undefined>> {
  const { workTerminal, gitlab, airlock, developer, stack } = testbed;
  const cwd = join(workTerminal.home, `load-${stack}`);
  await required(workTerminal, ["init", "--quiet", cwd]);
  const url = `https://${gitlab.hostname}/${airlock.gitlabProject}.git`;
  const referenceOf = pushable(references);
  // What is there already is built upon.
  const fetched = await workTerminal.git(["-C", cwd, "fetch", "--quiet", url, referenceOf(1)], {
    credential: developer,
  });
  if (fetched.code === 0) await required(workTerminal, ["-C", cwd, "reset", "--soft", "FETCH_HEAD"]);
  const settings = ["user.name=developer", "user.email=developer@example.com", "gc.auto=0"];
  const committing = ["-C", cwd, ...settings.flatMap((setting) => ["-c", setting])];
  return async (push) => {
    await required(workTerminal, [
      ...committing,
      "commit",
      "--quiet",
      "--allow-empty",
      "--message",
      `change ${push}`,
    ]);
    const refspec = `HEAD:${referenceOf(push)}`;
    const pushed = await workTerminal.git(["-C", cwd, "push", "--quiet", url, refspec], {
      credential: developer,
    });
    const mirrored = (await gitlab.syncMirrors(airlock.gitlabProject)).get(airlock.cloneUrlHttp);
    if (pushed.code === 0 && mirrored?.updateStatus === "finished") return undefined;
    return mirrored?.lastError ?? pushed.stderr;
  };
}

/** Of what may be pushed, what each push is to change: one branch; where there is none but tags, each time a new one. */
function pushable(references: readonly string[]): (push: number) => string {
  const branch = references.find((reference) => reference.startsWith("refs/heads/"));
  const [tag = "refs/heads/load"] = references;
  return (push) => branch?.replace(/\*$/, "load") ?? tag.replace(/\*$/, `load-${push}`);
}

async function required(position: Position, args: string[]): Promise<void> {
  const { code, stderr } = await position.git(args);
  if (code !== 0) throw new RehearsalError(`git ${args.join(" ")} failed: ${stderr.trim()}`);
}
