import { expect } from "chai";
import { z } from "zod";
import type { TripwireArgs } from "../../../components/mirrorTarget/args";
import { MirrorTarget } from "../../../components/mirrorTarget/mirrorTarget";
import { Account } from "../../../rehearsal/aws/account";
import { deploy } from "../../../rehearsal/engines/in-process/deploy";
import { children, counts, deployTarget } from "./deployTarget";
import { account, someTarget } from "./someTarget";

const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
const TRAIL = "aws:cloudtrail/trail:Trail";
const on: TripwireArgs = { enabled: true, emails: [], trail: "made" };

describe("the alarms of a target", () => {
  it("leave no trace when they are off", async () => {
    const off = await deployTarget({ alarms: { ...on, enabled: false } });
    const alarming = /^aws:(cloudtrail|cloudwatch|sns|s3|kms|iam\/role)/;
    expect(children(off.resources).filter(({ type }) => alarming.test(type))).to.deep.equal([]);
    expect(off.output("alarmTopicArn")).to.equal(undefined);
  });

  it("make no trail where the account has one", async () => {
    const deployment = await deployTarget({ alarms: { ...on, trail: "existing" } });
    expect(counts(deployment)).not.to.have.property(TRAIL);
    expect(deployment.ofType(EVENT_RULE)).not.to.deep.equal([]);
  });

  it("tell each person who is named", async () => {
    const emails = ["a@example.com", "b@example.com"];
    const deployment = await deployTarget({ alarms: { ...on, emails } });
    const told = deployment.ofType("aws:sns/topicSubscription:TopicSubscription");
    expect(told.map(({ inputs }) => inputs["endpoint"])).to.deep.equal(emails);
    const topic = deployment.output("alarmTopicArn");
    expect(topic).to.equal(`arn:aws:sns:ap-northeast-1:${account}:airlock-alarms`);
    expect(told.map(({ inputs }) => inputs["topic"])).to.deep.equal([topic, topic]);
  });

  it("go to a topic that services of AWS alone may publish to, and nobody of the account", async () => {
    const [policy] = (await deployTarget()).ofType("aws:sns/topicPolicy:TopicPolicy");
    const { Statement } = z
      .object({
        Statement: z.array(z.object({ Effect: z.string(), Principal: z.unknown(), Action: z.string() })),
      })
      .parse(JSON.parse(String(policy?.inputs["policy"])));
    expect(Statement).to.deep.equal([
      { Effect: "Allow", Principal: { Service: ["events.amazonaws.com"] }, Action: "sns:Publish" },
      { Effect: "Deny", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sns:Publish" },
    ]);
  });

  it("hear of IAM where its events come up, in us-east-1, and are in the target's region for all else", async () => {
    const rules = (await deployTarget()).ofType(EVENT_RULE);
    const there = rules.filter(({ inputs }) => inputs["region"] === "us-east-1");
    expect(there.map(({ name }) => name).sort()).to.deep.equal([
      "airlock-tripwire-gate-change-1-us-east-1",
      "airlock-tripwire-gate-misuse-1-us-east-1",
      "airlock-tripwire-silenced-1-us-east-1",
    ]);
  });

  it("hear of everything there that they hear of here, what only reads included", async () => {
    const rules = (await deployTarget()).ofType(EVENT_RULE);
    const stateOf = (name: string) => rules.find((rule) => rule.name === name)?.inputs["state"];
    const forwarding = rules.filter(({ inputs }) => inputs["region"] === "us-east-1");
    for (const { name, inputs } of forwarding)
      expect(inputs["state"], name).to.equal(stateOf(name.replace(/-us-east-1$/, "")));
    expect(forwarding.map(({ inputs }) => inputs["state"])).to.include(
      "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    );
  });

  it("forward nothing where the target is in us-east-1 itself", async () => {
    const region = "us-east-1";
    const deployment = await deploy({
      project: "git-airlock",
      stack: "prd",
      config: {},
      account: new Account({ accountId: account, region, seed: "test" }),
      program: () => {
        new MirrorTarget("airlock", someTarget({ region }));
        return Promise.resolve({});
      },
    });
    expect(counts(deployment)).not.to.have.property("aws:iam/role:Role");
    expect(deployment.ofType(EVENT_RULE).filter(({ inputs }) => "region" in inputs)).to.deep.equal([]);
  });

  it("are known before anything exists, so that no rule of a pack waits for them", async () => {
    const preview = await deployTarget({}, true);
    for (const { inputs } of preview.ofType(EVENT_RULE)) expect(inputs["eventPattern"]).to.be.a("string");
    for (const { inputs } of preview.ofType("aws:cloudwatch/eventTarget:EventTarget"))
      expect(inputs["arn"]).to.be.a("string");
  });

  it("keep the trail's bucket when the stack goes, and closed to the public while it stands", async () => {
    const deployment = await deployTarget();
    const [block] = deployment.ofType("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    expect(block?.inputs).to.deep.include({ blockPublicPolicy: true, restrictPublicBuckets: true });
    expect(deployment.ofType(TRAIL)[0]?.inputs).to.deep.include({
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
    });
  });
});
