/** EventBridge Scheduler: schedules. */
import { z } from "zod";
import type { Iam } from "../identity/iam";
import type { Kms } from "../identity/kms";
import { physicalName } from "../names";
import { scheduleProblem } from "./scheduleExpression";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";

/** When something is done, and what. */
export interface Schedule {
  arn: string;
  expression: string;
  timezone: string;
  targetArn: string;
  input?: string;
}

const scheduleSchema = z.looseObject({
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  groupName: z.literal("default").default("default"),
  description: z.string().max(512).optional(),
  scheduleExpression: z.string(),
  scheduleExpressionTimezone: z.string().default("UTC"),
  state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  kmsKeyArn: z.string().optional(),
  flexibleTimeWindow: z.discriminatedUnion("mode", [
    z.looseObject({ mode: z.literal("OFF"), maximumWindowInMinutes: z.undefined().optional().optional() }),
    z.looseObject({ mode: z.literal("FLEXIBLE"), maximumWindowInMinutes: z.number().int().min(1).max(1440) }),
  ]),
  target: z.looseObject({ arn: z.string().max(1600), roleArn: z.string(), input: z.string().optional() }),
});

export class Scheduler implements Service {
  readonly #schedules = new Table<Schedule>("schedule", "ResourceNotFoundException", "ConflictException");

  constructor(
    private readonly context: AccountContext,
    private readonly iam: Iam,
    private readonly kms: Kms,
  ) {}

  readonly kinds = {
    "aws:scheduler/schedule:Schedule": kind(scheduleSchema, (inputs, creation) =>
      this.#create(inputs, creation),
    ),
  };

  schedules(): Schedule[] {
    return this.#schedules.values();
  }

  #create(inputs: z.infer<typeof scheduleSchema>, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, 64);
    const refuse = (problem: string): never => {
      throw new AwsError("ValidationException", `the schedule "${name}": ${problem}`);
    };
    if (!/^[\w.-]{1,64}$/.test(name)) refuse("its name must be 1 to 64 of letters, digits and _.-");
    const problem = scheduleProblem(inputs.scheduleExpression);
    if (problem !== undefined) refuse(`Invalid Schedule Expression ${inputs.scheduleExpression}: ${problem}`);
    if (!isTimeZone(inputs.scheduleExpressionTimezone)) {
      refuse(
        `Provided Timezone "${inputs.scheduleExpressionTimezone}" is invalid; expected an IANA name, e.g. "Asia/Tokyo"`,
      );
    }
    this.#checkTarget(inputs.target, refuse);
    if (inputs.kmsKeyArn !== undefined && this.kms.find(inputs.kmsKeyArn) === undefined) {
      refuse(`the key "${inputs.kmsKeyArn}" does not exist`);
    }
    const arn = this.context.arn("scheduler", `schedule/${inputs.groupName}/${name}`);
    this.#schedules.add(`${inputs.groupName}/${name}`, {
      arn,
      expression: inputs.scheduleExpression,
      timezone: inputs.scheduleExpressionTimezone,
      targetArn: inputs.target.arn,
      ...(inputs.target.input !== undefined && { input: inputs.target.input }),
    });
    return {
      id: `${inputs.groupName}/${name}`,
      outputs: {
        ...inputs,
        actionAfterCompletion: "NONE",
        arn,
        name,
        namePrefix: inputs.namePrefix ?? "",
        region: this.context.region,
      },
    };
  }

  #checkTarget(target: z.infer<typeof scheduleSchema>["target"], refuse: (problem: string) => never): void {
    const universal = /^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(target.arn);
    if (!universal && !/^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d{12}:.+$/.test(target.arn)) {
      refuse(`Provided Arn is not in correct format: ${target.arn}`);
    }
    // Scheduler User Guide, "Using universal targets": the action in lower camel case, and none that only reads.
    const action = universal?.[2];
    if (
      action !== undefined &&
      (/^[A-Z]/.test(action) || /^(get|describe|list|poll|receive|search|scan|query)/.test(action))
    ) {
      refuse(
        `${target.arn} is not a supported operation: expected a writing action in camel case, e.g. aws-sdk:ec2:startInstances`,
      );
    }
    if (target.input !== undefined && universal && !isJsonObject(target.input)) {
      refuse(`the input of a universal target must be a JSON object: ${target.input}`);
    }
    if (!this.iam.assumableBy(target.roleArn, "scheduler.amazonaws.com")) {
      refuse(
        `The execution role you provide must allow AWS EventBridge Scheduler to assume the role. (${target.roleArn})`,
      );
    }
  }
}

function isTimeZone(name: string): boolean {
  // Intl takes offsets such as "+09:00" too, which Scheduler does not.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
