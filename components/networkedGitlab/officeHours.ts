/** Starts and stops the GitLab host by the clock. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { OfficeHoursArgs } from "./gitlabArgs";
import type { Scope } from "../scope";
import { serviceRole } from "../serviceRole";

/**
 * For how long a call that fails is made again. A day is the default, and would let a start come after the next stop; an
 * hour outlasts most shortages of capacity.
 */
const retrySeconds = 3600;

/**
 * Two schedules that call EC2 directly, with a role that may start and stop this one instance.
 * Source: docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html.
 */
export function createOfficeHours(scope: Scope, hours: OfficeHoursArgs, host: aws.ec2.Instance): void {
  const { role, policy } = serviceRole(scope, "office-hours", "scheduler", [
    { Action: ["ec2:StartInstances", "ec2:StopInstances"], Resource: host.arn },
  ]);
  const schedules = [
    { action: "start", cron: hours.start },
    { action: "stop", cron: hours.stop },
  ];
  for (const { action, cron } of schedules)
    new aws.scheduler.Schedule(
      `${scope.name}-office-hours-${action}`,
      {
        description: `${action} the GitLab host`,
        scheduleExpression: `cron(${cron})`,
        scheduleExpressionTimezone: hours.timezone,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: `arn:aws:scheduler:::aws-sdk:ec2:${action}Instances`,
          roleArn: role.arn,
          input: pulumi.jsonStringify({ InstanceIds: [host.id] }),
          retryPolicy: { maximumEventAgeInSeconds: retrySeconds },
        },
      },
      { parent: scope.parent, dependsOn: [policy] },
    );
}
