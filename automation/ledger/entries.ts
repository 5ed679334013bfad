/** What a ledger says: what pulls were about to take, and what came of it. */
import { isContent, type Content, type Link } from "./chain";

/** Who signed, and how many of the commits or tags. */
export interface EntrySigner {
  principal: string;
  /** The key's fingerprint. */
  key: string;
  count: number;
}

/** A branch or tag that is taken. */
export interface EntryReference {
  ref: string;
  change: string;
  /** The tip before; null where there was none. */
  from: string | null;
  /** The tip after it; null where it is deleted. */
  to: string | null;
  /** How many commits came with it; one that came with several references is counted once. */
  commits: number;
  /** How many commits were given up. */
  lost: number;
  /** Whose good signatures they, or the tags, bear; null where none were asked for. */
  signers: readonly EntrySigner[] | null;
}

/** Written before anything is taken. */
export interface Taking {
  /** UTC, ISO 8601. */
  time: string;
  /** Where from, without a credential. */
  source: string;
  /** The clone, as an absolute path. */
  clone: string;
  user: string;
  host: string;
  /** What had to be signed; null: nothing. */
  signed: "commits" | "tags" | null;
  references: readonly EntryReference[];
}

/** What came of it. `unclear`: the clone is neither as it was nor as it was to be. */
export type Outcome = "taken" | "not taken" | "unclear";

/** What was about to be taken, and what came of it: `open` until it is known. */
export interface Entry extends Taking {
  line: number;
  digest: string;
  outcome: Outcome | "open";
}

/** The line of what is about to be taken. */
export function takingLine(taking: Taking): Content {
  return { event: "taking", ...taking };
}

/** The line of what came of it. @param begun the number of the line that says what was about to be taken */
export function outcomeLine(event: Outcome, begun: number, time: string): Content {
  return { event, begun, time };
}

/** A line that fits its place, and was not written by this program. */
export class ForeignLine extends Error {}

/** @throws ForeignLine */
export function readEntries(links: readonly Link[]): Entry[] {
  const entries = new Map<number, Entry>();
  for (const { line, digest, content } of links) {
    const { event, begun } = content;
    if (event === "taking") {
      entries.set(line, { line, digest, outcome: "open", ...readTaking(line, content) });
      continue;
    }
    const entry = typeof begun === "number" ? entries.get(begun) : undefined;
    if (entry === undefined || !isOutcome(event)) throw foreign(line);
    entry.outcome = event;
  }
  return [...entries.values()];
}

function isOutcome(event: unknown): event is Outcome {
  return event === "taken" || event === "not taken" || event === "unclear";
}

function readTaking(line: number, content: Content): Taking {
  const text = (name: string) => textOf(content[name], line);
  const { references, signed } = content;
  if (!Array.isArray(references) || (signed !== null && signed !== "commits" && signed !== "tags"))
    throw foreign(line);
  return {
    time: text("time"),
    source: text("source"),
    clone: text("clone"),
    user: text("user"),
    host: text("host"),
    signed,
    references: references.map((one: unknown) => readReference(one, line)),
  };
}

function readReference(value: unknown, line: number): EntryReference {
  if (!isContent(value)) throw foreign(line);
  const { from, to, signers } = value;
  return {
    ref: textOf(value["ref"], line),
    change: textOf(value["change"], line),
    from: from === null ? null : textOf(from, line),
    to: to === null ? null : textOf(to, line),
    commits: numberOf(value["commits"], line),
    lost: numberOf(value["lost"], line),
    signers: Array.isArray(signers) ? signers.map((one: unknown) => readSigner(one, line)) : null,
  };
}

function readSigner(value: unknown, line: number): EntrySigner {
  if (!isContent(value)) throw foreign(line);
  return {
    principal: textOf(value["principal"], line),
    key: textOf(value["key"], line),
    count: numberOf(value["count"], line),
  };
}

function textOf(value: unknown, line: number): string {
  if (typeof value !== "string") throw foreign(line);
  return value;
}

function numberOf(value: unknown, line: number): number {
  if (typeof value !== "number") throw foreign(line);
  return value;
}

function foreign(line: number): ForeignLine {
  return new ForeignLine(`line ${line} was written by another program or version`);
}
