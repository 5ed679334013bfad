/** Reads what carries news of repositories on: triggers, notification rules, event targets, and topics that they lead to. */
import { splitArn } from "../iam/arn";
import type { Carrier } from "./deployment";
import { isRecord, parsed } from "./json";
import type { StackResource } from "./snapshot";
import { propertiesOf, type Stack } from "./stack";
import { REPOSITORY } from "./types";

const TRIGGER = "aws:codecommit/trigger:Trigger";
const NOTIFICATION_RULE = "aws:codestarnotifications/notificationRule:NotificationRule";
const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
/** Types whose ARN is another resource's: what they lead to, or speak of. */
export const NAMING_ANOTHER: readonly string[] = [EVENT_TARGET, TOPIC_POLICY];
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

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
      return { urn: trigger.urn, kind: "trigger", from: repositoryOf(stack, trigger), to: to.sort() };
    }),
    ...stack.of(NOTIFICATION_RULE).flatMap((rule): Carrier[] => {
      const from = stack.text(rule, "resource");
      // Rules of pipelines and builds tell of those.
      if (from !== undefined && (splitArn(from)?.[2] ?? "codecommit") !== "codecommit") return [];
      const to = stack.objects(rule, "targets").flatMap((each) => stack.text(rule, "address", each) ?? []);
      return [
        { urn: rule.urn, kind: "notification rule", from: from === undefined ? [] : [from], to: to.sort() },
      ];
    }),
    ...stack.of(EVENT_TARGET).flatMap((target): Carrier[] => {
      const letters = stack.object(target, "deadLetterConfig");
      const to = [stack.text(target, "arn"), stack.text(target, "arn", letters)];
      const rules = rulesOf(stack, target);
      if (rules.length > 0 && !rules.some((rule) => mayMatchCodeCommit(propertiesOf(rule).eventPattern)))
        return [];
      return [{ urn: target.urn, kind: "event target", from: [], to: to.flatMap((arn) => arn ?? []) }];
    }),
    ...stack.of(SUBSCRIPTION).map((subscription): Carrier => {
      const to = [stack.text(subscription, "endpoint")].flatMap((endpoint) => endpoint ?? []);
      return {
        urn: subscription.urn,
        kind: "topic subscription",
        from: topicOf(stack, subscription, "topic"),
        to,
      };
    }),
    ...[
      ...stack.of(TOPIC).map((topic) => ({ policy: topic, from: topicOf(stack, topic, "arn") })),
      ...stack.of(TOPIC_POLICY).map((policy) => ({ policy, from: topicOf(stack, policy, "arn") })),
    ].flatMap(({ policy, from }): Carrier[] => {
      const text = stack.text(policy, "policy");
      return text === undefined ? [] : [{ urn: policy.urn, kind: "topic policy", from, to: namedBy(text) }];
    }),
  ];
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

/** The accounts that a topic's policy speaks of, as their roots; everybody where it speaks of none. */
function namedBy(policy: string): string[] {
  const accounts = [...new Set([...policy.matchAll(/(?<!\d)\d{12}(?!\d)/g)].map(([account]) => account))];
  const isForServices = !/"AWS"|"\*"/.test(policy);
  return accounts.length > 0 || isForServices
    ? accounts.sort().map((one) => `arn:aws:iam::${one}:root`)
    : ["*"];
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
