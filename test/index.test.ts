import { join } from "node:path";
import { expect } from "chai";
import { isRecord } from "../facts/record";
import program from "../index";
import { Account } from "../rehearsal/aws/account";
import { deploy, DeployError } from "../rehearsal/engines/in-process/deploy";
import { Deployment, type ResourceState } from "../rehearsal/engines/in-process/deployment";
import { stackConfig } from "../rehearsal/engines/in-process/stackFiles";
import { containsUnknown } from "../rehearsal/engines/in-process/wire";

const root = join(__dirname, "..");
const region = "ap-northeast-1";
type Values = Readonly<Record<string, unknown>>;

interface Run {
  /** Values that take the place of the stack file's, by key of the project. */
  changes?: Values;
  /** Stacks that can be referred to. */
  stacks?: readonly Deployment[];
  preview?: boolean;
}

/** Runs the program as `pulumi up` or `pulumi preview` does, on the configuration of this clone. */
function up(stack: "dev" | "prd", { changes = {}, stacks, preview }: Run = {}): Promise<Deployment> {
  const overrides: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(changes))
    overrides[key.includes(":") ? key : `git-airlock:${key}`] = value;
  const config = stackConfig(root, stack, overrides);
  const accountId = stack === "dev" ? "111111111111" : "222222222222";
  const account = new Account({ accountId, region, seed: "test" });
  return deploy({ project: "git-airlock", stack, config, program, account, stacks, preview });
}

/** What a run is refused with, and the types of what was registered before. */
async function refusal(stack: "dev" | "prd", run: Run): Promise<{ message: string; registered: string[] }> {
  try {
    await up(stack, run);
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    return { message: error.message, registered: error.resources.map(({ type }) => type) };
  }
  throw new Error("the program was not refused");
}

/** A stack of the source that exports just this. */
function sourceStack(outputs: Values): Deployment {
  return new Deployment({ project: "git-airlock", stack: "dev", resources: [], outputs: { ...outputs } });
}

describe("the program", () => {
  describe("refuses a wrong config before the first resource, naming the key:", () => {
    const selfSigned = { version: "18.5.1", selfSignedCertificate: true };
    const endpoint = { mode: "endpoint", isolatedTerminalCidrs: ["192.0.2.0/24"] };
    const rows: [kind: string, stack: "dev" | "prd", changes: Values, key: string, says: RegExp][] = [
      ["no role", "dev", { role: "" }, "role", /"source"/],
      ["a role that there is none of", "dev", { role: "sauce" }, "role", /"sauce".*"source"/],
      ["a value that is missing", "dev", { workTerminalCidrs: [] }, "workTerminalCidrs", /is missing/],
      ["a text for an object", "dev", { network: "{zones" }, "network", /is not an object/],
      ["a value of another type", "dev", { gitlab: ["a"] }, "gitlab", /is not an object/],
      ["a text for a number", "prd", { sourceAddressCount: "two" }, "sourceAddressCount", /"two"/],
      ["a CIDR that is none", "dev", { workTerminalCidrs: ["10.0.0.0/33"] }, "workTerminalCidrs[0]", /CIDR/],
      [
        "the whole Internet as a work terminal",
        "dev",
        { workTerminalCidrs: ["0.0.0.0/0"] },
        "workTerminalCidrs[0]",
        /the whole Internet/,
      ],
      [
        "the whole Internet as an isolated terminal",
        "prd",
        { pull: { mode: "addresses", isolatedTerminalCidrs: ["0.0.0.0/0"] } },
        "pull.isolatedTerminalCidrs[0]",
        /the whole Internet/,
      ],
      [
        "the whole Internet in IPv6",
        "prd",
        { pull: { mode: "addresses", isolatedTerminalCidrs: ["::/0"] } },
        "pull.isolatedTerminalCidrs[0]",
        /IPv6/,
      ],
      ["a key that is misspelt", "prd", { repositoryPrefx: "a" }, "repositoryPrefx", /repositoryPrefix/],
      [
        "a key inside an object that is misspelt",
        "dev",
        { gitlab: { ...selfSigned, gitOverSsl: true } },
        "gitlab.gitOverSsl",
        /gitOverSsh/,
      ],
      [
        "a choice that there is none of",
        "prd",
        { pull: { ...endpoint, lock: "sourceIp", network: { availabilityZones: [`${region}a`] } } },
        "pull.lock",
        /"sourceVpce"/,
      ],
      ["no repository", "prd", { repositories: [] }, "repositories", /is missing/],
      ["three live epochs", "prd", { pushCredentialEpochs: [1, 2, 3] }, "pushCredentialEpochs", /two/],
      ["no region", "dev", { "aws:region": "" }, "aws:region", /region/],
      [
        "two values that contradict each other",
        "prd",
        { sourceStack: "o/p/s", pushSourceAddresses: ["203.0.113.10"] },
        "pushSourceAddresses",
        /contradicts sourceStack/,
      ],
      [
        "a key of the other role",
        "prd",
        { workTerminalCidrs: ["198.51.100.0/24"] },
        "workTerminalCidrs",
        /source/,
      ],
    ];
    for (const [kind, stack, changes, key, says] of rows) {
      it(kind, async () => {
        const { message, registered } = await refusal(stack, { changes });
        const line = message
          .split("\n")
          .find((text) => text.includes(key.includes(":") ? key : `git-airlock:${key}`));
        expect(line, message).to.match(says);
        expect(registered).to.deep.equal(["pulumi:pulumi:Stack"]);
      });
    }

    it("all that is wrong at once", async () => {
      const changes = { workTerminalCidrs: ["x"], gitlab: { version: "new" }, nettwork: {} };
      const { message } = await refusal("dev", { changes });
      expect(message)
        .to.contain("git-airlock:workTerminalCidrs[0]")
        .and.contain("git-airlock:gitlab.version")
        .and.contain("git-airlock:nettwork");
    });
  });

  describe("lets nothing in when the source stack", () => {
    const addresses = ["203.0.113.10", "203.0.113.11"];
    const rows: [what: string, outputs: Values | undefined, says: RegExp, changes?: Values][] = [
      ["is not there", undefined, /organization\/git-airlock\/dev.*unknown stack.*pulumi up --stack dev/s],
      ["has no addresses", { region }, /no output natPublicIps.*pulumi up --stack dev/s],
      ["has no region", { natPublicIps: addresses }, /no output region/],
      [
        "names a private address",
        { region, natPublicIps: [addresses[0], "10.0.0.5"] },
        /"10\.0\.0\.5" .*private/,
      ],
      [
        "names an address twice",
        { region, natPublicIps: [addresses[0], addresses[0]] },
        /"203\.0\.113\.10".*twice/,
      ],
      [
        "names one address too many",
        { region, natPublicIps: [...addresses, "203.0.113.12"] },
        /3 .*expected are 2/,
      ],
      ["names one address too few", { region, natPublicIps: addresses.slice(1) }, /1 .*expected are 2/],
      ["names a range", { region, natPublicIps: [addresses[0], "203.0.113.0/24"] }, /"203\.0\.113\.0\/24"/],
      ["names everybody", { region, natPublicIps: [addresses[0], "0.0.0.0/0"] }, /"0\.0\.0\.0\/0"/],
      ["names an IPv6 address", { region, natPublicIps: [addresses[0], "2001:db8::1"] }, /"2001:db8::1"/],
      ["names no list", { region, natPublicIps: "203.0.113.10" }, /not a list of addresses/],
      [
        "is in another region",
        { region: "us-east-1", natPublicIps: addresses },
        /"us-east-1".*"ap-northeast-1"/,
      ],
      [
        "names others than were pinned",
        { region, natPublicIps: addresses },
        /not in expectedSourceAddresses: 203\.0\.113\.11/,
        { expectedSourceAddresses: [addresses[0], "203.0.113.99"] },
      ],
    ];
    for (const [what, outputs, says, changes] of rows) {
      it(what, async () => {
        const stacks = outputs ? [sourceStack(outputs)] : [];
        const { message, registered } = await refusal("prd", { stacks, changes });
        expect(message).to.match(says);
        // Beside the stack itself, there is the reference and the engine's own provider of references.
        const reading = ["pulumi:pulumi:StackReference", "pulumi:providers:pulumi"];
        expect(registered.filter((type) => !reading.includes(type))).to.deep.equal(["pulumi:pulumi:Stack"]);
      });
    }
  });

  describe("in a preview of the target, with the source deployed,", () => {
    let dev: Deployment;
    before(async () => {
      dev = await up("dev");
    });
    const policies = (prd: Deployment, user: "push" | "pull"): ResourceState[] =>
      prd.ofType("aws:iam/policy:Policy").filter(({ name }) => name.startsWith(`target-${user}-`));
    const documents = (prd: Deployment, user: "push" | "pull") =>
      policies(prd, user).map(({ inputs }) => inputs["policy"]);
    const addressesMode = { pull: { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] } };

    it("knows the push policies to the letter, so that policy checks run before anything exists", async () => {
      const [preview, real] = [
        await up("prd", { stacks: [dev], preview: true }),
        await up("prd", { stacks: [dev] }),
      ];
      expect(documents(preview, "push")).to.have.length(1);
      expect(documents(preview, "push")).to.deep.equal(documents(real, "push"));
    });

    it("knows the pull policies too when pulls come from listed addresses", async () => {
      const [preview, real] = [
        await up("prd", { changes: addressesMode, stacks: [dev], preview: true }),
        await up("prd", { changes: addressesMode, stacks: [dev] }),
      ];
      expect(documents(preview, "pull")).to.have.length(1);
      expect(documents(preview, "pull")).to.deep.equal(documents(real, "pull"));
    });

    it("waits with the pull user's policies for the endpoint's id, and with no other policy", async () => {
      const preview = await up("prd", { stacks: [dev], preview: true });
      const waiting = preview.resources.filter(({ inputs }) =>
        ["policy", "document"].some((property) => containsUnknown(inputs[property])),
      );
      // A bucket's ARN is not known before its name is: the policy of the trail's lets CloudTrail alone in.
      const trail = "target-tripwires";
      expect(waiting.map(({ name }) => name)).to.have.members([trail, "target-pull-policy-1"]);
    });

    it("knows the endpoint's policy", async () => {
      const preview = await up("prd", { stacks: [dev], preview: true });
      const [endpoint] = preview.ofType("aws:ec2/vpcEndpoint:VpcEndpoint");
      const policy: unknown = JSON.parse(String(endpoint?.inputs["policy"]));
      expect(isRecord(policy) && policy["Statement"]).to.have.length(1);
    });
  });
});
