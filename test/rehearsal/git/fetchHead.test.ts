import { Readable } from "node:stream";
import { expect } from "chai";
import { readFetchHead } from "../../../rehearsal/git/fetchHead";

const read = (...chunks: string[]) => readFetchHead(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));

describe("the head of a fetch", () => {
  it("wants references alone when it lists them", async () => {
    const body = "0014command=ls-refs\n0015agent=git/2.39.5-x0001";
    expect((await read(body)).wantsContent).to.equal(false);
    expect((await read("0014com", "mand=ls-refs\n")).wantsContent).to.equal(false);
  });

  it("wants content in every other form, of any version", async () => {
    expect((await read("0012command=fetch0001")).wantsContent).to.equal(true);
    expect((await read("0032want 0123456789012345678901234567890123456789\n")).wantsContent).to.equal(true);
    expect((await read()).wantsContent).to.equal(true);
  });

  it("keeps the body whole", async () => {
    const chunks = ["0014comm", "and=ls-refs\n", "x".repeat(200), "0000"];
    const { body } = await read(...chunks);
    const parts: Buffer[] = [];
    for await (const part of body as AsyncIterable<Buffer>) parts.push(part);
    expect(Buffer.concat(parts).toString()).to.equal(chunks.join(""));
  });
});
