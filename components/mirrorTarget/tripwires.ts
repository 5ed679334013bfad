/** Lays the tripwires: a topic, a rule for each pattern, and what brings the events of IAM to the target's region. */
import * as aws from "@pulumi/aws";
import { createAlarmRule, ruleState } from "../alarms/alarmRule";
import { createAlarmTopic, type AlarmTopic } from "../alarms/alarmTopic";
import type { Scope } from "../scope";
import { serviceRole } from "../serviceRole";
import type { CheckedMirrorTargetArgs } from "./args";
import { createTrail } from "./trail";
import { GLOBAL_EVENTS_REGION, tripwireInputs, tripwirePrefix, tripwires } from "./tripwirePatterns";

/** @returns the topic that people subscribe to */
export function createTripwires(scope: Scope, args: CheckedMirrorTargetArgs): AlarmTopic {
  const { name, parent, region } = scope;
  const { alarms } = args;
  if (alarms.trail === "made") createTrail(scope);
  const topic = createAlarmTopic(scope, { emails: alarms.emails, services: ["events.amazonaws.com"] });
  const wires = tripwires(name, args).flatMap(({ id, patterns, ...wire }) =>
    patterns.map(({ pattern, isGlobal }, i) => ({
      ...wire,
      isGlobal,
      name: `${tripwirePrefix(name)}${id}-${i + 1}`,
      pattern: JSON.stringify(pattern),
    })),
  );
  for (const { name: ruleName, isGlobal: _, ...wire } of wires)
    createAlarmRule(ruleName, { ...wire, inputs: tripwireInputs }, topic.arn, {
      parent,
      dependsOn: topic.dependsOn,
    });
  const global = wires.filter(({ isGlobal }) => isGlobal);
  if (region !== GLOBAL_EVENTS_REGION) forwardGlobalEvents(scope, global);
  return topic;
}

/**
 * Rules in us-east-1 that hand events on to the target's own region, so that there is one topic to subscribe to
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html).
 */
function forwardGlobalEvents(
  scope: Scope,
  wires: readonly { name: string; pattern: string; withReadOnlyEvents: boolean }[],
): void {
  const { parent, region, accountId } = scope;
  const bus = `arn:aws:events:${region}:${accountId}:event-bus/default`;
  const { role, policy } = serviceRole(scope, "tripwire-global", "events", [
    { Action: ["events:PutEvents"], Resource: bus },
  ]);
  const here = { region: GLOBAL_EVENTS_REGION };
  for (const { name: wireName, pattern, withReadOnlyEvents } of wires) {
    const forwarding = `${wireName}-${GLOBAL_EVENTS_REGION}`;
    const rule = new aws.cloudwatch.EventRule(
      forwarding,
      { ...here, eventPattern: pattern, ...ruleState({ withReadOnlyEvents }) },
      { parent },
    );
    new aws.cloudwatch.EventTarget(
      forwarding,
      { ...here, rule: rule.name, arn: bus, roleArn: role.arn },
      { parent, dependsOn: policy },
    );
  }
}
