/** Data Lifecycle Manager: policies that take and drop snapshots. */
import { z } from "zod";
import type { Iam } from "../identity/iam";
import { cronProblem } from "../messaging/scheduleExpression";
import { AwsError, kind, type AccountContext, type Created, type Creation, type Service } from "../service";
import type { Ssm } from "../management/ssm";
import { tagged, tagOutputs } from "../tags";

// DLM API Reference, CreateRule, RetainRule and Script. The provider takes one time only.
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

const policySchema = z.looseObject({
  ...tagged.shape,
  description: z
    .string()
    .regex(/^[0-9A-Za-z _-]{1,500}$/, "must be 1 to 500 of letters, digits, spaces, _ and -"),
  executionRoleArn: z.string(),
  state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  policyDetails: detailsSchema,
});

export class Dlm implements Service {
  constructor(
    private readonly context: AccountContext,
    private readonly iam: Iam,
    private readonly ssm: Ssm,
  ) {}

  readonly kinds = {
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": kind(policySchema, (inputs, creation) =>
      this.#create(inputs, creation),
    ),
  };

  #create(inputs: z.infer<typeof policySchema>, creation: Creation): Created {
    const refuse = (problem: string): never => {
      throw new AwsError("InvalidRequestException", `the lifecycle policy "${creation.name}": ${problem}`);
    };
    if (!this.iam.assumableBy(inputs.executionRoleArn, "dlm.amazonaws.com")) {
      refuse(
        `the role ${inputs.executionRoleArn} does not exist or does not let dlm.amazonaws.com assume it`,
      );
    }
    for (const { name, createRule } of inputs.policyDetails.schedules) {
      if (createRule.cronExpression !== undefined) {
        const problem = cronProblem(createRule.cronExpression);
        if (problem !== undefined) refuse(`schedule "${name}": ${createRule.cronExpression}: ${problem}`);
      }
      if (createRule.scripts && !inputs.policyDetails.resourceTypes.includes("INSTANCE")) {
        refuse(`schedule "${name}": scripts are for policies that target INSTANCE`);
      }
      if (createRule.scripts) this.#checkScript(createRule.scripts.executionHandler, refuse);
    }
    const id = `policy-${this.context.digest("dlm", creation.name).slice(0, 17)}`;
    return {
      id,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn: this.context.arn("dlm", `policy/${id}`),
        region: this.context.region,
      },
    };
  }

  /**
   * A document of one's own must carry the tag by which AWSDataLifecycleManagerSSMFullAccess lets DLM run it
   * (EBS User Guide, "Automate application-consistent snapshots"); without it every backup's scripts fail.
   */
  #checkScript(handler: string, refuse: (problem: string) => never): void {
    if (["AWS_VSS_BACKUP", "AWSSystemsManagerSAP-CreateDLMSnapshotForSAPHANA"].includes(handler)) return;
    const document = this.ssm.document(handler);
    if (!document) return refuse(`the document "${handler}" does not exist`);
    if (document.tags["DLMScriptsAccess"] !== "true") {
      refuse(
        `the document "${handler}" lacks the tag DLMScriptsAccess = true, without which DLM may not run it`,
      );
    }
  }
}
