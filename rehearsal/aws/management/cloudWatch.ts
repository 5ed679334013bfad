/** CloudWatch: alarms on metrics, and dashboards. Log groups are in logs.ts. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { Sns } from "../messaging/sns";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { dashboardProblem } from "./dashboardBody";

export type AlarmState = "ALARM" | "OK" | "INSUFFICIENT_DATA";

/** An alarm, as what tells of it goes by. */
export interface MetricAlarm {
  name: string;
  arn: string;
  description: string | undefined;
  /** Namespace and name of the one metric without dimensions that it looks at; undefined for any other alarm. */
  metric: string | undefined;
  /** Whether a single value of that metric is enough to raise it. */
  isRaisedBy: (value: number) => boolean;
  /** ARNs of what the alarm notifies when it gets into a state. */
  actions: Readonly<Record<AlarmState, readonly string[]>>;
}

/** The alarms of one account. */
export class CloudWatch {
  static readonly of = perAccount((aws) => new CloudWatch(aws));

  /** By name. */
  readonly metricAlarms = new Table<MetricAlarm>("alarm", "ResourceNotFound");

  private constructor(readonly aws: AccountContext) {}

  alarms(): MetricAlarm[] {
    return this.metricAlarms.values();
  }

  /** The alarms that one value of a metric without dimensions raises; `metric` is its namespace and name. */
  raisedBy(metric: string, value: number): MetricAlarm[] {
    return this.alarms().filter((alarm) => alarm.metric === metric && alarm.isRaisedBy(value));
  }

  /** The topics that an alarm notifies when it gets into a state: those that CloudWatch may publish to. */
  notified(name: string, state: AlarmState): string[] {
    return this.metricAlarms
      .get(name)
      .actions[state].filter((arn) => Sns.of(this.aws).takesFrom(arn, "cloudwatch.amazonaws.com"));
  }
}

const statistic = z.enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"]);
const dimensions = z
  .record(z.string().min(1).max(255), z.string().min(1).max(1024))
  .refine((all) => Object.keys(all).length <= 30, "at most 30 dimensions");
const period = z
  .number()
  .int()
  .refine((seconds) => [10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0), {
    message: "Period must be 10, 20, 30 or a multiple of 60",
  });
const metricName = z.string().min(1).max(255);
const namespace = z.string().regex(/^[^:]{1,255}$/);
const actions = z.array(z.string()).max(5).default([]);

const alarmInputs = z.looseObject({
  ...tagged.shape,
  name: z.string().min(1).max(255).optional(),
  alarmDescription: z.string().max(1024).optional(),
  actionsEnabled: z.boolean().default(true),
  comparisonOperator: z.enum([
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
  ]),
  threshold: z.number(),
  evaluationPeriods: z.number().int().min(1),
  datapointsToAlarm: z.number().int().min(1).optional(),
  treatMissingData: z.enum(["breaching", "notBreaching", "ignore", "missing"]).default("missing"),
  namespace: namespace.optional(),
  metricName: metricName.optional(),
  dimensions: dimensions.optional(),
  statistic: statistic.optional(),
  period: period.optional(),
  metricQueries: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z][A-Za-z0-9_]{0,254}$/),
        label: z.string().optional(),
        expression: z.string().min(1).max(2048).optional(),
        metric: z
          .strictObject({
            namespace,
            metricName,
            dimensions: dimensions.default({}),
            stat: statistic,
            period,
          })
          .optional(),
        returnData: z.boolean().default(false),
      }),
    )
    .max(20)
    .optional(),
  alarmActions: actions,
  okActions: actions,
  insufficientDataActions: actions,
});
type AlarmInputs = z.infer<typeof alarmInputs>;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const metricAlarm = resource({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  inputs: alarmInputs,
  defaults: { evaluateLowSampleCountPercentiles: "" },
  replaces: ["name"],
  longestName: 255,
  checks: [
    [
      "ValidationError",
      ({ inputs, name }) => {
        const problem = alarmProblem(inputs);
        return problem !== undefined && `the alarm "${name}": ${problem}`;
      },
    ],
    [
      "ValidationError",
      ({ aws, inputs: { alarmActions, okActions, insufficientDataActions } }) =>
        [...alarmActions, ...okActions, ...insufficientDataActions]
          .map((arn) => actionProblem(aws, arn))
          .find((problem) => problem !== undefined),
    ],
  ],
  id: ({ name }) => name,
  arn: ({ aws, name }) => aws.arn("cloudwatch", `alarm:${name}`),
  keep: ({ aws, inputs, name, arn }) => {
    const actionsIn = (arns: readonly string[]) => (inputs.actionsEnabled ? arns : []);
    CloudWatch.of(aws).metricAlarms.add(name, {
      name,
      arn,
      description: inputs.alarmDescription,
      metric: inputs.dimensions ? undefined : `${inputs.namespace ?? ""} ${inputs.metricName ?? ""}`,
      isRaisedBy: (value) =>
        (inputs.datapointsToAlarm ?? inputs.evaluationPeriods) === 1 && breaches(inputs, value),
      actions: {
        ALARM: actionsIn(inputs.alarmActions),
        OK: actionsIn(inputs.okActions),
        INSUFFICIENT_DATA: actionsIn(inputs.insufficientDataActions),
      },
    });
  },
});

/** Only topics: nothing here stops, reboots or scales by an alarm. AWS itself does not ask whether a topic exists. */
function actionProblem(aws: AccountContext, arn: string): string | undefined {
  const [, , service, region] = arn.split(":");
  if (service !== "sns") return `the action "${arn}" is not known here`;
  if (region !== aws.region)
    return `Invalid region ${region ?? ""} specified. Only ${aws.region} is supported.`;
  return Sns.of(aws).topic(arn) ? undefined : `the topic "${arn}" does not exist`;
}

/** Whether a period in which a metric has this one value is one to alarm on. */
function breaches({ statistic, comparisonOperator, threshold }: AlarmInputs, value: number): boolean {
  const observed = statistic === "SampleCount" ? 1 : value;
  switch (comparisonOperator) {
    case "GreaterThanOrEqualToThreshold":
      return observed >= threshold;
    case "GreaterThanThreshold":
      return observed > threshold;
    case "LessThanThreshold":
      return observed < threshold;
    case "LessThanOrEqualToThreshold":
      return observed <= threshold;
  }
}

/** What keeps an alarm's parts from going together (PutMetricAlarm, Metrics and EvaluationPeriods). */
function alarmProblem(inputs: AlarmInputs): string | undefined {
  const { metricQueries, evaluationPeriods, datapointsToAlarm } = inputs;
  if (datapointsToAlarm !== undefined && datapointsToAlarm > evaluationPeriods)
    return "DatapointsToAlarm must be at most EvaluationPeriods";
  const single = [inputs.metricName, inputs.namespace, inputs.statistic, inputs.period];
  if (metricQueries === undefined) {
    if (single.includes(undefined)) return "a metric needs its name, namespace, statistic and period";
    return rangeProblem(inputs.period ?? 0, evaluationPeriods);
  }
  if (single.some((one) => one !== undefined) || inputs.dimensions !== undefined)
    return "Metrics goes with no MetricName, Namespace, Statistic, Period or Dimensions";
  return queriesProblem(metricQueries, evaluationPeriods);
}

function queriesProblem(
  queries: NonNullable<AlarmInputs["metricQueries"]>,
  evaluationPeriods: number,
): string | undefined {
  if (new Set(queries.map(({ id }) => id)).size < queries.length) return "two of its Metrics have one id";
  if (queries.filter(({ returnData }) => returnData).length !== 1)
    return "exactly one of its Metrics must return data";
  for (const { id, expression, metric } of queries) {
    if ((expression === undefined) === (metric === undefined))
      return `${id} must be either a metric or an expression`;
    const names = (expression ?? "").match(/\b[a-z]\w*\b/g) ?? [];
    const strange = names.find((name) => !queries.some((other) => other.id === name && name !== id));
    if (strange !== undefined) return `the expression ${id} names "${strange}", and no such metric is there`;
    const problem = metric && rangeProblem(metric.period, evaluationPeriods);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** An alarm looks back over a day at most, or a week where its periods are of an hour or more. */
function rangeProblem(seconds: number, evaluationPeriods: number): string | undefined {
  const most = seconds < 3600 ? 86_400 : 604_800;
  return seconds * evaluationPeriods > most
    ? `Metrics cannot be checked across more than ${most} seconds (EvaluationPeriods * Period)`
    : undefined;
}

const dashboards = perAccount(() => new Table<string>("dashboard", "ResourceNotFound"));

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html */
export const dashboard = resource({
  type: "aws:cloudwatch/dashboard:Dashboard",
  inputs: z.looseObject({ dashboardName: z.string(), dashboardBody: z.string() }),
  replaces: ["dashboardName"],
  checks: [
    [
      "DashboardInvalidInputError",
      ({ inputs: { dashboardName: name, dashboardBody } }) => {
        const problem = /^[A-Za-z0-9_-]{1,255}$/.test(name)
          ? dashboardProblem(dashboardBody)
          : `"${name}" is not a name: expected letters, digits, dashes and underscores`;
        return problem !== undefined && `the dashboard "${name}": ${problem}`;
      },
    ],
  ],
  id: ({ inputs }) => inputs.dashboardName,
  keep: ({ aws, inputs }) => dashboards(aws).add(inputs.dashboardName, inputs.dashboardBody),
  outputs: ({ aws, inputs }) => ({
    dashboardArn: `arn:aws:cloudwatch::${aws.accountId}:dashboard/${inputs.dashboardName}`,
  }),
});
