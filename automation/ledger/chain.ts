/**
 * Lines of JSON of which each holds a digest of itself and of the line before: one that was changed, taken out, put in or
 * moved does not fit any more. Whoever may write the file can write all of it anew, so the last digest is told to others.
 */
import { createHash } from "node:crypto";

/** What a line holds, beside its place. */
export type Content = Readonly<Record<string, unknown>>;

/** One line, as it was read. */
export interface Link {
  /** Its number, from 1. */
  line: number;
  /** Its SHA-256. */
  digest: string;
  content: Content;
}

/** Where lines end: the last one's number and digest. */
export type Head = Pick<Link, "line" | "digest">;

/** Before the first line. */
export const beginning: Head = { line: 0, digest: "0".repeat(64) };

/** The lines are not as they were written. */
export class BrokenChain extends Error {}

/** The last line has no end. */
export class TornLine extends Error {
  constructor(
    /** How many bytes are whole lines. */
    readonly whole: number,
    readonly line: number,
  ) {
    super(`line ${line} is torn: it has no end`);
  }
}

/**
 * The line that follows another one, with its end. All of it is ASCII, so that no reader finds an end within it: a branch's name
 * or somebody's own may hold U+2028 or U+0085, where some readers do.
 */
export function nextLine({ line, digest }: Head, content: Content): string {
  const whole = ascii(JSON.stringify({ line: line + 1, previous: digest, ...content }));
  const body = whole.slice(0, -1);
  return `${body},"sha256":"${digestOf(body)}"}\n`;
}

/**
 * @param before where the lines before these end
 * @throws BrokenChain, TornLine; all lines before the one that they name are good
 */
export function readChain(bytes: Buffer, before: Head = beginning): Link[] {
  const links: Link[] = [];
  let head = before;
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf("\n", at);
    if (end < 0) throw new TornLine(at, head.line + 1);
    const link = readLine(bytes.toString("latin1", at, end), head);
    links.push(link);
    head = link;
    at = end + 1;
  }
  return links;
}

/** @param before where the lines before it end */
function readLine(text: string, before: Head): Link {
  const number = before.line + 1;
  const broken = (why: string) => new BrokenChain(`line ${number} ${why}`);
  const [, body, digest] = /^(\{.*),"sha256":"([0-9a-f]{64})"\}$/.exec(text) ?? [];
  if (body === undefined || digest === undefined) throw broken("is not a ledger's");
  if (digestOf(body) !== digest) throw broken("is not as it was written: its digest is another one");
  const content: unknown = JSON.parse(`${body}}`);
  if (!isContent(content) || content["previous"] !== before.digest || content["line"] !== number)
    throw broken("does not follow the line before it: lines were taken out, put in or moved");
  return { line: number, digest, content };
}

export function isContent(value: unknown): value is Content {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function digestOf(body: string): string {
  return createHash("sha256").update(body, "latin1").digest("hex");
}

function ascii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
