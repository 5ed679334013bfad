/** CloudWatch Logs: log groups, and the metrics that are made of their lines. */
import { z } from "zod";
import type { Kms } from "../identity/kms";
import { matchesLine, parseFilterPattern, type FilterPattern } from "./logFilterPattern";
import { physicalName } from "../names";
import { AwsError, kind, Table, type AccountContext, type Service } from "../service";
import { tagged, tagOutputs } from "../tags";

// CloudWatch Logs API Reference, PutRetentionPolicy; the provider writes "never expire" as 0.
const retentionDays = new Set([
  ...[
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
    3653,
  ],
]);

const logGroupSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  retentionInDays: z.number().int().default(0),
  kmsKeyId: z.string().optional(),
  logGroupClass: z.enum(["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]).default("STANDARD"),
  skipDestroy: z.boolean().default(false),
  deletionProtectionEnabled: z.boolean().default(false),
});

// CloudWatch Logs API Reference, PutMetricFilter and MetricTransformation.
const metricFilterSchema = z.looseObject({
  name: z
    .string()
    .regex(/^[^:*]{1,512}$/)
    .optional(),
  logGroupName: z.string(),
  applyOnTransformedLogs: z.boolean().default(false),
  pattern: z.string().max(1024),
  metricTransformation: z.looseObject({
    name: z.string().regex(/^[^:*$]{1,255}$/),
    namespace: z
      .string()
      .regex(/^[^:*$]{1,255}$/)
      .refine((namespace) => !namespace.startsWith("AWS/"), "namespaces of AWS are AWS's own"),
    value: z.string().max(100),
    unit: z.string().default("None"),
    defaultValue: z.string().optional(),
    dimensions: z.record(z.string(), z.string()).optional(),
  }),
});

interface LogGroup {
  arn: string;
  filters: { pattern: FilterPattern; metric: string }[];
}

export class Logs implements Service {
  readonly #groups = new Table<LogGroup>(
    "log group",
    "ResourceNotFoundException",
    "ResourceAlreadyExistsException",
  );

  constructor(
    private readonly context: AccountContext,
    private readonly kms: Kms,
  ) {}

  readonly kinds = {
    "aws:cloudwatch/logGroup:LogGroup": kind(logGroupSchema, (inputs, creation) => {
      const name = physicalName(this.context, creation, inputs, 512);
      if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name) || name.startsWith("aws/")) {
        throw new AwsError(
          "InvalidParameterException",
          `"${name}" is no log group name: expected 1 to 512 of letters, digits and _-/.#, not beginning with "aws/"`,
        );
      }
      if (!retentionDays.has(inputs.retentionInDays)) {
        throw new AwsError(
          "InvalidParameterException",
          `retentionInDays ${inputs.retentionInDays} is not one of ${[...retentionDays].join(", ")}`,
        );
      }
      if (inputs.kmsKeyId !== undefined && this.kms.find(inputs.kmsKeyId) === undefined) {
        throw new AwsError(
          "InvalidParameterException",
          `the key "${inputs.kmsKeyId}" of "${name}" does not exist`,
        );
      }
      const arn = this.context.arn("logs", `log-group:${name}`);
      this.#groups.add(name, { arn, filters: [] });
      return {
        id: name,
        outputs: {
          ...inputs,
          ...tagOutputs(inputs),
          arn,
          name,
          namePrefix: inputs.namePrefix ?? "",
          region: this.context.region,
        },
      };
    }),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": kind(metricFilterSchema, (inputs, creation) => {
      const name = physicalName(this.context, creation, inputs, 512);
      const refuse = (why: string) =>
        new AwsError("InvalidParameterException", `the metric filter "${name}": ${why}`);
      const { filters } = this.#groups.get(inputs.logGroupName);
      const pattern = parseFilterPattern(inputs.pattern);
      if (!pattern) throw refuse(`${inputs.pattern} is no pattern that is known here`);
      const { metricTransformation: metric } = inputs;
      if (metric.defaultValue !== undefined && metric.dimensions !== undefined)
        throw refuse("a metric with dimensions has no default value");
      // LimitExceededException: a log group has 100 at most.
      if (filters.length >= 100) throw new AwsError("LimitExceededException", "Resource limit exceeded.");
      filters.push({ pattern, metric: `${metric.namespace} ${metric.name}` });
      return { id: name, outputs: { ...inputs, name, region: this.context.region } };
    }),
  };

  /** The metrics that a line in a log group counts for, each as its namespace and name. */
  metricsOf(groupName: string, line: string): string[] {
    return this.#groups
      .get(groupName)
      .filters.filter(({ pattern }) => matchesLine(pattern, line))
      .map(({ metric }) => metric);
  }

  /** Whether a log group has this name. */
  has(name: string): boolean {
    return this.#groups.has(name);
  }
}
