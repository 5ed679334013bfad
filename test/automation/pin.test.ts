import { expect } from "chai";
import { NothingToPin, pin, type Pinned } from "../../automation/pin/pin";
import type { Pulumi } from "../../automation/pulumiCli";

const key = "git-airlock:expectedSourceAddresses";
const addresses = ["203.0.113.10", "203.0.113.11"];

/** A target stack: its configuration, and what it says of itself. */
class Target implements Pulumi {
  readonly said: string[] = [];
  readonly questions: string[] = [];

  constructor(
    readonly config: Record<string, string[]> = {},
    private readonly outputs: Record<string, unknown> = { pushSourceAddresses: addresses },
  ) {}

  pin(agrees = true): Promise<Pinned> {
    return pin("prd", {
      pulumi: this,
      say: (text) => void this.said.push(text),
      ask: (question) => {
        this.questions.push(question);
        return Promise.resolve(agrees);
      },
    });
  }

  async refusal(): Promise<string> {
    try {
      await this.pin();
    } catch (error) {
      if (error instanceof NothingToPin) return error.message;
      throw error;
    }
    throw new Error("it was not refused");
  }

  show(): Promise<void> {
    throw new Error("nothing is updated");
  }

  read(args: readonly string[]): Promise<string> {
    const [command = "", verb = ""] = args;
    if (command === "stack") return Promise.resolve(JSON.stringify(this.outputs));
    const path = /^(.+)\[(\d+)\]$/.exec(args.find((arg) => arg.includes("[")) ?? "");
    const list = (this.config[path?.[1] ?? ""] ??= []);
    if (verb === "set") list[Number(path?.[2])] = String(args.at(-1));
    if (verb === "rm") list.splice(Number(path?.[2]), 1);
    const values = Object.entries(this.config).map(([name, value]) => [
      name,
      { value: JSON.stringify(value) },
    ]);
    return Promise.resolve(JSON.stringify(Object.fromEntries(values)));
  }
}

describe("pinning the source's addresses", () => {
  it("writes what the target lets in, once somebody agrees", async () => {
    const target = new Target();
    expect(await target.pin()).to.equal("pinned");
    expect(target.config[key]).to.deep.equal(addresses);
    expect(target.questions).to.deep.equal(["Pin prd to 203.0.113.10, 203.0.113.11?"]);
  });

  it("writes nothing where nobody agrees", async () => {
    const target = new Target();
    expect(await target.pin(false)).to.equal("declined");
    expect(target.config[key] ?? []).to.deep.equal([]);
  });

  it("asks nobody where the same addresses are pinned, in whatever order", async () => {
    const target = new Target({ [key]: [...addresses].reverse() });
    expect(await target.pin()).to.equal("already");
    expect(target.questions).to.deep.equal([]);
  });

  it("shows what was pinned before, and leaves none of it", async () => {
    const target = new Target({ [key]: ["203.0.113.10", "203.0.113.98", "203.0.113.99"] });
    expect(await target.pin()).to.equal("pinned");
    expect(target.said.join("\n")).to.contain("Pinned until now: 203.0.113.10, 203.0.113.98, 203.0.113.99");
    expect(target.config[key]).to.deep.equal(addresses);
  });

  for (const [what, target, says] of [
    ["a target that is not deployed", new Target({}, {}), /pulumi up --stack prd/],
    ["a target that lets nobody in", new Target({}, { pushSourceAddresses: [] }), /pulumi up --stack prd/],
    [
      "a target that lets in a network, or everybody",
      new Target({}, { pushSourceAddresses: ["0.0.0.0/0"] }),
      /0\.0\.0\.0\/0/,
    ],
    ["a private address", new Target({}, { pushSourceAddresses: ["10.0.0.1"] }), /10\.0\.0\.1/],
    [
      "a target that names its push sources itself",
      new Target({ "git-airlock:pushSourceAddresses": ["203.0.113.7"] }),
      /names its push sources itself/,
    ],
  ] as const)
    it(`refuses ${what}, and writes nothing`, async () => {
      expect(await target.refusal()).to.match(says);
      expect(target.config[key] ?? []).to.deep.equal([]);
    });
});
