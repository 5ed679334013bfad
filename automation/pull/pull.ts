/** `git airlock pull`: fetch into quarantine, check all, and only then take all. */
import { existsSync } from "node:fs";
import { UsageError } from "../usageError";
import { hasSubmodules, readCommits, readFiles, type Files, type ReadChange } from "./changes";
import { cloneAnew, isClone, openClone, origin } from "./clone";
import { git, type Clone } from "./git";
import { dropIncoming, fetchIncoming } from "./incoming";
import { alone } from "./lock";
import type { PullOptions } from "./options";
import { inTheWay } from "./names";
import { checkLedgerHabit, PullLedger } from "./pullLedger";
import { compare, readSeen, readTaken, type Tips } from "./refs";
import { isRefused, refusal, unsigned } from "./refusals";
import { checkCommits, checkTags, signerSettings, type Checked, type CheckedEach } from "./signatures";
import { checkSigners } from "./signersFile";
import { take } from "./take";
import { undoUnfinished } from "./unfinished";
import { planStep, type Step } from "./workTree";

/** The clone's setting that says that its signatures are checked. */
const CHECKED = "airlock.checksSignatures";

/** What came of a pull. */
export interface Pulled {
  outcome: "taken" | "up to date" | "refused";
  changes: ReadChange[];
  /** How the signatures came out; null where none were asked for. */
  signatures: Checked | null;
  /** What happens, or would have happened, to the files; null where they stay. */
  files: (Files & Step) | null;
  /** What else one should know. */
  notes: string[];
  /** Why it was refused; a reason may have several lines. */
  problems: string[];
  /** Where the ledger ends with what was taken; null where nothing was written to one. */
  ledger: { line: number; sha256: string } | null;
  /** Whether something was taken of which the ledger does not say so yet. */
  isUnrecorded: boolean;
}

/** @throws GitError, UsageError */
export async function pull(options: PullOptions, stopped: AbortSignal): Promise<Pulled> {
  const { folder, url, ref } = options;
  checkSigners(options);
  const ledger = PullLedger.open(options);
  if (isClone(folder)) {
    const clone = await openClone(folder, stopped);
    const from = await origin(clone, url);
    return alone(clone, async () => {
      await undoUnfinished(clone);
      await ledger?.settle(clone);
      try {
        return await recorded(await update(clone, from, options, { ledger }), ledger);
      } catch (error) {
        await ledger?.fail({ ...clone, stopped: new AbortController().signal });
        throw error;
      }
    });
  }
  if (existsSync(folder))
    throw new UsageError(
      `${folder} is there and is not a clone; name a folder that is not there yet, or a clone.`,
    );
  if (url === undefined)
    throw new UsageError(`${folder} is not there; the first time give git airlock pull URL FOLDER.`);
  try {
    const pulled = await cloneAnew({ url, folder, ref }, stopped, async (clone, onIncoming) => {
      const result = await update(clone, url, options, { ledger, onIncoming });
      return { result, stays: result.outcome !== "refused" };
    });
    return await recorded(pulled, ledger);
  } catch (error) {
    await ledger?.fail(undefined);
    throw error;
  }
}

/** Puts on record that all was taken. That this cannot be written makes nothing of it untaken. */
async function recorded(pulled: Pulled, ledger?: PullLedger): Promise<Pulled> {
  try {
    const head = await ledger?.end("taken");
    return head === undefined ? pulled : { ...pulled, ledger: { line: head.line, sha256: head.digest } };
  } catch (error) {
    const note = ledger?.notEnded(error) ?? "";
    return { ...pulled, isUnrecorded: true, notes: [...pulled.notes, note] };
  }
}

/** Who is told of an update on its way. */
interface Told {
  /** Of what is about to be taken. */
  ledger?: PullLedger;
  /** Of what came in, before anything is decided. */
  onIncoming?: (incoming: Tips) => Promise<void>;
}

async function update(
  clone: Clone,
  url: string,
  options: PullOptions,
  { ledger, onIncoming }: Told,
): Promise<Pulled> {
  // To take and to clear away is quicker than to be stopped at it.
  const atOnce = { ...clone, stopped: new AbortController().signal };
  try {
    await checkHabit(clone, options);
    await checkLedgerHabit(clone, options);
    const incoming = await fetchIncoming(clone, url, options.ref);
    await onIncoming?.(incoming);
    const seen = await readSeen(clone);
    const taken = inView(await readTaken(clone, seen, incoming), incoming, options.ref);
    const changes = await compare(clone, taken, incoming);
    const trusted = [...seen.values()].map(({ oid }) => oid);
    const untaken = new Map([...incoming].filter(([ref, { oid }]) => seen.get(ref)?.oid !== oid));
    const each = await checkSignatures(clone, options, { untaken, incoming, trusted });
    const signatures = each?.checked ?? null;
    const plan = await planStep(clone, incoming, taken);
    const step = "step" in plan ? plan.step : undefined;
    const problems = [
      ...changes.filter((change) => isRefused(change, options)).map((change) => refusal(change, options)),
      ...("problem" in plan ? [plan.problem] : []),
      ...unsigned(signatures, options),
    ];
    const before = [...taken.values()].map(({ oid }) => oid);
    const pulled: Pulled = {
      outcome:
        problems.length > 0 ? "refused" : changes.length > 0 || step !== undefined ? "taken" : "up to date",
      changes: await readCommits(clone, changes, before),
      signatures,
      files: step === undefined ? null : { ...step, ...(await readFiles(clone, step)) },
      notes: "note" in plan ? [plan.note] : [],
      problems,
      ledger: null,
      isUnrecorded: false,
    };
    if (step !== undefined && (await hasSubmodules(clone, step.to)))
      pulled.notes.push("There is a .gitmodules file; submodules are not fetched.");
    const view = new Set([...taken.keys(), ...incoming.keys()]);
    clone.stopped.throwIfAborted();
    if (problems.length > 0) return pulled;
    if (signatures !== null) await git(clone, ["config", CHECKED, "true"]);
    await ledger?.begin(atOnce, { source: url, changes: pulled.changes, signedBy: each?.signedBy ?? null });
    await take(atOnce, { seen, incoming, view }, step);
    return pulled;
  } finally {
    await dropIncoming(atOnce);
  }
}

/**
 * Of what was taken, what this run looks at: all, or one branch and the tags. And what cannot be at the source any more, as
 * `feature` where `feature/x` is.
 */
function inView(taken: Tips, incoming: Tips, branch?: string): Tips {
  if (branch === undefined) return taken;
  const gone = new Set(inTheWay(taken.keys(), [...incoming.keys()]));
  return new Map(
    [...taken].filter(([ref]) => ref === branch || ref.startsWith("refs/tags/") || gone.has(ref)),
  );
}

/** What was taken without a check is trusted from then on: so a clone that was checked once is checked always. */
async function checkHabit(clone: Clone, { allowedSigners }: PullOptions): Promise<void> {
  if (allowedSigners !== undefined) return;
  if ((await git(clone, ["config", "--default=", "--get", CHECKED])).trim() === "") return;
  throw new UsageError(
    `Signatures were checked in ${clone.folder} before; give --allowed-signers FILE again. To trust what comes in from now on ` +
      `without them: git -C FOLDER config --unset ${CHECKED}`,
  );
}

/** What has to be signed: what was not taken yet, among all that came in, beyond the commits that are trusted. */
interface Unchecked {
  readonly untaken: Tips;
  readonly incoming: Tips;
  readonly trusted: string[];
}

async function checkSignatures(
  clone: Clone,
  { allowedSigners, require, sinceCommit }: PullOptions,
  { untaken, incoming, trusted }: Unchecked,
): Promise<CheckedEach | null> {
  if (allowedSigners === undefined) return null;
  const settings = await signerSettings(clone, allowedSigners);
  if (require === "tags") return checkTags(clone, untaken, incoming, settings);
  const since = sinceCommit === undefined ? [] : [sinceCommit];
  for (const oid of since) {
    const holding = await git(clone, ["for-each-ref", "--contains", oid, "refs/airlock/incoming/"]);
    if (holding === "")
      throw new UsageError(`No branch or tag of the source holds the commit ${oid} of --since-commit.`);
  }
  return checkCommits(clone, untaken, [...trusted, ...since], settings);
}
