/** What is watched in the source: the GitLab host, and what the proxy refuses. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createAlarmTopic, type AlarmTopic } from "../alarms/alarmTopic";
import type { AlarmArgs } from "../alarms/args";
import { metricNamespace } from "../alarms/metrics";
import type { Scope } from "../scope";
import { refusedRequests } from "./squidConf";

/** What there is to watch. */
export interface Watched {
  /** Undefined for a GitLab that is brought. */
  host?: aws.ec2.Instance;
  /** The proxy's log; undefined where no proxy is made. */
  proxyLog?: aws.cloudwatch.LogGroup;
}

export interface HostAlarms {
  /** Where alarms go. */
  topic: AlarmTopic;
  /** Name of the metric that counts what the proxy refused; undefined where no proxy is made. */
  proxyRefusalsMetric: string | undefined;
}

/**
 * A topic, and an alarm for each thing that there is; nothing where alarms are off, or nothing is there to be watched.
 *
 * Costs, beside the topic (alarmTopic.ts), 0.10 US dollars a month for each of the two alarms and 0.30 for the metric.
 */
export function createHostAlarms(
  scope: Scope,
  { enabled, emails }: AlarmArgs,
  { host, proxyLog }: Watched,
): HostAlarms | undefined {
  if (!enabled || (host === undefined && proxyLog === undefined)) return undefined;
  const services = ["events.amazonaws.com", "cloudwatch.amazonaws.com"];
  const topic = createAlarmTopic(scope, { emails, services });
  if (host) watchInstance(scope, host, topic);
  return {
    topic,
    proxyRefusalsMetric: proxyLog && watchRefusals(scope, proxyLog, topic),
  };
}

/** A host that is stopped, out of office hours, has no status at all, and that is not an alarm. */
function watchInstance(scope: Scope, host: aws.ec2.Instance, topic: AlarmTopic): void {
  new aws.cloudwatch.MetricAlarm(
    `${scope.name}-gitlab-status`,
    {
      alarmDescription:
        "The GitLab host has failed EC2's status checks for five minutes: its hardware, its network or its kernel is at fault.",
      namespace: "AWS/EC2",
      metricName: "StatusCheckFailed",
      dimensions: { InstanceId: host.id },
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: 5,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      treatMissingData: "notBreaching",
      alarmActions: [topic.arn],
      okActions: [topic.arn],
    },
    { parent: scope.parent, dependsOn: topic.dependsOn },
  );
}

/**
 * Each refusal counts: GitLab has one destination, and nobody but GitLab uses the proxy. There is no action on OK, which
 * would only say that nothing more was refused for five minutes.
 */
function watchRefusals(scope: Scope, log: aws.cloudwatch.LogGroup, topic: AlarmTopic): string {
  const name = `${scope.name}-proxy-refusals`;
  // A filter with a default value takes no dimensions, and the namespace is one for all of the account.
  const metricName = `ProxyRefusals ${pulumi.getProject()}/${pulumi.getStack()}/${scope.name}`;
  const { denied, notUnderstood } = refusedRequests(scope.region, scope.fips);
  for (const [filterName, pattern] of [
    [name, denied],
    [`${name}-not-understood`, notUnderstood],
  ] as const)
    new aws.cloudwatch.LogMetricFilter(
      filterName,
      {
        logGroupName: log.name,
        pattern,
        metricTransformation: { namespace: metricNamespace, name: metricName, value: "1", defaultValue: "0" },
      },
      { parent: scope.parent },
    );
  new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmDescription:
        `The forward proxy has refused a request: something on the GitLab host tried to get elsewhere than to CodeCommit. ` +
        `The proxy's log group /${pulumi.getProject()}/${pulumi.getStack()}/${scope.name}-proxy says where (TCP_DENIED, NONE_NONE).`,
      namespace: metricNamespace,
      metricName,
      statistic: "Sum",
      period: 300,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      // The default value is written only while something else is logged.
      treatMissingData: "notBreaching",
      alarmActions: [topic.arn],
    },
    { parent: scope.parent, dependsOn: topic.dependsOn },
  );
  return metricName;
}
