/** Lays the tripwires: a topic, a rule for each pattern, and what brings the events of IAM to the target's region. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { createAlarmRule } from "../alarms/alarmRule";
import { createAlarmTopic, type AlarmTopic } from "../alarms/alarmTopic";
import type { MirrorTargetArgs } from "./args";
import { createTrail } from "./trail";
import { GLOBAL_EVENTS_REGION, tripwireInputs, tripwirePrefix, tripwires } from "./tripwirePatterns";

/** @returns the topic that people subscribe to */
export function createTripwires(name: string, args: MirrorTargetArgs, parent: pulumi.Resource): AlarmTopic {
  const { region, accountId, alarms } = args;
  if (alarms.trail === "made") createTrail(`${name}-tripwires`, { region, accountId }, parent);
  const topic = createAlarmTopic(
    `${name}-alarms`,
    { region, accountId, emails: alarms.emails, services: ["events.amazonaws.com"] },
    parent,
  );
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
  if (region !== GLOBAL_EVENTS_REGION)
    forwardGlobalEvents(`${tripwirePrefix(name)}global`, args, global, parent);
  return topic;
}

/**
 * Rules in us-east-1 that hand events on to the target's own region, so that there is one topic to subscribe to
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html).
 */
function forwardGlobalEvents(
  name: string,
  { region, accountId }: MirrorTargetArgs,
  wires: readonly { name: string; pattern: string }[],
  parent: pulumi.Resource,
): void {
  const bus = `arn:aws:events:${region}:${accountId}:event-bus/default`;
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ],
      }),
    },
    { parent },
  );
  const permission = new aws.iam.RolePolicy(
    name,
    {
      role: role.name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "events:PutEvents", Resource: bus }],
      }),
    },
    { parent },
  );
  for (const { name: wireName, pattern } of wires) {
    const here = { region: GLOBAL_EVENTS_REGION };
    const forwarding = `${wireName}-${GLOBAL_EVENTS_REGION}`;
    const rule = new aws.cloudwatch.EventRule(forwarding, { ...here, eventPattern: pattern }, { parent });
    new aws.cloudwatch.EventTarget(
      forwarding,
      { ...here, rule: rule.name, arn: bus, roleArn: role.arn },
      { parent, dependsOn: permission },
    );
  }
}
