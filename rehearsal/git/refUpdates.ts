/** What a push wants to change, read from the head of its stream before git sees it. */
import { Readable } from "node:stream";

/** One command of git-receive-pack (https://git-scm.com/docs/pack-protocol). */
export interface RefUpdate {
  ref: string;
  /** True when the reference did not exist for the client. */
  creates: boolean;
  deletes: boolean;
}

/** The commands of a push, and its whole body again for whoever handles it next. */
export interface PushHead {
  updates: RefUpdate[];
  body: Readable;
  /** True when the body does not begin with pkt-lines. */
  malformed: boolean;
}

/** A pkt-line of commands is short; this bounds what is kept in memory: name, two object ids, capabilities. */
const MAX_PKT = 65520;

/** The length of a packet including its four digits, 0 for a flush packet, NaN for what is not a length. */
function pktLength(digits: string): number {
  return /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
}

function parseCommand(line: string): RefUpdate | undefined {
  // Git takes upper-case digits too; a command that is not recognised here would not be counted.
  const match = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([^\0\n]+)/i.exec(line);
  const [, from, to, ref] = match ?? [];
  if (from === undefined || to === undefined || ref === undefined) return undefined;
  return { ref, creates: /^0+$/.test(from), deletes: /^0+$/.test(to) };
}

/**
 * Reads the commands up to the flush packet, or until one more than the limit is seen. The rest of the body
 * (the pack, however large) is not read.
 */
export async function readPushHead(body: Readable, limit: number): Promise<PushHead> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  const updates: RefUpdate[] = [];
  const seen: Buffer[] = [];
  let pending = Buffer.alloc(0);
  let done = false;
  let malformed = false;
  while (!done && !malformed && updates.length <= limit) {
    const length = pending.length < 4 ? undefined : pktLength(pending.toString("latin1", 0, 4));
    if (length === 0) {
      done = true;
    } else if (length !== undefined && !(length >= 4 && length <= MAX_PKT)) {
      malformed = true;
    } else if (length === undefined || pending.length < length) {
      const next = await chunks.next();
      if (next.done === true) break;
      seen.push(next.value);
      pending = Buffer.concat([pending, next.value]);
    } else {
      const update = parseCommand(pending.toString("utf8", 4, length));
      // `shallow` and `push-cert` lines are not reference updates; git judges them.
      if (update) updates.push(update);
      pending = pending.subarray(length);
    }
  }
  return { updates, body: Readable.from(replay(seen, chunks)), malformed };
}

/** A stream whose beginning was read, whole again. */
export async function* replay(
  seen: Buffer[],
  chunks: AsyncIterator<Buffer, undefined>,
): AsyncGenerator<Buffer> {
  yield* seen;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

/**
 * The answer of git-receive-pack that refuses a whole push: a fatal error (side-band channel 3), which the client
 * prints.
 */
export function refusedPush(reason: string): Buffer {
  const packet = Buffer.from(`\u0003${reason}\n`);
  const length = (packet.length + 4).toString(16).padStart(4, "0");
  return Buffer.concat([Buffer.from(length), packet, Buffer.from("0000")]);
}
