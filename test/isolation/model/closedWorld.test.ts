import { expect } from "chai";
import { RESOURCE_PROPERTIES } from "../../../facts/resourceProperties";
import { RESOURCE_TYPES, resourceType } from "../../../facts/resourceTypes";
import { readSide } from "../../../isolation/model/readDeployment";
import { readStackExport } from "../../../isolation/model/stackExport";
import type { Resource } from "../../weakenings/editor";
import { goodExports, STACKS } from "../exports";

/** Every resource of a read type that is the first of its type, with the stack that holds it. */
async function firstOfEachType(): Promise<{ stack: "source" | "target"; index: number; type: string }[]> {
  const exports = await goodExports();
  const found = (["source", "target"] as const).flatMap((stack) =>
    exports[stack].resources.map(({ type }, index) => ({ stack, index, type })),
  );
  const first = new Map([...found].reverse().map((one) => [one.type, one]));
  return [...first.values()].filter(({ type }) => resourceType(type).isRead);
}

/** What is open of the stack after an edit of one resource, that resource's gaps alone. */
async function gapsAfter(
  { stack, index }: { stack: "source" | "target"; index: number },
  edit: (resource: Resource) => void,
): Promise<string[]> {
  const exports = await goodExports();
  const resource = exports[stack].resources[index];
  if (resource === undefined) throw new Error("there is no such resource");
  edit(resource);
  const { gaps } = readSide(readStackExport(exports.exported(stack), STACKS[stack]));
  return gaps.filter(({ urn }) => urn === resource.urn).map(({ reason }) => reason);
}

describe("a resource that is read", () => {
  it("is of a type whose properties are known", () => {
    const read = [...RESOURCE_TYPES].filter(([, { isRead }]) => isRead).map(([type]) => type);
    expect(read.filter((type) => !RESOURCE_PROPERTIES.has(type))).to.deep.equal([]);
    for (const [type, { required, known }] of RESOURCE_PROPERTIES) {
      expect(resourceType(type).isRead, type).to.equal(true);
      for (const name of required) expect(known.has(name), `${type} ${name}`).to.equal(true);
    }
  });

  for (const flag of [
    { pendingReplacement: true },
    { initErrors: ["failed"] },
    { taint: true },
    { delete: true },
    { id: 7 },
    { outputs: [] },
  ])
    it(`leaves its claims open where the state says ${JSON.stringify(flag)}`, async () => {
      for (const one of await firstOfEachType()) {
        const gaps = await gapsAfter(one, (resource) => Object.assign(resource, flag));
        expect(gaps, one.type).to.not.deep.equal([]);
      }
    });

  it("leaves its claims open where a property is set that nobody reads", async () => {
    for (const one of await firstOfEachType()) {
      const gaps = await gapsAfter(one, ({ outputs }) =>
        Object.assign(outputs, { newFeature: { on: true } }),
      );
      expect(gaps, one.type).to.include("its newFeature is not read");
    }
  });

  for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf"]) {
    it(`leaves its claims open where that property is called ${name}`, async () => {
      for (const one of await firstOfEachType()) {
        const gaps = await gapsAfter(one, ({ outputs }) => Object.assign(outputs, { [name]: { on: true } }));
        expect(gaps, one.type).to.include(`its ${name} is not read`);
      }
    });

    it(`leaves its claims open where ${name} was asked for, and is not among what became of it`, async () => {
      for (const one of await firstOfEachType()) {
        const gaps = await gapsAfter(one, ({ inputs }) => Object.assign(inputs, { [name]: "asked for" }));
        expect(gaps, one.type).to.not.deep.equal([]);
      }
    });
  }

  it("leaves nothing open where such a property is off", async () => {
    for (const one of await firstOfEachType()) {
      const off = { newFeature: { on: false, mode: "", count: 0 }, other: [], __defaults: ["name"] };
      expect(await gapsAfter(one, ({ outputs }) => Object.assign(outputs, off)), one.type).to.deep.equal([]);
    }
  });

  it("leaves its claims open where what was asked for is not among what became of it", async () => {
    for (const one of await firstOfEachType()) {
      const { inputs } = (await goodExports())[one.stack].resources[one.index] ?? { inputs: {} };
      const asked = Object.entries(inputs).filter(
        ([, value]) => !["false", '""', "[]", "{}"].includes(JSON.stringify(value)),
      );
      for (const name of asked.map(([name]) => name).filter((each) => each !== "__defaults")) {
        const gaps = await gapsAfter(one, (resource) => {
          Reflect.deleteProperty(resource.outputs, name);
        });
        expect(gaps, `${one.type} ${name}`).to.not.deep.equal([]);
      }
    }
  });

  it("leaves its claims open where what it needs is missing", async () => {
    for (const one of await firstOfEachType())
      for (const name of RESOURCE_PROPERTIES.get(one.type)?.required ?? []) {
        const gaps = await gapsAfter(one, ({ inputs, outputs }) => {
          Reflect.deleteProperty(inputs, name);
          Reflect.deleteProperty(outputs, name);
        });
        expect(gaps, `${one.type} ${name}`).to.include(`its ${name} is missing`);
      }
  });
});
