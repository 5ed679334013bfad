/** Reads what carries news of repositories on: triggers, notification rules and event targets. */
import { splitArn } from "../iam/arn";
import type { Carrier } from "./deployment";
import { isRecord, parsed } from "./json";
import type { StackResource } from "./snapshot";
import { isProperties, propertiesOf, type Stack } from "./stack";
import { REPOSITORY } from "./types";

const TRIGGER = "aws:codecommit/trigger:Trigger";
const NOTIFICATION_RULE = "aws:codestarnotifications/notificationRule:NotificationRule";
const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
export const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";

/** Types that these readers read. */
export const CARRIER_TYPES: readonly string[] = [TRIGGER, NOTIFICATION_RULE, EVENT_RULE, EVENT_TARGET];

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
      const to = stack.text(target, "arn");
      const rule = stack.reference(target, "rule", [EVENT_RULE]);
      const found = stack.of(EVENT_RULE).find(({ urn }) => urn === rule);
      if (found !== undefined && !mayMatchCodeCommit(propertiesOf(found).eventPattern)) return [];
      const ends = { from: [], to: to === undefined ? [] : [to] };
      return [{ urn: target.urn, kind: "event target", ...ends, fixedText: saysFixedText(stack, target) }];
    }),
  ];
}

function repositoryOf(stack: Stack, trigger: StackResource): string[] {
  const from = stack.reference(trigger, "repositoryName", [REPOSITORY]);
  const repository = stack.of(REPOSITORY).find(({ urn }) => urn === from);
  const arn = repository === undefined ? undefined : propertiesOf(repository).arn;
  return typeof arn === "string" ? [arn] : [];
}

/** What AWS alone chooses of an event, as paths into it. Names and messages are whoever's who caused it. */
const CHOSEN_BY_AWS: readonly string[] = [
  ...["$.account", "$.id", "$.region", "$.source", "$.time", "$.detail-type"],
  ...[
    "$.detail.awsRegion",
    "$.detail.eventID",
    "$.detail.eventName",
    "$.detail.eventSource",
    "$.detail.eventTime",
  ],
];

/**
 * Whether an event target says fixed words, or a template filled in with what AWS chooses. The variables
 * `<aws.events.event…>` hold the whole event
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
 */
function saysFixedText(stack: Stack, target: StackResource): boolean {
  const { input, inputTransformer } = propertiesOf(target);
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
