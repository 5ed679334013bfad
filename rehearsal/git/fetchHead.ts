/** Whether a request to git-upload-pack wants content, read from the head of its stream before git sees it. */
import { Readable } from "node:stream";
import { replay } from "./refUpdates";

/** Enough for the first line of any command (https://git-scm.com/docs/protocol-v2). */
const ENOUGH = 64;

/** By the first command: `ls-refs` of protocol 2 lists references; anything else asks for a pack. @returns the whole body again */
export async function readFetchHead(body: Readable): Promise<{ wantsContent: boolean; body: Readable }> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let head = Buffer.alloc(0);
  while (head.length < ENOUGH) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const wantsContent = !/^[0-9a-f]{4}command=ls-refs\b/.test(head.toString("latin1", 0, ENOUGH));
  return { wantsContent, body: Readable.from(replay([head], chunks)) };
}
