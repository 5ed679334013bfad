/** Reads what carries news of repositories on: triggers, notification rules, event targets, and topics that they lead to. */
import { splitArn } from "../iam/arn";
import type { Carrier } from "./deployment";
import { isRecord, parsed } from "./json";
import type { StackResource } from "./snapshot";
import { isProperties, propertiesOf, type Stack } from "./stack";
import { EVENT_RULE, REPOSITORY } from "./types";

const TRIGGER = "aws:codecommit/trigger:Trigger";
const NOTIFICATION_RULE = "aws:codestarnotifications/notificationRule:NotificationRule";
const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
/** Types whose ARN is another resource's: what they lead to, or speak of. */
export const NAMING_ANOTHER: readonly string[] = [EVENT_TARGET, TOPIC_POLICY];
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

/** Whom something leads to where it cannot be told, or where it is everybody. */
const ANYBODY = "*";

/** Types that these readers read. */
export const CARRIER_TYPES: readonly string[] = [
  ...[TRIGGER, NOTIFICATION_RULE, EVENT_RULE, EVENT_TARGET],
  ...[TOPIC, TOPIC_POLICY, SUBSCRIPTION],
];

export function readCarriers(stack: Stack): Carrier[] {
  return [
    ...stack.of(TRIGGER).map((trigger): Carrier => {
      const to = stack
        .objects(trigger, "triggers")
        .flatMap((each) => stack.text(trigger, "destinationArn", each) ?? []);
      const from = repositoryOf(stack, trigger);
      return { urn: trigger.urn, kind: "trigger", from, to: to.sort(), fixedText: false };
    }),
    ...stack.of(NOTIFICATION_RULE).flatMap((rule): Carrier[] => {
      const from = stack.text(rule, "resource");
      // Rules of pipelines and builds tell of those.
      if (from !== undefined && (splitArn(from)?.[2] ?? "codecommit") !== "codecommit") return [];
      const to = stack.objects(rule, "targets").flatMap((each) => stack.text(rule, "address", each) ?? []);
      const ends = { from: from === undefined ? [] : [from], to: to.sort() };
      return [{ urn: rule.urn, kind: "notification rule", ...ends, fixedText: false }];
    }),
    ...stack.of(EVENT_TARGET).flatMap((target): Carrier[] => {
      const letters = stack.object(target, "deadLetterConfig");
      const to = [stack.text(target, "arn"), stack.text(target, "arn", letters)];
      const rules = rulesOf(stack, target);
      if (rules.length > 0 && !rules.some((rule) => mayMatchCodeCommit(propertiesOf(rule).eventPattern)))
        return [];
      const ends = { from: [], to: to.flatMap((arn) => arn ?? []) };
      return [{ urn: target.urn, kind: "event target", ...ends, fixedText: saysFixedText(stack, target) }];
    }),
    ...stack.of(SUBSCRIPTION).map((subscription): Carrier => {
      const to = [stack.text(subscription, "endpoint") ?? ANYBODY];
      return {
        urn: subscription.urn,
        kind: "topic subscription",
        from: topicOf(stack, subscription, "topic"),
        to,
        fixedText: false,
      };
    }),
    ...[
      // SNS's own policy, which a topic's outputs show, admits the account alone.
      ...stack.of(TOPIC).map((topic) => ({ policy: topic, given: topic.inputs })),
      ...stack.of(TOPIC_POLICY).map((policy) => ({ policy, given: propertiesOf(policy) })),
    ].flatMap(({ policy, given }): Carrier[] => {
      const from = topicOf(stack, policy, "arn");
      const text = stack.text(policy, "policy", given);
      if (text === undefined && (given.policy === undefined || given.policy === null)) return [];
      return [
        {
          urn: policy.urn,
          kind: "topic policy",
          from,
          to: text === undefined ? [ANYBODY] : admitted(text),
          fixedText: false,
        },
      ];
    }),
  ];
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
function saysFixedText(stack: Stack, target: StackResource): boolean {
  const { input, inputTransformer, deadLetterConfig } = propertiesOf(target);
  if (deadLetterConfig !== undefined && deadLetterConfig !== null) return false;
  if (typeof input === "string" && input !== "") return true;
  if (!isProperties(inputTransformer)) return false;
  const paths = Object.values(stack.object(target, "inputPaths", inputTransformer));
  const template = stack.text(target, "inputTemplate", inputTransformer);
  return (
    template !== undefined &&
    !template.includes("<aws.events.event") &&
    paths.every((path) => typeof path === "string" && CHOSEN_BY_AWS.includes(path))
  );
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

/** The accounts whom a topic's policy lets do more than publish, as their roots; everybody where it speaks of none. */
function admitted(policy: string): string[] {
  const document = parsed(policy);
  const statements = isRecord(document) ? [document.Statement].flat() : [document];
  const open = statements.filter((statement) => !onlyPublishes(statement));
  const text = JSON.stringify(open);
  const accounts = [...new Set([...text.matchAll(/(?<!\d)\d{12}(?!\d)/g)].map(([account]) => account))];
  if (open.length === 0) return [];
  return accounts.length > 0 ? accounts.sort().map((one) => `arn:aws:iam::${one}:root`) : [ANYBODY];
}

function onlyPublishes(statement: unknown): boolean {
  if (!isRecord(statement)) return false;
  if (statement.Effect === "Deny") return true;
  const actions: unknown[] = [statement.Action].flat();
  return actions.every((action) => typeof action === "string" && action.toLowerCase() === "sns:publish");
}

function repositoryOf(stack: Stack, trigger: StackResource): string[] {
  const from = stack.reference(trigger, "repositoryName", [REPOSITORY]);
  const repository = stack.of(REPOSITORY).find(({ urn }) => urn === from);
  const arn = repository === undefined ? undefined : propertiesOf(repository).arn;
  return typeof arn === "string" ? [arn] : [];
}

/**
 * Whether events of repositories can match: CodeCommit's own, and CloudTrail's, come from `aws.codecommit`
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html). A rule on a schedule matches none.
 */
function mayMatchCodeCommit(pattern: unknown): boolean {
  if (pattern === undefined || pattern === null || pattern === "") return false;
  const given: unknown = typeof pattern === "string" ? parsed(pattern) : undefined;
  if (!isRecord(given) || !Array.isArray(given.source)) return true;
  const sources: readonly unknown[] = given.source;
  return sources.some((source) => typeof source !== "string" || source === "aws.codecommit");
}
