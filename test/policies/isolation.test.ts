import { expect } from "chai";
import * as aws from "@pulumi/aws";
import { isolationHolds } from "../../policies/isolation";
import { snapshotOf } from "../../policies/support/snapshot";
import { readDeployment } from "../../isolation/model/readDeployment";
import { weakenings } from "../weakenings";
import { Editor } from "../weakenings/editor";
import { weaken } from "../weakenings/weakening";
import { deployedStacks, previewedStacks, type Stacks } from "./deployments";
import { policyResources, run, subject } from "./harness";

describe("the proof, as a rule", () => {
  const stacks: Partial<Record<"previewed" | "deployed", Stacks>> = {};
  before(async function () {
    this.timeout(60_000);
    stacks.deployed = await deployedStacks();
    stacks.previewed = await previewedStacks();
  });

  /** What it says of a weakened program, by the weakening. */
  async function sayings(when: "previewed" | "deployed"): Promise<Map<string, string[]>> {
    const said = new Map<string, string[]>();
    const given = stacks[when] ?? { source: [], target: [] };
    for (const weakening of weakenings.filter(({ rule }) => rule !== undefined)) {
      const { resources } = weaken(weakening, given);
      const { violations, waiting } = await run([isolationHolds], resources);
      expect(waiting).to.deep.equal([]);
      if (violations.length > 0)
        said.set(
          weakening.what,
          violations.map(({ message }) => message),
        );
    }
    return said;
  }

  it("stops half of what the other rules stop, once it is deployed", async () => {
    const said = await sayings("deployed");
    expect(said.size).to.be.at.least(36);
    expect(said.get("writes the push user's two addresses as one range of two")).to.deep.equal([
      "C2 does not hold: The push user is allowed this from beside the single addresses it is given: codecommit:GitPull on " +
        "arn:aws:codecommit:ap-northeast-1:222222222222:platform.app by arn:aws:iam::222222222222:user/target-push, " +
        "aws:SourceIp 203.0.113.10.",
    ]);
  });

  it("stops a third of it before anything exists", async () => {
    const said = await sayings("previewed");
    expect(said.size).to.be.at.least(27);
    expect(said.get("lets the push user codecommit:PutFile")?.[0]).to.contain("C9 does not hold");
    expect(said.get("puts an Internet gateway into the isolated VPC")?.join()).to.contain("C6 does not hold");
  });

  for (const when of ["previewed", "deployed"] as const)
    it(`stops alarms that carry an insider's words out by e-mail (${when})`, async () => {
      const editor = new Editor(stacks[when]?.target ?? []);
      const topic = "arn:aws:sns:ap-northeast-1:222222222222:target-alarms";
      const mail = { topic, protocol: "email", endpoint: "operators@example.com" };
      editor.add("sns.TopicSubscription", "mail", mail);
      expect((await run([isolationHolds], editor.resources)).violations).to.deep.equal([]);
      const inputPaths = { name: "$.detail.requestParameters.repositoryName" };
      editor.change("cloudwatch.EventTarget", "target-tripwire-foreign-write-1", {
        inputTransformer: { inputPaths, inputTemplate: '"<name>"' },
      });
      const [violation] = (await run([isolationHolds], editor.resources)).violations;
      expect(violation?.message).to.contain("C10 does not hold").and.contain("operators@example.com");
    });

  it("leaves out a claim that is accepted to be open", async () => {
    const editor = new Editor(stacks.deployed?.target ?? []);
    editor.add("ec2.InternetGateway", "way-out", { vpcId: editor.ref("ec2.Vpc", "target-isolated") });
    const settings = { "isolation-holds": { accepted: ["C5", "C6"] } };
    expect((await run([isolationHolds], editor.resources)).violations).to.not.deep.equal([]);
    expect((await run([isolationHolds], editor.resources, settings)).violations).to.deep.equal([]);
  });

  it("leaves a program alone that is neither side", async () => {
    const other = subject(aws.ec2.Vpc, "other", { cidrBlock: "10.0.0.0/16" });
    expect(await run([isolationHolds], [other])).to.deep.equal({ violations: [], waiting: [] });
  });

  it("reads of a deployed stack all that its export says", () => {
    for (const side of ["source", "target"] as const) {
      const snapshot = snapshotOf(policyResources(stacks.deployed?.[side] ?? []));
      const read = readDeployment({ [side]: snapshot })[side];
      expect([read?.gaps, read?.unmodelled]).to.deep.equal([[], []]);
      expect(read?.identities.every(({ arn }) => arn.startsWith("arn:aws:iam::"))).to.equal(true);
    }
  });
});
