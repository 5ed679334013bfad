import { expect } from "chai";
import { EventBridge, type AwsEvent } from "../../../../rehearsal/aws/messaging/eventBridge";
import { Iam } from "../../../../rehearsal/aws/identity/iam";
import { Kms } from "../../../../rehearsal/aws/identity/kms";
import { Sns } from "../../../../rehearsal/aws/messaging/sns";
import { StepFunctions } from "../../../../rehearsal/aws/messaging/stepFunctions";
import { account, accountId, make, refused, text, trust } from "../make";

const events = { Service: "events.amazonaws.com" };
const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (action: string | string[], principal: object = events, more: object = {}) => ({
  Effect: "Allow",
  Principal: principal,
  Action: action,
  Resource: "*",
  ...more,
});
const root = allow("kms:*", { AWS: `arn:aws:iam::${accountId}:root` });
const use = ["kms:GenerateDataKey*", "kms:Decrypt"];

const event: AwsEvent = {
  source: "aws.iam",
  "detail-type": "AWS API Call via CloudTrail",
  region: "ap-northeast-1",
  time: "2026-01-01T00:00:00Z",
  resources: [],
  detail: { eventName: "CreateAccessKey", readOnly: false, requestParameters: { userName: "anika" } },
};

describe("the stand-in EventBridge", () => {
  let eventBridge: EventBridge;
  let sns: Sns;
  let kms: Kms;
  let iam: Iam;
  let stepFunctions: StepFunctions;
  beforeEach(() => {
    const context = account();
    iam = Iam.of(context);
    kms = Kms.of(context);
    sns = Sns.of(context);
    stepFunctions = StepFunctions.of(context);
    eventBridge = EventBridge.of(context);
  });

  /** A topic's ARN. */
  async function topic(topicPolicy = policy(allow("sns:Publish")), keyPolicy = policy(root, allow(use))) {
    const key = await make(kms, "aws:kms/key:Key", "k", { policy: keyPolicy });
    const kmsMasterKeyId = text(key, "arn");
    const arn = text(await make(sns, "aws:sns/topic:Topic", "t", { kmsMasterKeyId }), "arn");
    await make(sns, "aws:sns/topicPolicy:TopicPolicy", "t", { arn, policy: topicPolicy });
    return arn;
  }

  const rule = (inputs: object = {}) =>
    make(eventBridge, "aws:cloudwatch/eventRule:EventRule", "r", {
      name: "keys",
      eventPattern: '{"source":["aws.iam"]}',
      ...inputs,
    });
  const target = (arn: string, inputs: object = {}) =>
    make(eventBridge, "aws:cloudwatch/eventTarget:EventTarget", "t", { rule: "keys", arn, ...inputs });

  it("tells a topic the sentence of a rule that matches, filled in from the event", async () => {
    const topicArn = await topic();
    await rule();
    const inputPaths = { what: "$.detail.eventName", who: "$.detail.errorCode" };
    await target(topicArn, { inputTransformer: { inputPaths, inputTemplate: '"<what> by <who>."' } });
    const message = "CreateAccessKey by .";
    expect(eventBridge.put(event)).to.deep.equal([{ rule: "keys", topicArn, message }]);
    expect(eventBridge.put({ ...event, source: "aws.s3" })).to.deep.equal([]);
  });

  it("keeps read-only events of CloudTrail back from a rule that does not ask for them", async () => {
    const arn = await topic();
    const readOnly = { ...event, detail: { ...event.detail, readOnly: true } };
    await rule();
    await target(arn);
    expect(eventBridge.put(readOnly)).to.deep.equal([]);
    await rule({ name: "all", state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" });
    await target(arn, { rule: "all" });
    expect(eventBridge.put(readOnly).map(({ rule: name }) => name)).to.deep.equal(["all"]);
  });

  it("tells nobody by a rule that is disabled, or in another region", async () => {
    const arn = await topic();
    await rule({ state: "DISABLED" });
    await target(arn);
    await rule({ name: "far", region: "us-east-1" });
    expect(eventBridge.put(event)).to.deep.equal([]);
  });

  it("hands an event on to the bus of another region, whose rules then match it", async () => {
    const arn = await topic();
    await rule();
    await target(arn);
    const assumeRolePolicy = trust("events");
    const role = await make(iam, "aws:iam/role:Role", "r", { name: "forward", assumeRolePolicy });
    await rule({ name: "far", region: "us-east-1" });
    const bus = `arn:aws:events:ap-northeast-1:${accountId}:event-bus/default`;
    const far = { rule: "far", region: "us-east-1" };
    await refused("ValidationException", target(bus, far));
    await target(bus, { ...far, roleArn: text(role, "arn") });
    const [alarm] = eventBridge.put({ ...event, region: "us-east-1" });
    expect(alarm?.rule).to.equal("keys");
  });

  for (const [whose, topicPolicy, keyPolicy] of [
    ["the topic's policy", policy(allow("sns:Publish", { Service: "cloudwatch.amazonaws.com" })), undefined],
    ["the key's policy", undefined, policy(root)],
    [
      "a Deny of the topic's policy",
      policy(allow("sns:Publish"), { ...allow("sns:Publish"), Effect: "Deny" }),
      undefined,
    ],
    [
      "a condition, whose key EventBridge never sends",
      policy(
        allow("sns:Publish", events, { Condition: { StringEquals: { "aws:SourceAccount": accountId } } }),
      ),
      undefined,
    ],
  ] as const) {
    it(`tells a topic nothing where ${whose} keeps it out`, async () => {
      const arn = await topic(topicPolicy, keyPolicy);
      await rule();
      await target(arn);
      expect(eventBridge.put(event)).to.deep.equal([]);
    });
  }

  describe("with a state machine as its target", () => {
    const states = { Do: { Type: "Task", Resource: "arn:aws:states:::aws-sdk:ssm:getParameter", End: true } };
    const definition = JSON.stringify({ QueryLanguage: "JSONata", StartAt: "Do", States: states });
    const role = async (service: string) => {
      const inputs = { name: service, assumeRolePolicy: trust(service) };
      return text(await make(iam, "aws:iam/role:Role", service, inputs), "arn");
    };
    let machine: string;
    beforeEach(async () => {
      const inputs = { name: "m", definition, roleArn: await role("states") };
      machine = text(await make(stepFunctions, "aws:sfn/stateMachine:StateMachine", "m", inputs), "arn");
      await rule();
    });

    it("starts it, with the input that the target gives", async () => {
      await target(machine, { roleArn: await role("events"), input: '{"a":1}' });
      expect(eventBridge.put(event)).to.deep.equal([]);
      expect(stepFunctions.executions()).to.deep.equal([{ machineArn: machine, input: '{"a":1}' }]);
    });

    it("refuses one that does not exist, and one without a role that EventBridge may assume", async () => {
      const roleArn = await role("events");
      await refused("ValidationException", target(`${machine}x`, { roleArn }));
      await refused("ValidationException", target(machine));
      await refused("ValidationException", target(machine, { roleArn: `${roleArn}x` }));
      await refused(
        "ValidationException",
        target(machine, { roleArn: roleArn.replace(/events$/, "states") }),
      );
    });
  });

  it("refuses a target that does not exist, or is in another region", async () => {
    await rule();
    await refused("ValidationException", target(`arn:aws:sns:ap-northeast-1:${accountId}:none`));
    await refused("ValidationException", target(`arn:aws:lambda:us-east-1:${accountId}:function:f`));
  });

  it("refuses a sentence with a variable that has no path", async () => {
    await rule();
    const inputTransformer = { inputPaths: { a: "$.time" }, inputTemplate: '"<b>"' };
    await refused("ValidationException", target(await topic(), { inputTransformer }));
  });
});

describe("the stand-in SNS", () => {
  it("refuses a topic under a key that does not exist, and a subscription of what is not an e-mail address", async () => {
    const context = account();
    const sns = Sns.of(context);
    const kmsMasterKeyId = `arn:aws:kms:ap-northeast-1:${accountId}:key/none`;
    await refused("KMSNotFound", make(sns, "aws:sns/topic:Topic", "t", { kmsMasterKeyId }));
    const topic = text(await make(sns, "aws:sns/topic:Topic", "t"), "arn");
    const subscribe = (endpoint: string) =>
      make(sns, "aws:sns/topicSubscription:TopicSubscription", "s", { topic, protocol: "email", endpoint });
    await refused("InvalidParameter", subscribe("operators"));
    await subscribe("operators@example.com");
  });
});
