/** ECS's task definitions for Fargate. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { Iam } from "../identity/iam";
import { parseJson, problemsOf } from "../json";
import { perAccount } from "../perAccount";
import { byAnyInputBut } from "../replacement";
import { resource } from "../resource";
import { tagged } from "../tags";

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const containerSchema = z.looseObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, "must be 1 to 255 of letters, digits, _ and -"),
  image: z.string().min(1).max(255),
  essential: z.boolean().default(true),
  cpu: z.number().int().min(0).optional(),
  memory: z.number().int().min(6).optional(),
  entryPoint: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  environment: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })).default([]),
  portMappings: z
    .array(
      z.looseObject({
        containerPort: z.number().int().min(1).max(65_535),
        hostPort: z.number().int().min(0).max(65_535).optional(),
        protocol: z.enum(["tcp", "udp"]).default("tcp"),
      }),
    )
    .default([]),
  logConfiguration: z
    .looseObject({ logDriver: z.string(), options: z.record(z.string(), z.string()).default({}) })
    .optional(),
});

/** A container of a task, as its definition has it. */
export type Container = z.infer<typeof containerSchema>;

/** A revision of a task definition. */
export interface TaskDefinition {
  arn: string;
  family: string;
  revision: number;
  containers: Container[];
  launchTypes: readonly string[];
}

const gib = 1_024;

/**
 * Memory in MiB that Fargate offers for so many CPU units.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const fargateMemory: ReadonlyMap<number, { min: number; max: number; step: number } | readonly number[]> =
  new Map<number, { min: number; max: number; step: number } | readonly number[]>([
    [256, [512, gib, 2 * gib]],
    [512, { min: gib, max: 4 * gib, step: gib }],
    [1_024, { min: 2 * gib, max: 8 * gib, step: gib }],
    [2_048, { min: 4 * gib, max: 16 * gib, step: gib }],
    [4_096, { min: 8 * gib, max: 30 * gib, step: gib }],
    [8_192, { min: 16 * gib, max: 60 * gib, step: 4 * gib }],
    [16_384, { min: 32 * gib, max: 120 * gib, step: 8 * gib }],
  ]);

/** The revisions of each family, the oldest first. */
const revisions = perAccount(() => new Map<string, TaskDefinition[]>());

/** The definition that an ARN, `family:revision` or family (its newest revision) stands for. */
export function findTaskDefinition(aws: AccountContext, reference: string): TaskDefinition | undefined {
  const local = reference.replace(aws.arn("ecs", "task-definition/"), "");
  const [family = "", revision] = local.split(":");
  const all = revisions(aws).get(family) ?? [];
  return revision === undefined ? all.at(-1) : all.find((d) => String(d.revision) === revision);
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
export const taskDefinition = resource({
  type: "aws:ecs/taskDefinition:TaskDefinition",
  inputs: z.looseObject({
    ...tagged.shape,
    family: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, "must be 1 to 255 of letters, digits, _ and -"),
    containerDefinitions: z.string(),
    // Stand-in accounts have no container instances, so everything runs on Fargate.
    requiresCompatibilities: z.tuple([z.literal("FARGATE")]),
    networkMode: z.literal("awsvpc"),
    cpu: z.string(),
    memory: z.string(),
    executionRoleArn: z.string().optional(),
    taskRoleArn: z.string().optional(),
    skipDestroy: z.boolean().default(false),
  }),
  // A revision never changes, but for its tags.
  replaces: byAnyInputBut("tags", "tagsAll", "skipDestroy", "trackLatest"),
  checks: [
    [
      "ClientException",
      ({ aws, inputs: { executionRoleArn, taskRoleArn } }) => {
        const refused = [executionRoleArn, taskRoleArn].find(
          (arn) => arn !== undefined && !Iam.of(aws).assumableBy(arn, "ecs-tasks.amazonaws.com"),
        );
        return (
          refused !== undefined &&
          `Role is not valid: ${refused} does not let ecs-tasks.amazonaws.com assume it`
        );
      },
    ],
  ],
  id: ({ inputs }) => inputs.family,
  keep: ({ aws, creation, inputs }) => {
    const { family, requiresCompatibilities: launchTypes } = inputs;
    const earlier = revisions(aws).get(family) ?? [];
    const given = creation.previous?.["revision"];
    const revision = typeof given === "number" ? given : (earlier.at(-1)?.revision ?? 0) + 1;
    const arn = aws.arn("ecs", `task-definition/${family}:${revision}`);
    const definition = { arn, family, revision, containers: containersOf(inputs), launchTypes };
    revisions(aws).set(family, [...earlier, definition]);
  },
  outputs: ({ aws, inputs: { family } }) => {
    const definition = findTaskDefinition(aws, family);
    return {
      arn: definition?.arn,
      arnWithoutRevision: aws.arn("ecs", `task-definition/${family}`),
      enableFaultInjection: false,
      revision: definition?.revision,
    };
  },
});

/** The containers of a task; ClientException for what ECS refuses of them, or of the task's size and roles. */
function containersOf(inputs: {
  cpu: string;
  memory: string;
  containerDefinitions: string;
  executionRoleArn?: string | undefined;
}): Container[] {
  const memory = requireFargateSize(inputs.cpu, inputs.memory);
  const containers = requireContainers(inputs.containerDefinitions, memory);
  const asking = containers.find(
    ({ logConfiguration, secrets }) => logConfiguration?.logDriver === "awslogs" || secrets.length > 0,
  );
  if (asking && inputs.executionRoleArn === undefined) {
    throw new AwsError(
      "ClientException",
      `Fargate requires task definition to have execution role ARN to support log driver awslogs and secrets (container "${asking.name}")`,
    );
  }
  return containers;
}

/** The task's memory in MiB; ClientException for a pair that Fargate does not offer. */
function requireFargateSize(cpu: string, memory: string): number {
  const units = size(cpu, /^(\d*\.?\d+) ?vcpu$/i);
  const mib = size(memory, /^(\d*\.?\d+) ?gb$/i);
  const offered = fargateMemory.get(units);
  const fits =
    offered !== undefined &&
    ("step" in offered
      ? mib >= offered.min && mib <= offered.max && mib % offered.step === 0
      : offered.includes(mib));
  if (!fits) {
    throw new AwsError(
      "ClientException",
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  }
  return mib;
}

function size(text: string, inThousands: RegExp): number {
  const thousands = inThousands.exec(text)?.[1];
  return thousands === undefined ? Number(text) : Number(thousands) * gib;
}

function requireContainers(text: string, taskMemory: number): Container[] {
  const refuse = (problem: string): never => {
    throw new AwsError("ClientException", `containerDefinitions: ${problem}`);
  };
  const json = parseJson(text);
  if (json === undefined) return refuse("is not valid JSON");
  const parsed = z.array(containerSchema).nonempty().safeParse(json);
  if (!parsed.success) return refuse(problemsOf(parsed.error, "(list)"));
  const containers = parsed.data;
  if (new Set(containers.map((c) => c.name)).size < containers.length)
    refuse("Container names must be unique.");
  if (!containers.some((c) => c.essential)) refuse("at least one container must be marked as essential.");
  if (containers.reduce((sum, c) => sum + (c.memory ?? 0), 0) > taskMemory) {
    refuse("the containers ask for more memory than the task has");
  }
  for (const container of containers) {
    const port = container.portMappings.find(
      (p) => p.hostPort !== undefined && p.hostPort !== p.containerPort,
    );
    if (port)
      refuse(
        `When networkMode=awsvpc, the host ports and container ports in port mappings must match ("${container.name}")`,
      );
    const { logConfiguration } = container;
    if (logConfiguration?.logDriver !== "awslogs") continue;
    for (const option of ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"]) {
      if (!logConfiguration.options[option])
        refuse(`"${container.name}": log driver awslogs requires the option ${option}`);
    }
  }
  return containers;
}
