/** Reads what carries news of repositories on: triggers, notification rules and event targets. */
import { splitArn } from "../iam/arn";
import type { Carrier } from "./deployment";
import { isRecord, parsed } from "./json";
import type { StackResource } from "./snapshot";
import { propertiesOf, type Stack } from "./stack";
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
      const to = stack.text(target, "arn");
      const rule = stack.reference(target, "rule", [EVENT_RULE]);
      const found = stack.of(EVENT_RULE).find(({ urn }) => urn === rule);
      if (found !== undefined && !mayMatchCodeCommit(propertiesOf(found).eventPattern)) return [];
      return [{ urn: target.urn, kind: "event target", from: [], to: to === undefined ? [] : [to] }];
    }),
  ];
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
