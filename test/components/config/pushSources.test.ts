import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readPushSources } from "../../../components/config/pushSources";

const stack = "organization/git-airlock/dev";
const fromStack = { stack, region: "ap-northeast-1", count: 2, expected: [], isolatedTerminalCidrs: [] };
const sound = { natPublicIps: ["52.1.2.4", "52.1.2.3"], region: "ap-northeast-1" };

/** The stacks that can be referred to, by full name; a test sets them. */
let stacks: Record<string, { outputs: Record<string, unknown>; secretOutputNames: string[] }> = {};

function stateOf(name: string) {
  const found = stacks[name];
  if (found !== undefined) return { name, ...found };
  const details = `unknown stack "${name}"`;
  // As gRPC's errors come: Pulumi's runtime hands their details on.
  throw Object.assign(new Error(details), { details });
}

function deployed(outputs: Record<string, unknown>, secretOutputNames: string[] = []) {
  stacks = { [stack]: { outputs, secretOutputNames } };
}

/** The message that reading fails with. */
async function refusal(pushSources: Parameters<typeof readPushSources>[0]): Promise<string> {
  try {
    return `let in ${(await readPushSources(pushSources)).join(", ")}`;
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).to.equal(true);
    return error instanceof Error ? error.message : "";
  }
}

/** What is written to the console's warnings, which is where Pulumi's go without an engine. */
async function warningsOf(run: () => Promise<unknown>): Promise<string[]> {
  const { warn } = console;
  const warnings: string[] = [];
  console.warn = (text: unknown) => void warnings.push(String(text));
  try {
    await run();
  } finally {
    console.warn = warn;
  }
  return warnings;
}

describe("reading the push sources", () => {
  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource({ type, id }) {
          if (type !== "pulumi:pulumi:StackReference") throw new Error(`unexpected ${type}`);
          return { id: String(id), state: stateOf(String(id)) };
        },
        call({ token, inputs }: { token: string; inputs: { name?: unknown } }) {
          if (token !== "pulumi:pulumi:readStackOutputs") throw new Error(`unexpected ${token}`);
          return stateOf(String(inputs.name));
        },
      },
      "git-airlock",
      "prd",
      false,
    );
  });

  it("takes the addresses of the source stack, in ascending order and without a warning", async () => {
    deployed(sound);
    const warnings = await warningsOf(async () => {
      expect(await readPushSources(fromStack)).to.deep.equal(["52.1.2.3", "52.1.2.4"]);
    });
    expect(warnings).to.deep.equal([]);
  });

  it("takes the addresses that the config gives, and refers to no stack", async () => {
    stacks = {};
    expect(await readPushSources({ addresses: ["52.1.2.3"] })).to.deep.equal(["52.1.2.3"]);
  });

  it("lets documentation addresses pass with a warning that names them", async () => {
    deployed({ ...sound, natPublicIps: ["203.0.113.20", "52.1.2.3"] });
    for (const pushSources of [fromStack, { addresses: ["203.0.113.20"] }]) {
      const warnings = await warningsOf(() => readPushSources(pushSources));
      expect(warnings).to.have.length(1);
      expect(warnings[0])
        .to.match(/203\.0\.113\.20: push sources of a documentation range/)
        .and.not.match(/52\.1/);
    }
  });

  it("refuses a stack that is missing, and says what to run", async () => {
    stacks = {};
    expect(await refusal(fromStack))
      .to.match(/^The source stack organization\/git-airlock\/dev cannot be used:\n/)
      .and.match(/unknown stack "organization\/git-airlock\/dev"/)
      .and.match(/`pulumi up --stack dev`/)
      .and.match(/`pulumi config set git-airlock:sourceStack ORGANIZATION\/PROJECT\/STACK`/);
  });

  it("refuses a stack without the outputs, and names each of them", async () => {
    deployed({});
    expect(await refusal(fromStack))
      .to.match(/it has no output natPublicIps\n {2}it has no output region\n/)
      .and.match(/`pulumi up --stack dev`/);
    deployed({ region: "ap-northeast-1" });
    expect(await refusal(fromStack))
      .to.match(/no output natPublicIps/)
      .and.not.match(/no output region/);
  });

  it("refuses a source in another region, and says why that cannot work", async () => {
    deployed({ ...sound, region: "us-east-1" });
    expect(await refusal(fromStack)).to.match(
      /"us-east-1", and this stack's aws:region is "ap-northeast-1": its proxy/,
    );
  });

  it("refuses addresses that have been made a secret, without showing them", async () => {
    deployed(sound, ["natPublicIps"]);
    expect(await refusal(fromStack))
      .to.match(/output natPublicIps is a secret/)
      .and.not.match(/52\.1/);
  });

  it("refuses everything but the expected number of public addresses, and lets none of them in", async () => {
    const refused: [unknown, RegExp][] = [
      ["52.1.2.3", /is not a list of addresses/],
      [{ a: "52.1.2.3" }, /is not a list of addresses/],
      [[1, 2], /is not a list of addresses/],
      [["52.1.2.3"], /there are 1 addresses, and expected are 2/],
      [["52.1.2.3", "52.1.2.4", "52.1.2.5"], /there are 3 addresses/],
      [["52.1.2.3", "10.0.0.1"], /10\.0\.0\.0\/8 is private/],
      [["52.1.2.3", "0.0.0.0/0"], /"0\.0\.0\.0\/0" is not one IPv4 address/],
      [["52.1.2.3", "52.1.2.3"], /twice/],
    ];
    for (const [natPublicIps, says] of refused) {
      deployed({ ...sound, natPublicIps });
      expect(await refusal(fromStack))
        .to.match(says)
        .and.match(/Nothing was let in/);
    }
  });

  it("refuses what differs from the pinned addresses", async () => {
    deployed(sound);
    expect(await refusal({ ...fromStack, expected: ["52.1.2.3", "52.1.2.9"] }))
      .to.match(/missing of expectedSourceAddresses: 52\.1\.2\.9/)
      .and.match(/not in expectedSourceAddresses: 52\.1\.2\.4/);
  });

  it("refuses a push source among the isolated terminals", async () => {
    deployed(sound);
    expect(await refusal({ ...fromStack, isolatedTerminalCidrs: ["52.1.2.0/24"] })).to.match(
      /isolated terminals'/,
    );
  });
});
