import { Readable } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { readPushHead } from "../../../rehearsal/git/refUpdates";

const NONE = "0".repeat(40);
const SOME = "a".repeat(40);

const pkt = (text: string) => (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;

function push(refs: string[], pack = ""): Buffer {
  const commands = refs.map((ref, i) => pkt(`${NONE} ${SOME} ${ref}${i === 0 ? "\0 report-status" : ""}\n`));
  return Buffer.from(`${commands.join("")}0000${pack}`);
}

/** The same bytes in pieces cut at these places. */
function pieces(bytes: Buffer, cuts: number[]): Buffer[] {
  const at = [...new Set([0, ...cuts.map((c) => c % bytes.length), bytes.length])].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

async function read(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("the head of a push", () => {
  it("is read however the bytes are cut, and nothing of the body is lost", async () => {
    const refs = ["refs/heads/main", "refs/heads/日本語", "refs/tags/v1"];
    const bytes = push(refs, "PACK and more 0000 of it");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 20 }), async (cuts) => {
        const head = await readPushHead(Readable.from(pieces(bytes, cuts)), 4000);
        expect(head.updates.map((u) => u.ref)).to.deep.equal(refs);
        expect(head.malformed).to.equal(false);
        expect((await read(head.body)).equals(bytes)).to.equal(true);
      }),
      { numRuns: 50 },
    );
  });

  it("tells creations and deletions from updates", async () => {
    const line = (from: string, to: string, ref: string) => pkt(`${from} ${to} ${ref}`);
    const text = `${line(NONE, SOME, "a")}${line(SOME, NONE, "b")}${line(SOME.toUpperCase(), SOME, "c")}0000`;
    const { updates } = await readPushHead(Readable.from([Buffer.from(text)]), 4000);
    expect(updates).to.deep.equal([
      { ref: "a", creates: true, deletes: false },
      { ref: "b", creates: false, deletes: true },
      { ref: "c", creates: false, deletes: false },
    ]);
  });

  it("shows 4,000 updates as such, and of more only that there are more", async () => {
    const refs = Array.from({ length: 10_000 }, (_, i) => `refs/tags/t${i}`);
    const count = async (n: number) =>
      (await readPushHead(Readable.from([push(refs.slice(0, n))]), 4000)).updates.length;
    expect(await count(4000)).to.equal(4000);
    expect(await count(4001)).to.equal(4001);
    expect(await count(10_000)).to.equal(4001);
  });

  it("is malformed when it is not made of pkt-lines", async () => {
    for (const text of ["zzzz", "0001", "0003x", "ffff", "fff5", "-001", "0x1f"]) {
      const head = await readPushHead(Readable.from([Buffer.from(text)]), 4000);
      expect(head.malformed, text).to.equal(true);
    }
  });
});
