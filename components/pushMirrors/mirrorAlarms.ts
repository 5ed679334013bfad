/** What is told of the mirrors, and when somebody is told. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { metricNamespace, mirrorDimension, runMetrics } from "../alarms/metrics";
import { watchAssociation } from "../hostScript/hostAssociation";
import type { Scope } from "../scope";
import { serviceRole } from "../serviceRole";
import type { MirrorAlarmArgs } from "./args";
import { dashboardBody } from "./dashboardBody";
import { statusMetricsDefinition } from "./statusMetrics";

export interface ReportingHost {
  /** Name of the parameter that the host writes its status into. */
  statusParameterName: string;
  /** What runs the script there. */
  association: aws.ssm.Association;
}

/** A repository that is behind for longer rings. An hour is twice what passes between two runs. */
const longestLagSeconds = 3600;

/**
 * The host has no way to CloudWatch: what it writes into its status parameter is made into metrics from outside of it, and
 * these are what alarms look at.
 *
 * Costs, in US dollars a month: 0.30 for each metric, of which there are five and one for each repository that is behind;
 * 0.10 for each alarm; a dashboard 3; and at most 0.12 for the state machine, whose first 4,000 transitions of each
 * month are free.
 */
export function createMirrorAlarms(
  scope: Scope,
  alarms: MirrorAlarmArgs,
  { statusParameterName, association }: ReportingHost,
  dashboard: boolean,
): void {
  const mirror = `${pulumi.getProject()}/${pulumi.getStack()}/${scope.name}`;
  makeMetrics(scope, statusParameterName, mirror);
  watchAssociation(
    scope,
    association,
    `set its push mirrors as they are wanted (<status>, <time>). The parameter ${statusParameterName} says why.`,
    { arn: alarms.topicArn },
  );
  watchLag(scope, alarms, mirror);
  if (alarms.gitlabIsAlwaysOn) watchSilence(scope, alarms, mirror);
  if (dashboard)
    new aws.cloudwatch.Dashboard(
      scope.name,
      {
        // Letters, digits, dashes and underscores, and one of a kind in the account.
        dashboardName: mirror.replace(/[^A-Za-z0-9_-]/g, "-"),
        dashboardBody: dashboardBody({
          region: scope.region,
          mirror,
          proxyRefusalsMetric: alarms.proxyRefusalsMetric,
        }),
      },
      { parent: scope.parent },
    );
}

/** A state machine that every change of the status starts. Its role can read that parameter, and put metrics of ours. */
function makeMetrics(scope: Scope, statusParameterName: string, mirror: string): void {
  const name = `${scope.name}-metrics`;
  const opts = { parent: scope.parent };
  const { role, policy } = serviceRole(scope, "metrics", "states", [
    {
      Action: ["ssm:GetParameter"],
      Resource: `arn:aws:ssm:${scope.region}:${scope.accountId}:parameter${statusParameterName}`,
    },
    {
      Action: ["cloudwatch:PutMetricData"],
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": metricNamespace } },
    },
  ]);
  const machine = new aws.sfn.StateMachine(
    name,
    {
      // Not EXPRESS, though that costs less still: what went wrong in a run can be looked up for 90 days.
      type: "STANDARD",
      roleArn: role.arn,
      definition: JSON.stringify(statusMetricsDefinition(statusParameterName, mirror)),
    },
    { ...opts, dependsOn: [policy] },
  );
  const start = serviceRole(scope, "metrics-start", "events", [
    { Action: ["states:StartExecution"], Resource: machine.arn },
  ]);
  const rule = new aws.cloudwatch.EventRule(
    name,
    {
      // docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html. Such events may
      // be lost; the next run's status then tells the same.
      eventPattern: JSON.stringify({
        source: ["aws.ssm"],
        "detail-type": ["Parameter Store Change"],
        detail: { name: [statusParameterName], operation: ["Update"] },
      }),
    },
    opts,
  );
  new aws.cloudwatch.EventTarget(
    name,
    { rule: rule.name, arn: machine.arn, roleArn: start.role.arn, input: "{}" },
    { ...opts, dependsOn: [start.policy] },
  );
}

/**
 * While nothing is told the alarm stays as it is: a repository that was behind when the host stopped for the night is
 * behind until the host has told otherwise.
 */
function watchLag(scope: Scope, { topicArn }: MirrorAlarmArgs, mirror: string): void {
  new aws.cloudwatch.MetricAlarm(
    `${scope.name}-lag`,
    {
      alarmDescription:
        "For more than an hour an airlock repository has lacked what its GitLab project holds, or nobody has known. The " +
        "metric LagSeconds with the dimension Repository says which.",
      namespace: metricNamespace,
      metricName: runMetrics.lag,
      dimensions: { [mirrorDimension]: mirror },
      statistic: "Maximum",
      period: 1800,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: longestLagSeconds,
      treatMissingData: "ignore",
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    { parent: scope.parent },
  );
}

/**
 * Two hours are four runs. Missing data alone would be looked for further back, and ring hours later; filled in, it is no
 * more missing (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html). The alarm rings
 * when it is made, and rests when the host's first run has ended.
 */
function watchSilence(scope: Scope, { topicArn }: MirrorAlarmArgs, mirror: string): void {
  const metric = {
    namespace: metricNamespace,
    metricName: runMetrics.failed,
    dimensions: { [mirrorDimension]: mirror },
    stat: "SampleCount",
    period: 3600,
  };
  new aws.cloudwatch.MetricAlarm(
    `${scope.name}-silence`,
    {
      alarmDescription:
        "Nothing was heard of the push mirrors for two hours: the GitLab host is off, its Systems Manager agent is, or what " +
        "makes metrics of its status is broken.",
      metricQueries: [
        { id: "heard", metric },
        { id: "runs", expression: "FILL(heard, 0)", label: "runs that were heard of", returnData: true },
      ],
      evaluationPeriods: 2,
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    { parent: scope.parent },
  );
}
