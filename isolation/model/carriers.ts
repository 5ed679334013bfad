/**
 * Reads what carries news on by itself: triggers, notification rules, event targets, alarms, trails, and the topics and
 * buckets that they lead to.
 */
import type { Carrier } from "./deployment";
import { isRecord, strictlyParsed } from "./json";
import type { StackResource } from "./snapshot";
import { isProperties, propertiesOf, type Stack } from "./stack";
import { ANYBODY, takers } from "./takers";
import { BUCKET, EVENT_RULE, TOPIC } from "./types";

const TRIGGER = "aws:codecommit/trigger:Trigger";
const NOTIFICATION_RULE = "aws:codestarnotifications/notificationRule:NotificationRule";
export const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TRAIL = "aws:cloudtrail/trail:Trail";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
/** Types whose ARN is another resource's: what they lead to, or speak of. */
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
export const NAMING_ANOTHER: readonly string[] = [EVENT_TARGET, TOPIC_POLICY, SUBSCRIPTION];

export function readCarriers(stack: Stack): Carrier[] {
  return [
    ...stack.of(TRIGGER).map((trigger): Carrier => {
      const to = stack
        .objects(trigger, "triggers")
        .flatMap((each) => stack.text(trigger, "destinationArn", each) ?? []);
      return { urn: trigger.urn, kind: "trigger", from: [], to: to.sort(), fixedText: false };
    }),
    ...stack.of(NOTIFICATION_RULE).map((rule): Carrier => {
      const to = stack.objects(rule, "targets").flatMap((each) => stack.text(rule, "address", each) ?? []);
      return { urn: rule.urn, kind: "notification rule", from: [], to: to.sort(), fixedText: false };
    }),
    ...stack.of(EVENT_TARGET).flatMap((target): Carrier[] => {
      const letters = stack.object(target, "deadLetterConfig");
      const to = [stack.text(target, "arn"), stack.text(target, "arn", letters)].flatMap((arn) => arn ?? []);
      const rules = rulesOf(stack, target);
      // A rule on a schedule alone tells of nothing.
      if (rules.length > 0 && rules.every((rule) => !(propertiesOf(rule).eventPattern ?? ""))) return [];
      const fixedText = saysFixedText(stack, target, rules);
      return [{ urn: target.urn, kind: "event target", from: [], to, fixedText }];
    }),
    // An alarm tells the numbers that raised it, and anybody may have chosen those.
    ...stack.of(ALARM).map((alarm): Carrier => {
      const to = ["alarmActions", "okActions", "insufficientDataActions"]
        .flatMap((actions) => stack.texts(alarm, actions))
        // EC2's own actions: to stop an instance, for example.
        .filter((action) => !/^arn:[^:]+:automate:/.test(action));
      return { urn: alarm.urn, kind: "alarm", from: [], to: [...new Set(to)].sort(), fixedText: false };
    }),
    // What a trail writes holds the words of every call; to its topic it tells where it wrote.
    ...stack.of(TRAIL).flatMap((trail): Carrier[] => {
      const logs = stack.text(trail, "cloudWatchLogsGroupArn")?.replace(/:\*$/, "");
      const topic = topicOf(stack, trail, "snsTopicName")[0] ?? stack.text(trail, "snsTopicName");
      const common = { urn: trail.urn, kind: "trail" as const, from: [] };
      return [
        {
          ...common,
          to: [...bucketOf(stack, trail, "s3BucketName"), ...(logs === undefined ? [] : [logs])],
          fixedText: false,
        },
        { ...common, to: topic === undefined ? [] : [topic], fixedText: true },
      ];
    }),
    ...stack.of(SUBSCRIPTION).map((subscription): Carrier => {
      const from = topicOf(stack, subscription, "topic");
      const to = [stack.text(subscription, "endpoint") ?? ANYBODY];
      return { urn: subscription.urn, kind: "topic subscription", from, to, fixedText: false };
    }),
    ...[
      // SNS's own policy, which a topic's outputs show, admits the account alone.
      ...stack.of(TOPIC).map((topic) => ({ policy: topic, given: topic.inputs.policy })),
      ...stack.of(TOPIC_POLICY).map((policy) => ({ policy, given: propertiesOf(policy).policy })),
    ].map(({ policy, given }): Carrier => {
      const from = topicOf(stack, policy, "arn");
      const to = takers(given, ["sns:publish"]);
      return { urn: policy.urn, kind: "topic policy", from, to, fixedText: false };
    }),
    ...stack.of(BUCKET).map((bucket): Carrier => {
      const to = isShared(bucket) ? [ANYBODY] : takers(propertiesOf(bucket).policy, BRINGING_TO_BUCKETS);
      return { urn: bucket.urn, kind: "bucket", from: [bucket.urn], to, fixedText: false };
    }),
    ...stack.of(BUCKET_POLICY).map((policy): Carrier => {
      const from = bucketOf(stack, policy, "bucket");
      const to = takers(propertiesOf(policy).policy, BRINGING_TO_BUCKETS);
      return { urn: policy.urn, kind: "bucket policy", from, to, fixedText: false };
    }),
  ];
}

const BRINGING_TO_BUCKETS = ["s3:putobject", "s3:getbucketacl", "s3:getbucketlocation"];

/** Whether a bucket is copied, or read by others, by anything but policies. Its owner stands in its list of grants, too. */
function isShared(bucket: StackResource): boolean {
  const { acl, grants, replicationConfiguration } = propertiesOf(bucket);
  const listed = Array.isArray(grants) ? grants : [];
  return (
    !["", "private"].some((closed) => closed === (acl ?? "")) ||
    listed.length > 1 ||
    JSON.stringify(listed).includes("groups/global") ||
    (bucket.inputs.grants ?? null) !== null ||
    (replicationConfiguration ?? null) !== null
  );
}

/** What AWS alone chooses of an event, as paths into it. Names and messages are whoever's who caused it. */
const CHOSEN_BY_AWS: readonly string[] = [
  ...["$.account", "$.id", "$.region", "$.source", "$.time", "$.detail-type"],
  ...["awsRegion", "eventID", "eventName", "eventSource", "eventTime"].map((name) => `$.detail.${name}`),
];

/**
 * Whether an event target says fixed words, or a template filled in with what AWS chooses. The variables
 * `<aws.events.event…>` hold the whole event, which a dead-letter queue gets too
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
 */
function saysFixedText(stack: Stack, target: StackResource, rules: readonly StackResource[]): boolean {
  const { input, inputTransformer, deadLetterConfig } = propertiesOf(target);
  if (deadLetterConfig !== undefined && deadLetterConfig !== null) return false;
  if (typeof input === "string" && input !== "") return true;
  if (!isProperties(inputTransformer)) return false;
  const paths = Object.values(stack.object(target, "inputPaths", inputTransformer));
  const template = stack.text(target, "inputTemplate", inputTransformer);
  return (
    template !== undefined &&
    !/aws\.events\.event(?!\.ingestion-time)|\\u/i.test(template) &&
    paths.every((path) => typeof path === "string" && CHOSEN_BY_AWS.includes(path)) &&
    (paths.length === 0 || (rules.length > 0 && rules.every(tellsOfAwsAlone)))
  );
}

/**
 * Whether a rule matches events of AWS's services alone. Everybody's own events say what they like, but not that they come
 * from `aws.…` (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html).
 */
function tellsOfAwsAlone(rule: StackResource): boolean {
  const { eventPattern } = propertiesOf(rule);
  const given = typeof eventPattern === "string" ? strictlyParsed(eventPattern) : undefined;
  if (!isRecord(given) || !Array.isArray(given.source)) return false;
  const sources: readonly unknown[] = given.source;
  return sources
    .map((source) => (isRecord(source) && Object.keys(source).length === 1 ? source.prefix : source))
    .every((source) => typeof source === "string" && source.startsWith("aws."));
}

/** All that have the name: those of other event buses may have the same. */
function rulesOf(stack: Stack, target: StackResource): StackResource[] {
  const rule = stack.reference(target, "rule", [EVENT_RULE]);
  const name = propertiesOf(target).rule;
  return stack
    .of(EVENT_RULE)
    .filter((one) => one.urn === rule || (typeof name === "string" && propertiesOf(one).name === name));
}

/** The topic's ARN; none where it is not known: it may be any. */
function topicOf(stack: Stack, resource: StackResource, name: string): string[] {
  const reference = stack.reference(resource, name, [TOPIC]);
  const topic = stack.of(TOPIC).find(({ urn }) => urn === reference);
  const arn = topic === undefined ? reference : propertiesOf(topic).arn;
  return typeof arn === "string" && arn.startsWith("arn:") ? [arn] : [];
}

/** The bucket's URN, or the ARN of one that is not shown; none where it is not known. */
function bucketOf(stack: Stack, resource: StackResource, name: string): string[] {
  const reference = stack.reference(resource, name, [BUCKET]);
  if (reference === undefined) return [];
  return [reference.startsWith("urn:") ? reference : `arn:aws:s3:::${reference}`];
}
