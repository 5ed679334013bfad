/** Data Lifecycle Manager: policies that take and drop snapshots. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { Iam } from "../identity/iam";
import { Ssm } from "../management/ssm";
import { cronProblem } from "../messaging/scheduleExpression";
import { byInputs, changesOf } from "../replacement";
import { resource } from "../resource";
import { tagged } from "../tags";

/** @see https://docs.aws.amazon.com/dlm/latest/APIReference/API_Script.html */
const scriptsSchema = z.looseObject({
  executionHandler: z.string(),
  executionHandlerService: z.literal("AWS_SYSTEMS_MANAGER").default("AWS_SYSTEMS_MANAGER"),
  executeOperationOnScriptFailure: z.boolean().default(true),
  executionTimeout: z.number().int().min(1).max(120).default(10),
  maximumRetryCount: z.number().int().min(0).max(3).default(0),
  stages: z
    .array(z.enum(["PRE", "POST"]))
    .nonempty()
    .default(["PRE", "POST"]),
});

/**
 * The provider takes one time only.
 * @see https://docs.aws.amazon.com/dlm/latest/APIReference/API_CreateRule.html
 */
const createRuleSchema = z
  .looseObject({
    cronExpression: z.string().optional(),
    interval: z.literal([1, 2, 3, 4, 6, 8, 12, 24]).optional(),
    intervalUnit: z.literal("HOURS").default("HOURS"),
    times: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time as "HH:MM"')
      .optional(),
    location: z.enum(["CLOUD", "OUTPOST_LOCAL", "LOCAL_ZONE"]).default("CLOUD"),
    scripts: scriptsSchema.optional(),
  })
  .refine(
    (r) => (r.cronExpression === undefined) !== (r.interval === undefined),
    "needs either cronExpression or interval",
  );

/** @see https://docs.aws.amazon.com/dlm/latest/APIReference/API_RetainRule.html */
const retainRuleSchema = z
  .looseObject({
    count: z.number().int().min(1).max(1000).optional(),
    interval: z.number().int().min(1).optional(),
    intervalUnit: z.enum(["DAYS", "WEEKS", "MONTHS", "YEARS"]).optional(),
  })
  .refine((r) => (r.count === undefined) !== (r.interval === undefined), "needs either count or interval")
  .refine(
    (r) => (r.interval === undefined) === (r.intervalUnit === undefined),
    "interval and intervalUnit go together",
  );

const scheduleSchema = z.looseObject({
  name: z.string().min(1).max(120),
  copyTags: z.boolean().default(false),
  createRule: createRuleSchema,
  retainRule: retainRuleSchema,
  tagsToAdd: z.record(z.string(), z.string()).optional(),
  variableTags: z.record(z.string(), z.string()).optional(),
});

const detailsSchema = z.looseObject({
  policyType: z.literal("EBS_SNAPSHOT_MANAGEMENT").default("EBS_SNAPSHOT_MANAGEMENT"),
  policyLanguage: z.literal("STANDARD").default("STANDARD"),
  resourceLocations: z.array(z.literal("CLOUD")).length(1).default(["CLOUD"]),
  resourceTypes: z.array(z.enum(["VOLUME", "INSTANCE"])).length(1),
  targetTags: z.record(z.string(), z.string()).refine((tags) => Object.keys(tags).length > 0, "is empty"),
  schedules: z.array(scheduleSchema).min(1).max(4),
});

/** @see https://docs.aws.amazon.com/dlm/latest/APIReference/API_CreateLifecyclePolicy.html */
export const lifecyclePolicy = resource({
  type: "aws:dlm/lifecyclePolicy:LifecyclePolicy",
  inputs: z.looseObject({
    ...tagged.shape,
    description: z
      .string()
      .regex(/^[0-9A-Za-z _-]{1,500}$/, "must be 1 to 500 of letters, digits, spaces, _ and -"),
    executionRoleArn: z.string(),
    state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
    policyDetails: detailsSchema,
  }),
  replaces: byInputs([], { policyDetails: changesOf("copyTags") }),
  checks: [
    [
      "InvalidRequestException",
      ({ aws, creation, inputs: { executionRoleArn: role } }) =>
        !Iam.of(aws).assumableBy(role, "dlm.amazonaws.com") &&
        `the lifecycle policy "${creation.name}": the role ${role} does not exist or does not let dlm.amazonaws.com assume it`,
    ],
    [
      "InvalidRequestException",
      ({ aws, creation, inputs: { policyDetails } }) => {
        const problem = policyDetails.schedules
          .map((schedule) => scheduleProblem(aws, policyDetails.resourceTypes, schedule))
          .find((one) => one !== undefined);
        return problem !== undefined && `the lifecycle policy "${creation.name}": ${problem}`;
      },
    ],
  ],
  id: ({ aws, creation }) => `policy-${aws.digest("dlm", creation.name).slice(0, 17)}`,
  arn: ({ aws, id }) => aws.arn("dlm", `policy/${id}`),
});

function scheduleProblem(
  aws: AccountContext,
  resourceTypes: readonly string[],
  { name, createRule: { cronExpression, scripts } }: z.infer<typeof scheduleSchema>,
): string | undefined {
  const problem = cronExpression === undefined ? undefined : cronProblem(cronExpression);
  if (problem !== undefined) return `schedule "${name}": ${cronExpression}: ${problem}`;
  if (!scripts) return undefined;
  return resourceTypes.includes("INSTANCE")
    ? scriptProblem(aws, scripts.executionHandler)
    : `schedule "${name}": scripts are for policies that target INSTANCE`;
}

/**
 * A document of one's own must carry the tag by which AWSDataLifecycleManagerSSMFullAccess lets DLM run it; without it
 * every backup's scripts fail.
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/automate-app-consistent-backups.html
 */
function scriptProblem(aws: AccountContext, handler: string): string | undefined {
  if (["AWS_VSS_BACKUP", "AWSSystemsManagerSAP-CreateDLMSnapshotForSAPHANA"].includes(handler))
    return undefined;
  const document = Ssm.of(aws).document(handler);
  if (!document) return `the document "${handler}" does not exist`;
  return document.tags["DLMScriptsAccess"] === "true"
    ? undefined
    : `the document "${handler}" lacks the tag DLMScriptsAccess = true, without which DLM may not run it`;
}
