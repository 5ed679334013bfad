import { expect } from "chai";
import { z } from "zod";
import { byAnyInput, byAnyInputBut, byInputs } from "../../../rehearsal/aws/replacement";
import { resource, type Declaration } from "../../../rehearsal/aws/resource";
import { tagged } from "../../../rehearsal/aws/tags";
import { account, refused } from "./make";

const inputs = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  size: z.number().default(1),
});
const kept: string[] = [];

function box(changes: Partial<Declaration<typeof inputs>> = {}) {
  const type = "aws:ec2/box:Box";
  return resource({ type, inputs, replaces: [], id: () => "box-1", ...changes });
}

async function make(declared: ReturnType<typeof box>, given: Record<string, unknown> = {}) {
  return declared.create(account(), { type: declared.type, name: "b", inputs: given });
}

describe("the declaration of a stand-in's resource", () => {
  it("answers with the inputs and their defaults, the tags and the region", async () => {
    const { id, outputs } = await make(box(), { size: 2, color: "red", tags: { a: "b" } });
    expect(id).to.equal("box-1");
    expect(outputs).to.deep.equal({
      size: 2,
      color: "red",
      tags: { a: "b" },
      tagsAll: { a: "b" },
      namePrefix: "",
      region: "ap-northeast-1",
    });
  });

  it("answers with the name and the ARN of a type that has them", async () => {
    const named = box({
      longestName: 20,
      id: ({ name }) => name,
      arn: ({ aws, id }) => aws.arn("ec2", `box/${id}`),
    });
    const { id, outputs } = await make(named, { namePrefix: "my-" });
    expect(id).to.match(/^my-[0-9a-f]{7}$/);
    const arn = `arn:aws:ec2:ap-northeast-1:123456789012:box/${id}`;
    expect(outputs).to.include({ name: id, namePrefix: "my-", arn });
  });

  it("lets an input win over a default output, and an output of its own over both", async () => {
    const declared = box({ defaults: { color: "grey", size: 0 }, outputs: () => ({ size: 9 }) });
    expect((await make(declared)).outputs).to.include({ color: "grey", size: 9 });
    expect((await make(declared, { color: "red" })).outputs).to.include({ color: "red", size: 9 });
  });

  it("gives no region to what is of IAM", async () => {
    expect((await make(box({ type: "aws:iam/box:Box" }))).outputs).not.to.have.property("region");
  });

  it("refuses inputs of another shape, and names each wrong property", async () => {
    const message = await refused("ValidationException", make(box(), { size: "big", name: 1 }));
    expect(message).to.contain('aws:ec2/box:Box "b"').and.contain("size: ").and.contain("name: ");
  });

  it("refuses by the first check that finds a problem, and then keeps nothing", async () => {
    const declared = box({
      checks: [
        ["First", ({ inputs: { size } }) => size > 1 && `${size} is too large`],
        ["Second", ({ inputs: { size } }) => size > 0 && "never asked"],
      ],
      keep: ({ id }) => kept.push(id),
    });
    expect(await refused("First", make(declared, { size: 2 }))).to.contain("2 is too large");
    expect(kept).to.deep.equal([]);
  });

  it("is replaced by the changes that it names", () => {
    const change = (declared: ReturnType<typeof box>, input: string, before: unknown, after: unknown) =>
      declared.isReplacedBy(input, { [input]: before }, { [input]: after });
    const grows = (before: unknown, after: unknown) => Number(after) > Number(before);
    expect(change(box({ replaces: ["name"] }), "name", "a", "b")).to.equal(true);
    expect(change(box({ replaces: ["name"] }), "size", 1, 2)).to.equal(false);
    expect(change(box({ replaces: byAnyInput }), "size", 1, 2)).to.equal(true);
    expect(change(box({ replaces: byAnyInputBut("tags") }), "tags", {}, { a: "b" })).to.equal(false);
    expect(change(box({ replaces: byAnyInputBut("tags") }), "size", 1, 2)).to.equal(true);
    expect(change(box({ replaces: byInputs(["name"], { size: grows }) }), "size", 1, 2)).to.equal(true);
    expect(change(box({ replaces: byInputs(["name"], { size: grows }) }), "size", 2, 1)).to.equal(false);
  });
});
