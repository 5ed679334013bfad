/** Reads what carries events on: triggers of repositories, notification rules, and the targets of EventBridge's rules. */
import { isRecord } from "../../../facts/record";
import type { Carrier } from "../deployment";
import { strictlyParsed } from "../../../facts/json";
import type { StackResource } from "../snapshot";
import { isProperties, propertiesOf, type Stack } from "../stack";
import { EVENT_RULE, EVENT_TARGET } from "../types";

const TRIGGER = "aws:codecommit/trigger:Trigger";
const NOTIFICATION_RULE = "aws:codestarnotifications/notificationRule:NotificationRule";

export function readEvents(stack: Stack): Carrier[] {
  return [
    ...stack.of(TRIGGER).map((trigger): Carrier => {
      const to = stack
        .objects(trigger, "triggers")
        .flatMap((each) => stack.text(trigger, "destinationArn", each) ?? []);
      return { urn: trigger.urn, kind: "trigger", from: [], to: to.sort(), says: "anything" };
    }),
    ...stack.of(NOTIFICATION_RULE).map((rule): Carrier => {
      const to = stack.objects(rule, "targets").flatMap((each) => stack.text(rule, "address", each) ?? []);
      return { urn: rule.urn, kind: "notification rule", from: [], to: to.sort(), says: "anything" };
    }),
    ...stack.of(EVENT_TARGET).flatMap((target): Carrier[] => {
      // The event of a rule on a schedule alone says nothing that anybody chose.
      if (isOnSchedule(stack, target)) return [];
      const letters = stack.object(target, "deadLetterConfig");
      const to = [stack.text(target, "arn"), stack.text(target, "arn", letters)].flatMap((arn) => arn ?? []);
      const says = hasFixedText(stack, target) ? "fixed words" : "anything";
      return [{ urn: target.urn, kind: "event target", from: [], to, says }];
    }),
  ];
}

/** Whether the rules of an event target are known, and none of them matches an event. */
export function isOnSchedule(stack: Stack, target: StackResource): boolean {
  const rules = rulesOf(stack, target);
  return rules.length > 0 && rules.every((rule) => !(propertiesOf(rule).eventPattern ?? ""));
}

/** What AWS alone chooses of an event, as paths into it. Names and messages are chosen by whoever caused it. */
const CHOSEN_BY_AWS: readonly string[] = [
  "$.account",
  "$.id",
  "$.region",
  "$.source",
  "$.time",
  "$.detail-type",
  ...["awsRegion", "eventID", "eventName", "eventSource", "eventTime"].map((name) => `$.detail.${name}`),
];

/**
 * The same of events of one kind.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
 */
const CHOSEN_BY_SYSTEMS_MANAGER: readonly string[] = [
  ...CHOSEN_BY_AWS,
  ...["instance-id", "status"].map((name) => `$.detail.${name}`),
];
const ASSOCIATION_EVENT = "EC2 State Manager Instance Association State Change";

/**
 * Whether an event target says fixed words, or a template filled in with what AWS chooses. The variables
 * `<aws.events.event…>` hold the whole event, which a dead-letter queue gets too.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function hasFixedText(stack: Stack, target: StackResource): boolean {
  const { input, inputTransformer, deadLetterConfig } = propertiesOf(target);
  if (deadLetterConfig !== undefined && deadLetterConfig !== null) return false;
  if (typeof input === "string" && input !== "") return true;
  if (!isProperties(inputTransformer)) return false;
  const paths = Object.values(stack.object(target, "inputPaths", inputTransformer));
  const template = stack.text(target, "inputTemplate", inputTransformer);
  if (template === undefined || /aws\.events\.event(?!\.ingestion-time)|\\u/i.test(template)) return false;
  const rules = rulesOf(stack, target).map(patternOf);
  const fixed = rules.every(isOfAssociations) ? CHOSEN_BY_SYSTEMS_MANAGER : CHOSEN_BY_AWS;
  return (
    paths.every((path) => typeof path === "string" && fixed.includes(path)) &&
    (paths.length === 0 || (rules.length > 0 && rules.every(isOfAwsAlone)))
  );
}

/** @returns undefined for what is not an object */
function patternOf(rule: StackResource): Record<string, unknown> | undefined {
  const { eventPattern } = propertiesOf(rule);
  const given = typeof eventPattern === "string" ? strictlyParsed(eventPattern) : undefined;
  return isRecord(given) ? given : undefined;
}

/**
 * Whether a rule matches events of AWS's services alone. Everybody's own events say what they like, but not that they come
 * from `aws.…`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
function isOfAwsAlone(pattern: Record<string, unknown> | undefined): boolean {
  if (!Array.isArray(pattern?.source)) return false;
  const sources: readonly unknown[] = pattern.source;
  return sources.map(beginningOf).every((source) => typeof source === "string" && source.startsWith("aws."));
}

/** What a text that matches begins with, of a pattern for beginnings; a text itself. */
function beginningOf(source: unknown): unknown {
  if (!isRecord(source) || Object.keys(source).length !== 1) return source;
  return source.prefix ?? source.wildcard;
}

function isOfAssociations(pattern: Record<string, unknown> | undefined): boolean {
  const only = (given: unknown, value: string) =>
    Array.isArray(given) && given.length > 0 && given.every((one) => one === value);
  return only(pattern?.source, "aws.ssm") && only(pattern?.["detail-type"], ASSOCIATION_EVENT);
}

/** All that have the name: those of other event buses may have the same. */
function rulesOf(stack: Stack, target: StackResource): StackResource[] {
  const rule = stack.reference(target, "rule", [EVENT_RULE]);
  const name = propertiesOf(target).rule;
  return stack
    .of(EVENT_RULE)
    .filter((one) => one.urn === rule || (typeof name === "string" && propertiesOf(one).name === name));
}
