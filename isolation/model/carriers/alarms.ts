/** Reads what carries numbers on: alarms and streams of CloudWatch's metrics. */
import type { Carrier } from "../deployment";
import type { Properties, StackResource } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { ANYBODY } from "../resourcePolicies";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const METRIC_STREAM = "aws:cloudwatch/metricStream:MetricStream";

export function readAlarms(stack: Stack): Carrier[] {
  return [
    ...stack.of(ALARM).map((alarm): Carrier => ({ ...raised(stack, alarm), says: saidBy(stack, alarm) })),
    // It says which alarms rang, and they stand in its rule.
    ...stack.of(COMPOSITE_ALARM).map((alarm): Carrier => ({ ...raised(stack, alarm), says: "fixed words" })),
    // Every value of a dimension is a text, and whoever puts a metric chooses it.
    ...stack.of(METRIC_STREAM).map((stream): Carrier => {
      const to = [stack.text(stream, "firehoseArn") ?? ANYBODY];
      return { urn: stream.urn, kind: "metric stream", from: [], to, says: "anything" };
    }),
  ];
}

function raised(stack: Stack, alarm: StackResource): Omit<Carrier, "says"> {
  const to = ["alarmActions", "okActions", "insufficientDataActions"]
    .flatMap((actions) => stack.texts(alarm, actions))
    // EC2's own actions: to stop an instance, for example.
    .filter((action) => !/^arn:[^:]+:automate:/.test(action));
  return { urn: alarm.urn, kind: "alarm", from: [], to: [...new Set(to)].sort() };
}

/**
 * An alarm says the numbers that raised it. Its dimensions have fixed values, unless it looks for metrics by an expression.
 * Nobody but AWS puts metrics into a namespace that begins with `AWS/`.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
function saidBy(stack: Stack, alarm: StackResource): Carrier["says"] {
  const queries = stack.objects(alarm, "metricQueries");
  if (queries.some((query) => looksForMetrics(stack, alarm, query))) return "anything";
  const metrics = queries
    .map((query) => stack.object(alarm, "metric", query))
    .filter((metric) => Object.keys(metric).length > 0);
  const spaces = [propertiesOf(alarm), ...metrics]
    .map((metric) => stack.text(alarm, "namespace", metric))
    .filter((space, i) => i > 0 || space !== undefined);
  return spaces.length > 0 && spaces.every((space) => space?.startsWith("AWS/")) ? "fixed words" : "a number";
}

/** Whether what it finds, or how it calls it, can hold values of dimensions. */
function looksForMetrics(stack: Stack, alarm: StackResource, query: Properties): boolean {
  const texts = ["expression", "label"].map((name) => stack.text(alarm, name, query) ?? "");
  return texts.some((text) => /\b(SEARCH|SELECT|LAMBDA)\b|\$\{/i.test(text));
}
