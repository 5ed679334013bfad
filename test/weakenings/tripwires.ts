/** Tripwires, alarms and the trail, led astray: what they tell, and who hears it. */
import {
  addFunction,
  alarms,
  foreignBus,
  foreignQueue,
  foreignTopic,
  mail,
  pushes,
  saying,
  subscribe,
  tell,
  trigger,
} from "./carriers";
import { account, stranger } from "./parts";
import type { Editor } from "./editor";
import { each, type Weakening } from "./weakening";

/** Gives a tripwire's target other properties. */
const inTripwire = (stack: Editor, name: string, properties: Record<string, unknown>) =>
  stack.change("cloudwatch.EventTarget", `target-tripwire-${name}`, properties);

/** Lets somebody read what the trail writes. */
export const share = (who: object) => (stack: Editor) =>
  stack.statements("s3.BucketPolicy", "target-tripwires", (all) => [
    ...all,
    { Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...who },
  ]);

/** Has the alarms' topic told whole events, and lets somebody subscribe. */
export const admit = (who: object) => (stack: Editor) => {
  tell(stack, pushes, { arn: alarms });
  const statement = { Effect: "Allow", Action: "sns:Subscribe", Resource: alarms, ...who };
  stack.statements("sns.TopicPolicy", "target-alarms", (all) => [...all, statement]);
};

export const inTrail = (properties: Record<string, unknown>) => (stack: Editor) =>
  stack.change("cloudtrail.Trail", "target-tripwires", properties);

const listeners = {
  "an e-mail address": ["email", "insider@example.com"],
  "a web page": ["https", "https://example.com/hook"],
  "another account's queue": ["sqs", foreignQueue],
} as const;

const told = each({ stack: "target", claim: "C10" }, [
  ...Object.entries(listeners).flatMap(([whom, [protocol, endpoint]]) => [
    {
      what: `tells ${whom} the whole of each alarming event`,
      edit: (stack: Editor) => {
        subscribe(stack, alarms, protocol, endpoint);
        inTripwire(stack, "foreign-write-1", { inputTransformer: undefined });
      },
    },
    {
      what: `tells ${whom} whatever name a repository is called by`,
      edit: (stack: Editor) => {
        subscribe(stack, alarms, protocol, endpoint);
        const name = "$.detail.additionalEventData.repositoryName";
        inTripwire(stack, "gate-misuse-1", saying({ name }, '"<name>"'));
      },
    },
    {
      what: `has a trigger of a repository tell ${whom}`,
      edit: (stack: Editor) => {
        subscribe(stack, alarms, protocol, endpoint);
        trigger(stack, "platform.app", alarms);
      },
    },
  ]),
  {
    what: "tells people an event whole, by the variable that holds it",
    edit: (stack) => {
      mail(stack);
      inTripwire(stack, "gate-misuse-1", saying({}, "<aws.events.event.json>"));
    },
  },
  {
    what: "mails whole events of the trail's being silenced",
    edit: (stack) => {
      mail(stack);
      inTripwire(stack, "silenced-3", { inputTransformer: undefined });
    },
  },
  // An insider's own events may have any source that does not begin with "aws.", and say what he likes.
  ...[
    { "detail-type": ["AWS API Call via CloudTrail"] },
    { source: ["aws.codecommit", "own.app"] },
    { source: [{ prefix: "aws" }] },
    { source: [{ "anything-but": ["aws.s3"] }] },
    '{"source":["own.app"],"source":["aws.codecommit"]}',
  ].map((pattern) => ({
    what: `mails the event's name, of events like ${JSON.stringify(pattern)}`,
    edit: (stack: Editor) => {
      tell(stack, pattern, { arn: alarms, ...saying({ name: "$.detail.eventName" }, '"<name>"') });
      mail(stack);
    },
  })),
  ...["\\u003caws.events.event>", "<AWS.events.event.json>"].map((template) => ({
    what: `mails the template ${template}`,
    edit: (stack: Editor) => {
      tell(stack, pushes, { arn: alarms, ...saying({}, template) });
      mail(stack);
    },
  })),
  {
    what: "sends what happens in us-east-1 on to another account's bus",
    edit: (stack) => inTripwire(stack, "gate-change-1-us-east-1", { arn: foreignBus }),
    rule: ["event-targets-stay-home", "target-tripwire-gate-change-1-us-east-1", foreignBus],
  },
  ...["alarmActions", "okActions", "insufficientDataActions"].map((actions) => ({
    what: `has another account's topic hear an alarm by its ${actions}`,
    edit: (stack: Editor) => stack.add("cloudwatch.MetricAlarm", "more", { [actions]: [foreignTopic] }),
  })),
  {
    what: "mails an alarm, whose number is an insider's",
    edit: (stack) => {
      stack.add("cloudwatch.MetricAlarm", "more", { alarmActions: [alarms] });
      mail(stack);
    },
  },
  {
    what: "tells whole events to a function of the stack",
    edit: (stack) => {
      tell(stack, pushes, { arn: addFunction(stack) });
    },
    unknown: "where that passes it on",
  },
  {
    what: "subscribes a function of the stack to whole events",
    edit: (stack) => {
      tell(stack, pushes, { arn: alarms });
      subscribe(stack, alarms, "lambda", addFunction(stack));
    },
    unknown: "where that passes it on",
  },
  // A condition, or the resource, names the own account: that admits nobody less.
  ...[
    { Principal: "*" },
    { Principal: { AWS: "*" }, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } },
    { Principal: "*", Condition: { StringEqualsIfExists: { "aws:SourceAccount": account } } },
    { NotPrincipal: { AWS: account } },
  ].map((who) => ({
    what: `lets ${JSON.stringify(who)} subscribe to whole events`,
    edit: admit(who),
    unknown: "whose * is",
  })),
]);

const trail = each({ stack: "target", claim: "C10" }, [
  {
    what: "has the trail tell another account's topic",
    edit: inTrail({ snsTopicName: foreignTopic }),
  },
  {
    what: "has the trail write to another account's log group",
    edit: inTrail({ cloudWatchLogsGroupArn: `arn:aws:logs:ap-northeast-1:${stranger}:log-group:loot:*` }),
  },
  {
    what: "has the trail write to a bucket that is not shown",
    edit: inTrail({ s3BucketName: "elsewhere" }),
    unknown: "whose arn:aws:s3:::elsewhere is",
  },
  ...[
    { Principal: { AWS: `arn:aws:iam::${stranger}:root` } },
    { Principal: { AWS: [account, stranger] } },
    { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": stranger } } },
  ].map((who) => ({ what: `lets ${JSON.stringify(who)} read what the trail writes`, edit: share(who) })),
  ...[
    { Principal: "*" },
    { NotPrincipal: { AWS: account } },
    { Principal: { Service: "cloudfront.amazonaws.com" } },
    { Principal: "*", Condition: { StringEqualsIfExists: { "aws:PrincipalAccount": account } } },
  ].map((who) => ({
    what: `lets ${JSON.stringify(who)} read what the trail writes`,
    edit: share(who),
    unknown: "whose * is",
  })),
  ...[
    { acl: "public-read" },
    { grants: [{ type: "CanonicalUser", id: "abc", permissions: ["READ"] }] },
    { replicationConfiguration: { role: "replicator", rules: [] } },
  ].map((properties) => ({
    what: `gives the trail's bucket ${JSON.stringify(properties)}`,
    edit: (stack: Editor) => stack.change("s3.Bucket", "target-tripwires", properties),
    unknown: "whose * is",
  })),
]);

export const tripwires: readonly Weakening[] = [...told, ...trail];
