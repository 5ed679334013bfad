/** CloudWatch: alarms on metrics, and dashboards. Log groups are in logs.ts. */
import { z } from "zod";
import { dashboardProblem } from "./dashboardBody";
import { physicalName } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import type { Sns } from "../messaging/sns";
import { tagged, tagOutputs } from "../tags";

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
  /** ARNs of what is told when the alarm gets into a state. */
  actions: Readonly<Record<AlarmState, readonly string[]>>;
}

const statistic = z.enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"]);
// CloudWatch API Reference, PutMetricAlarm, Dimensions, Namespace and Period.
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

const alarmSchema = z.looseObject({
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
type AlarmInputs = z.infer<typeof alarmSchema>;

const dashboardSchema = z.looseObject({ dashboardName: z.string(), dashboardBody: z.string() });

export class CloudWatch implements Service {
  readonly #alarms = new Table<MetricAlarm>("alarm", "ResourceNotFound");
  readonly #dashboards = new Table<string>("dashboard", "ResourceNotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly sns: Sns,
  ) {}

  readonly kinds = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": kind(alarmSchema, (inputs, creation) =>
      this.#putAlarm(inputs, creation),
    ),
    "aws:cloudwatch/dashboard:Dashboard": kind(dashboardSchema, (inputs) => {
      const { dashboardName: name, dashboardBody: body } = inputs;
      const problem = /^[A-Za-z0-9_-]{1,255}$/.test(name)
        ? dashboardProblem(body)
        : `"${name}" is no name: expected letters, digits, dashes and underscores`;
      if (problem !== undefined)
        throw new AwsError("DashboardInvalidInputError", `the dashboard "${name}": ${problem}`);
      this.#dashboards.add(name, body);
      const dashboardArn = `arn:aws:cloudwatch::${this.context.accountId}:dashboard/${name}`;
      return { id: name, outputs: { ...inputs, dashboardArn, region: this.context.region } };
    }),
  };

  alarms(): MetricAlarm[] {
    return this.#alarms.values();
  }

  /** The alarms that one value of a metric without dimensions raises; `metric` is its namespace and name. */
  raisedBy(metric: string, value: number): MetricAlarm[] {
    return this.alarms().filter((alarm) => alarm.metric === metric && alarm.isRaisedBy(value));
  }

  /** What is told when an alarm gets into a state: its topics, but for those that CloudWatch may not publish to. */
  told(name: string, state: AlarmState): string[] {
    return this.#alarms
      .get(name)
      .actions[state].filter((arn) => this.sns.takesFrom(arn, "cloudwatch.amazonaws.com"));
  }

  #putAlarm(inputs: AlarmInputs, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, 255);
    const problem = alarmProblem(inputs);
    if (problem !== undefined) throw new AwsError("ValidationError", `the alarm "${name}": ${problem}`);
    const { alarmActions, okActions, insufficientDataActions, actionsEnabled } = inputs;
    for (const arn of [...alarmActions, ...okActions, ...insufficientDataActions]) this.#checkAction(arn);
    const arn = this.context.arn("cloudwatch", `alarm:${name}`);
    const none: string[] = [];
    this.#alarms.add(name, {
      ...{ name, arn, description: inputs.alarmDescription },
      metric: inputs.dimensions ? undefined : `${inputs.namespace ?? ""} ${inputs.metricName ?? ""}`,
      isRaisedBy: (value) =>
        (inputs.datapointsToAlarm ?? inputs.evaluationPeriods) === 1 && breaches(inputs, value),
      actions: actionsEnabled
        ? { ALARM: alarmActions, OK: okActions, INSUFFICIENT_DATA: insufficientDataActions }
        : { ALARM: none, OK: none, INSUFFICIENT_DATA: none },
    });
    return {
      id: name,
      outputs: {
        evaluateLowSampleCountPercentiles: "",
        ...inputs,
        ...tagOutputs(inputs),
        ...{ arn, name, region: this.context.region },
      },
    };
  }

  /** Only topics: nothing here stops, reboots or scales by an alarm. AWS itself does not ask whether a topic exists. */
  #checkAction(arn: string): void {
    const [, , service, region] = arn.split(":");
    if (service !== "sns") throw new AwsError("ValidationError", `the action "${arn}" is not known here`);
    if (region !== this.context.region)
      throw new AwsError(
        "ValidationError",
        `Invalid region ${region ?? ""} specified. Only ${this.context.region} is supported.`,
      );
    if (!this.sns.topic(arn)) throw new AwsError("ValidationError", `the topic "${arn}" does not exist`);
  }
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
