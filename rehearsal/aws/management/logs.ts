/** CloudWatch Logs: log groups, and the metrics that are made of their lines. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { Kms } from "../identity/kms";
import { named } from "../names";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { matchesLine, parseFilterPattern, type FilterPattern } from "./logFilterPattern";

interface LogGroup {
  filters: { pattern: FilterPattern; metric: string }[];
}

/** The log groups of one account. */
export class Logs {
  static readonly of = perAccount((aws) => new Logs(aws));

  /** By name. */
  readonly groups = new Table<LogGroup>(
    "log group",
    "ResourceNotFoundException",
    "ResourceAlreadyExistsException",
  );

  private constructor(readonly aws: AccountContext) {}

  /** Whether a log group has this name. */
  has(name: string): boolean {
    return this.groups.has(name);
  }

  /** The metrics that a line in a log group counts for, each as its namespace and name. */
  metricsOf(groupName: string, line: string): string[] {
    return this.groups
      .get(groupName)
      .filters.filter(({ pattern }) => matchesLine(pattern, line))
      .map(({ metric }) => metric);
  }
}

/**
 * The provider writes "never expire" as 0.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
const retentionDays: readonly number[] = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export const logGroup = resource({
  type: "aws:cloudwatch/logGroup:LogGroup",
  inputs: z.looseObject({
    ...tagged.shape,
    ...named,
    retentionInDays: z.number().int().default(0),
    kmsKeyId: z.string().optional(),
    logGroupClass: z.enum(["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]).default("STANDARD"),
    skipDestroy: z.boolean().default(false),
    deletionProtectionEnabled: z.boolean().default(false),
  }),
  replaces: ["name", "namePrefix", "logGroupClass"],
  longestName: 512,
  checks: [
    [
      "InvalidParameterException",
      ({ name }) =>
        (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name) || name.startsWith("aws/")) &&
        `"${name}" is not a log group name: expected 1 to 512 of letters, digits and _-/.#, not beginning with "aws/"`,
    ],
    [
      "InvalidParameterException",
      ({ inputs: { retentionInDays: days } }) =>
        !retentionDays.includes(days) && `retentionInDays ${days} is not one of ${retentionDays.join(", ")}`,
    ],
    [
      "InvalidParameterException",
      ({ aws, inputs: { kmsKeyId }, name }) =>
        kmsKeyId !== undefined &&
        Kms.of(aws).find(kmsKeyId) === undefined &&
        `the key "${kmsKeyId}" of "${name}" does not exist`,
    ],
  ],
  id: ({ name }) => name,
  arn: ({ aws, name }) => aws.arn("logs", `log-group:${name}`),
  keep: ({ aws, name }) => Logs.of(aws).groups.add(name, { filters: [] }),
});

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html */
const metricTransformation = z.looseObject({
  name: z.string().regex(/^[^:*$]{1,255}$/),
  namespace: z
    .string()
    .regex(/^[^:*$]{1,255}$/)
    .refine((namespace) => !namespace.startsWith("AWS/"), "namespaces of AWS are AWS's own"),
  value: z.string().max(100),
  unit: z.string().default("None"),
  defaultValue: z.string().optional(),
  dimensions: z.record(z.string(), z.string()).optional(),
});

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html */
export const logMetricFilter = resource({
  type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  inputs: z.looseObject({
    name: z
      .string()
      .regex(/^[^:*]{1,512}$/)
      .optional(),
    logGroupName: z.string(),
    applyOnTransformedLogs: z.boolean().default(false),
    pattern: z.string().max(1024),
    metricTransformation,
  }),
  replaces: ["name", "logGroupName"],
  longestName: 512,
  checks: [
    ({ aws, inputs }) => Logs.of(aws).groups.get(inputs.logGroupName),
    [
      "InvalidParameterException",
      ({ inputs: { pattern }, name }) =>
        !parseFilterPattern(pattern) &&
        `the metric filter "${name}": ${pattern} is not a pattern that is known here`,
    ],
    [
      "InvalidParameterException",
      ({ inputs: { metricTransformation: metric }, name }) =>
        metric.defaultValue !== undefined &&
        metric.dimensions !== undefined &&
        `the metric filter "${name}": a metric with dimensions has no default value`,
    ],
    [
      "LimitExceededException",
      // A log group has 100 at most.
      ({ aws, inputs }) =>
        Logs.of(aws).groups.get(inputs.logGroupName).filters.length >= 100 && "Resource limit exceeded.",
    ],
  ],
  id: ({ name }) => name,
  keep: ({ aws, inputs: { logGroupName, pattern: text, metricTransformation: metric } }) => {
    const pattern = parseFilterPattern(text);
    const { filters } = Logs.of(aws).groups.get(logGroupName);
    if (pattern) filters.push({ pattern, metric: `${metric.namespace} ${metric.name}` });
  },
});
