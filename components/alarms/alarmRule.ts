/** What raises an alarm: a rule over events, and the sentence that people get. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface AlarmRuleArgs {
  /** Which events, as EventBridge's pattern in JSON. */
  pattern: pulumi.Input<string>;
  /** One line for people, with the `inputs` in pointed brackets. */
  message: string;
  /**
   * JSON paths into the event, by name. Only to what nobody but AWS chooses: whatever an insider can choose (the name of a
   * repository, of a branch, of a role's session) would be carried to the outside by the alarm itself.
   */
  inputs: Readonly<Record<string, string>>;
  /**
   * CloudTrail's read-only events too, which EventBridge else keeps back
   * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html).
   */
  withReadOnlyEvents: boolean;
}

/** The state of a rule that is on, as its arguments have it. */
export function ruleState({ withReadOnlyEvents }: Pick<AlarmRuleArgs, "withReadOnlyEvents">): {
  state?: string;
} {
  return withReadOnlyEvents ? { state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" } : {};
}

/** @param name what the rule's name begins with */
export function createAlarmRule(
  name: string,
  { pattern, message, inputs, withReadOnlyEvents }: AlarmRuleArgs,
  topicArn: string,
  { parent, dependsOn }: Pick<pulumi.CustomResourceOptions, "parent" | "dependsOn">,
): void {
  const rule = new aws.cloudwatch.EventRule(
    name,
    {
      eventPattern: pattern,
      ...ruleState({ withReadOnlyEvents }),
    },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    name,
    {
      rule: rule.name,
      arn: topicArn,
      // Quoted, the line is a JSON text, which is what EventBridge asks of a template that is not an object.
      inputTransformer: { inputPaths: { ...inputs }, inputTemplate: JSON.stringify(message) },
    },
    { parent, dependsOn },
  );
}
