/** EventBridge Scheduler: schedules. */
import { z } from "zod";
import { isRecord } from "../../../facts/record";
import type { AccountContext } from "../accountContext";
import { Iam } from "../identity/iam";
import { Kms } from "../identity/kms";
import { parseJson } from "../json";
import { named } from "../names";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { scheduleProblem } from "./scheduleExpression";

/** When something is done, and what. */
export interface Schedule {
  arn: string;
  expression: string;
  timezone: string;
  targetArn: string;
  input?: string;
}

/** The schedules of one account. */
export class Scheduler {
  static readonly of = perAccount((aws) => new Scheduler(aws));

  /** By group and name. */
  readonly table = new Table<Schedule>("schedule", "ResourceNotFoundException", "ConflictException");

  private constructor(readonly aws: AccountContext) {}

  schedules(): Schedule[] {
    return this.table.values();
  }
}

const scheduleInputs = z.looseObject({
  ...named,
  groupName: z.literal("default").default("default"),
  description: z.string().max(512).optional(),
  scheduleExpression: z.string(),
  scheduleExpressionTimezone: z.string().default("UTC"),
  state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  kmsKeyArn: z.string().optional(),
  flexibleTimeWindow: z.discriminatedUnion("mode", [
    z.looseObject({ mode: z.literal("OFF"), maximumWindowInMinutes: z.undefined().optional() }),
    z.looseObject({ mode: z.literal("FLEXIBLE"), maximumWindowInMinutes: z.number().int().min(1).max(1440) }),
  ]),
  target: z.looseObject({ arn: z.string().max(1600), roleArn: z.string(), input: z.string().optional() }),
});
type ScheduleInputs = z.infer<typeof scheduleInputs>;

/** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export const schedule = resource({
  type: "aws:scheduler/schedule:Schedule",
  inputs: scheduleInputs,
  replaces: ["name", "namePrefix", "groupName"],
  longestName: 64,
  checks: [
    [
      "ValidationException",
      ({ aws, inputs, name }) => {
        const problem = problemOf(aws, inputs, name);
        return problem !== undefined && `the schedule "${name}": ${problem}`;
      },
    ],
  ],
  id: ({ inputs, name }) => `${inputs.groupName}/${name}`,
  arn: ({ aws, id }) => aws.arn("scheduler", `schedule/${id}`),
  keep: ({ aws, inputs, id, arn }) =>
    Scheduler.of(aws).table.add(id, {
      arn,
      expression: inputs.scheduleExpression,
      timezone: inputs.scheduleExpressionTimezone,
      targetArn: inputs.target.arn,
      ...(inputs.target.input !== undefined && { input: inputs.target.input }),
    }),
  outputs: () => ({ actionAfterCompletion: "NONE" }),
});

function problemOf(aws: AccountContext, inputs: ScheduleInputs, name: string): string | undefined {
  const { scheduleExpression, scheduleExpressionTimezone: timezone, kmsKeyArn } = inputs;
  if (!/^[\w.-]{1,64}$/.test(name)) return "its name must be 1 to 64 of letters, digits and _.-";
  const problem = scheduleProblem(scheduleExpression);
  if (problem !== undefined) return `Invalid Schedule Expression ${scheduleExpression}: ${problem}`;
  if (!isTimeZone(timezone))
    return `Provided Timezone "${timezone}" is invalid; expected an IANA name, e.g. "Asia/Tokyo"`;
  const ofTarget = targetProblem(aws, inputs.target);
  if (ofTarget !== undefined) return ofTarget;
  return kmsKeyArn !== undefined && Kms.of(aws).find(kmsKeyArn) === undefined
    ? `the key "${kmsKeyArn}" does not exist`
    : undefined;
}

/**
 * How the names of actions begin that only read, which Scheduler does not call.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
const readOnly = (
  "get describe list poll receive search scan query select read lookup discover validate batchGet batchDescribe " +
  "batchRead transactGet adminGet adminList testMigration retrieve testConnection translateDocument isAuthorized invokeModel"
).split(" ");

function targetProblem(aws: AccountContext, target: ScheduleInputs["target"]): string | undefined {
  const { arn, roleArn, input } = target;
  const universal = /^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/.exec(arn);
  if (!universal && !/^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d{12}:.+$/.test(arn))
    return `Provided Arn is not in correct format: ${arn}`;
  const action = universal?.[2] ?? "";
  if (/^[A-Z]/.test(action) || readOnly.some((prefix) => action.startsWith(prefix)))
    return `${arn} is not a supported operation: expected a writing action in camel case, e.g. aws-sdk:ec2:startInstances`;
  if (input !== undefined && universal && !isRecord(parseJson(input)))
    return `the input of a universal target must be a JSON object: ${input}`;
  return Iam.of(aws).assumableBy(roleArn, "scheduler.amazonaws.com")
    ? undefined
    : `The execution role you provide must allow AWS EventBridge Scheduler to assume the role. (${roleArn})`;
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
