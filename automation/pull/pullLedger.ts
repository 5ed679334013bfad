/**
 * A pull's lines in a ledger: one before anything is taken, one with what came of it. A pull that was killed in between leaves
 * the second one to the next pull, which sees in the clone whether the first one came true.
 */
import { existsSync, realpathSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { errorText } from "../../facts/errorText";
import type { Head } from "../ledger/chain";
import { outcomeLine, takingLine, type Entry, type EntryReference, type Outcome } from "../ledger/entries";
import { LedgerFile } from "../ledger/ledgerFile";
import { UsageError } from "../usageError";
import type { ReadChange } from "./changes";
import { git, type Clone } from "./git";
import type { PullOptions } from "./options";
import { readSeen, readTips, type Tips } from "./refs";
import { Signers, type SignedBy } from "./signatures";

/** The clone's setting with the last line that it had written: its number and digest. */
const PIN = "airlock.ledger";

/** What is about to be taken. */
export interface Begin {
  source: string;
  changes: readonly ReadChange[];
  /** By commit, or by reference where tags are signed; null where nothing had to be. */
  signedBy: SignedBy | null;
}

export class PullLedger {
  #begun: Head | undefined;

  private constructor(
    private readonly file: LedgerFile,
    private readonly options: PullOptions,
    /** The clone's path, by which lines name it. */
    private readonly place: string,
  ) {}

  /** Undefined where none is kept. @throws UsageError */
  static open(options: PullOptions): PullLedger | undefined {
    const { ledger, folder } = options;
    if (ledger === undefined) return undefined;
    const place = existsSync(folder)
      ? realpathSync(folder)
      : join(realpathSync(existing(dirname(folder))), basename(folder));
    return new PullLedger(LedgerFile.open(ledger, folder), options, place);
  }

  /** Tells of pulls of this clone that were killed. Nobody else pulls into it now. @throws UsageError, Error */
  async settle(clone: Clone): Promise<void> {
    const pinned = await readPin(clone);
    const { links, entries } = this.file.read();
    if (pinned !== undefined && links[pinned.line - 1]?.digest !== pinned.digest)
      throw new UsageError(
        `The ledger ${this.file.name} does not hold line ${pinned.line} with the SHA-256 ${pinned.digest}, which a pull into ` +
          `${this.options.folder} wrote: lines were taken off its end, or it is another file. Give the right one. To begin another ` +
          `one, and on purpose: git -C FOLDER config --unset ${PIN}`,
      );
    for (const entry of entries.filter((one) => this.#isOpen(one))) {
      const isOver = pinned !== undefined && entry.line < pinned.line;
      const outcome = isOver ? "not taken" : await outcomeIn(clone, entry);
      await this.#close(entry.line, outcome);
    }
  }

  /** Writes what is about to be taken; afterwards it may be. @throws Error where it cannot be written */
  async begin(clone: Clone, { source, changes, signedBy }: Begin): Promise<void> {
    if (changes.length === 0) return;
    const { require } = this.options;
    const line = takingLine({
      time: now(),
      source: withoutCredential(source),
      clone: this.place,
      user: userInfo().username,
      host: hostname(),
      signed: signedBy === null ? null : require,
      references: changes.map((change) => referenceOf(change, signedBy, require)),
    });
    const begun = await this.file.append(() => line);
    if (begun === undefined) return;
    this.#begun = begun;
    await git(clone, ["config", PIN, `${begun.line} ${begun.digest}`]);
  }

  /** @returns where the ledger ends; undefined where this pull has written nothing @throws Error where it cannot be written */
  async end(outcome: Outcome): Promise<Head | undefined> {
    if (this.#begun === undefined) return undefined;
    await this.#close(this.#begun.line, outcome);
    return this.file.read().head;
  }

  /** After an error that may have come before or after the references changed. What cannot be told now, the next pull tells. */
  async fail(clone: Clone | undefined): Promise<void> {
    if (this.#begun === undefined) return;
    try {
      if (clone === undefined) await this.#close(this.#begun.line, "not taken");
      else await this.settle(clone);
    } catch {
      // The error that led here tells more.
    }
  }

  /** What is said where the second line cannot be written. */
  notEnded(error: unknown): string {
    return `What was taken is in the ledger, at line ${this.#begun?.line ?? 0}; that it was taken is not: ${errorText(error)} The next pull writes it.`;
  }

  #isOpen({ outcome, clone }: Entry): boolean {
    return outcome === "open" && clone === this.place;
  }

  async #close(begun: number, outcome: Outcome): Promise<void> {
    await this.file.append(({ entries }) => {
      const entry = entries.find(({ line }) => line === begun);
      return entry !== undefined && this.#isOpen(entry) ? outcomeLine(outcome, begun, now()) : undefined;
    });
  }
}

/** What came in is on record in this clone: so all of it is to be. @throws UsageError */
export async function checkLedgerHabit(clone: Clone, { ledger, folder }: PullOptions): Promise<void> {
  if (ledger !== undefined || (await readPin(clone)) === undefined) return;
  throw new UsageError(
    `What comes into ${folder} was written to a ledger before; give --ledger FILE again. To go on without one: git -C FOLDER ` +
      `config --unset ${PIN}`,
  );
}

async function readPin(clone: Clone): Promise<Head | undefined> {
  const text = (await git(clone, ["config", "--default=", "--get", PIN])).trim();
  if (text === "") return undefined;
  const [, line, digest] = /^(\d+) ([0-9a-f]{64})$/.exec(text) ?? [];
  if (line === undefined || digest === undefined)
    throw new UsageError(
      `The clone's setting ${PIN} is "${text}"; expected the number and SHA-256 of a line.`,
    );
  return { line: Number(line), digest };
}

/** References change all at once: so either all are as they were to be, or none. */
async function outcomeIn(clone: Clone, { references }: Entry): Promise<Outcome> {
  const seen = await readSeen(clone);
  const here: Tips = seen.size > 0 ? seen : await readTips(clone, "refs/remotes/origin/", "refs/heads/");
  const arrived = references.filter(({ ref, to }) => (here.get(ref)?.oid ?? null) === to);
  if (arrived.length === references.length) return "taken";
  return arrived.length === 0 ? "not taken" : "unclear";
}

function referenceOf(
  { ref, change, old, new: now, lost, commits }: ReadChange,
  signedBy: SignedBy | null,
  require: PullOptions["require"],
): EntryReference {
  const signers = new Signers();
  const signed = require === "tags" ? [ref] : commits.map(({ oid }) => oid);
  for (const one of signed) {
    const by = signedBy?.get(one);
    if (by !== undefined) signers.add(by.principal, by.key);
  }
  return {
    ref,
    change,
    from: old,
    to: now,
    commits: commits.length,
    lost,
    signers: signedBy === null ? null : signers.all(),
  };
}

/** A password in it is refused before; a user's name, or what stands behind a question mark, may be one too. */
function withoutCredential(source: string): string {
  if (!source.includes("://")) return source.replace(/^[^/\\:@]*@(?=[^/\\:]+:)/, "");
  const url = new URL(source);
  url.username = url.password = url.search = url.hash = "";
  return url.href;
}

function now(): string {
  return new Date().toISOString();
}

/** The nearest folder above that is there; that the rest is missing is told later. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}
