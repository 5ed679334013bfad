/** ECS on Fargate: clusters, and services whose tasks get addresses in subnets and stand behind target groups. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { TargetGroups } from "../loadBalancing/targetGroups";
import { Logs } from "../management/logs";
import { named } from "../names";
import { SecurityGroups } from "../network/securityGroups";
import { Subnets } from "../network/subnets";
import { perAccount } from "../perAccount";
import { resource, type Request } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { findTaskDefinition, type TaskDefinition } from "./ecsTaskDefinitions";

/** A service with its tasks running. */
export interface EcsService {
  name: string;
  arn: string;
  clusterArn: string;
  taskDefinition: TaskDefinition;
  desiredCount: number;
  subnetIds: string[];
  securityGroupIds: string[];
  assignPublicIp: boolean;
  loadBalancers: { targetGroupArn: string; containerName: string; containerPort: number }[];
  /** Private IPv4 address of each task. */
  taskAddresses: string[];
}

/** The clusters and services of one account. */
export class Ecs {
  static readonly of = perAccount((aws) => new Ecs(aws));

  /** ARNs. */
  readonly clusters = new Table<{ arn: string }>(
    "cluster",
    "ClusterNotFoundException",
    "InvalidParameterException",
  );
  readonly table = new Table<EcsService>("service", "ServiceNotFoundException", "InvalidParameterException");

  private constructor(readonly aws: AccountContext) {}

  services(): EcsService[] {
    return this.table.values();
  }
}

function nameProblem(name: string, noun: string): string | undefined {
  return /^[A-Za-z0-9_-]{1,255}$/.test(name)
    ? undefined
    : `"${name}" is not a ${noun} name: expected 1 to 255 of letters, digits, _ and -`;
}

/**
 * AWS hands back an existing cluster under the same name; here a second one is refused, for it is a mistake.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
 */
export const cluster = resource({
  type: "aws:ecs/cluster:Cluster",
  inputs: z.looseObject({
    ...tagged.shape,
    name: named.name,
    settings: z
      .array(z.object({ name: z.literal("containerInsights"), value: z.string() }))
      .default([{ name: "containerInsights", value: "disabled" }]),
  }),
  replaces: ["name"],
  longestName: 255,
  checks: [["InvalidParameterException", ({ name }) => nameProblem(name, "cluster")]],
  id: ({ aws, name }) => aws.arn("ecs", `cluster/${name}`),
  arn: ({ id }) => id,
  keep: ({ aws, arn }) => Ecs.of(aws).clusters.add(arn, { arn }),
});

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
const serviceInputs = z.looseObject({
  ...tagged.shape,
  name: named.name,
  cluster: z.string().default("default"),
  taskDefinition: z.string(),
  launchType: z.literal("FARGATE"),
  desiredCount: z.number().int().min(0).default(0),
  networkConfiguration: z
    .looseObject({
      subnets: z.array(z.string()).min(1).max(16),
      securityGroups: z.array(z.string()).max(5).optional(),
      assignPublicIp: z.boolean().default(false),
    })
    .optional(),
  loadBalancers: z
    .array(
      z.looseObject({
        targetGroupArn: z.string(),
        containerName: z.string(),
        containerPort: z.number().int(),
      }),
    )
    .default([]),
  platformVersion: z.string().default("LATEST"),
  schedulingStrategy: z.literal("REPLICA").default("REPLICA"),
});

type ServiceRequest = Request<z.infer<typeof serviceInputs>>;

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export const service = resource({
  type: "aws:ecs/service:Service",
  inputs: serviceInputs,
  defaults: {
    deploymentMaximumPercent: 200,
    deploymentMinimumHealthyPercent: 100,
    propagateTags: "NONE",
    triggers: {},
  },
  replaces: ["name", "cluster", "launchType"],
  longestName: 255,
  checks: [
    ["InvalidParameterException", ({ name }) => nameProblem(name, "service")],
    clusterArnOf,
    taskDefinitionOf,
    placementOf,
    ["InvalidParameterException", targetProblem],
    ["ResourceInitializationError", logProblem],
  ],
  id: (request) => {
    const clusterName = clusterArnOf(request).split("/").at(-1) ?? "";
    return request.aws.arn("ecs", `service/${clusterName}/${request.name}`);
  },
  arn: ({ id }) => id,
  keep: (request) => {
    const { aws, inputs, name, arn } = request;
    const placement = placementOf(request);
    const taskAddresses = Array.from({ length: inputs.desiredCount }, (_, task) => {
      const subnetId = placement.subnetIds[task % placement.subnetIds.length] ?? "";
      return Subnets.of(aws).takeAddress(subnetId, `${arn}/task-${task + 1}`);
    });
    Ecs.of(aws).table.add(arn, {
      name,
      arn,
      clusterArn: clusterArnOf(request),
      taskDefinition: taskDefinitionOf(request),
      desiredCount: inputs.desiredCount,
      ...placement,
      loadBalancers: inputs.loadBalancers,
      taskAddresses,
    });
    for (const { targetGroupArn, containerPort: port } of inputs.loadBalancers)
      TargetGroups.of(aws).registerTargets(
        targetGroupArn,
        taskAddresses.map((id) => ({ id, port })),
      );
  },
  outputs: () => ({
    availabilityZoneRebalancing: "ENABLED",
    deploymentConfiguration: { bakeTimeInMinutes: "0", strategy: "ROLLING" },
    deploymentController: { type: "ECS" },
    iamRole: "",
  }),
});

function clusterArnOf({ aws, inputs: { cluster: given } }: ServiceRequest): string {
  const arn = given.startsWith("arn:") ? given : aws.arn("ecs", `cluster/${given}`);
  return Ecs.of(aws).clusters.get(arn).arn;
}

function taskDefinitionOf({ aws, inputs }: ServiceRequest): TaskDefinition {
  const taskDefinition = findTaskDefinition(aws, inputs.taskDefinition);
  if (taskDefinition) return taskDefinition;
  throw new AwsError("ClientException", `Unable to describe task definition. (${inputs.taskDefinition})`);
}

function placementOf({
  aws,
  inputs: { networkConfiguration },
}: ServiceRequest): Pick<EcsService, "subnetIds" | "securityGroupIds" | "assignPublicIp"> {
  if (!networkConfiguration) {
    throw new AwsError(
      "InvalidParameterException",
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  }
  const { subnets: subnetIds, securityGroups, assignPublicIp } = networkConfiguration;
  return asInvalidParameter(`Error retrieving subnet information for [${subnetIds.join(", ")}]`, () => {
    const [vpcId, ...others] = new Set(subnetIds.map((id) => Subnets.of(aws).get(id).vpcId));
    if (vpcId === undefined || others.length > 0)
      throw new AwsError("InvalidParameterException", "all subnets of a service must be in one VPC");
    const securityGroupIds = SecurityGroups.of(aws).forInterface(vpcId, securityGroups);
    return { subnetIds, securityGroupIds, assignPublicIp };
  });
}

function targetProblem(request: ServiceRequest): string | undefined {
  const { aws, inputs } = request;
  for (const { targetGroupArn, containerName, containerPort } of inputs.loadBalancers) {
    const group = asInvalidParameter("load balancer", () => TargetGroups.of(aws).get(targetGroupArn));
    if (group.targetType !== "ip")
      return `The provided target group ${targetGroupArn} has target type ${group.targetType}, which is incompatible with the awsvpc network mode specified in the task definition.`;
    if (group.loadBalancerArn === undefined)
      return `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`;
    const container = taskDefinitionOf(request).containers.find((c) => c.name === containerName);
    if (!container) return `The container ${containerName} does not exist in the task definition.`;
    if (!container.portMappings.some((p) => p.containerPort === containerPort))
      return `The container ${containerName} did not have a container port ${containerPort} defined.`;
  }
  return undefined;
}

/** Without its log group a task stops before it starts, and the service never becomes steady. */
function logProblem(request: ServiceRequest): string | undefined {
  for (const { name, logConfiguration } of taskDefinitionOf(request).containers) {
    const options = logConfiguration?.options ?? {};
    const group = options["awslogs-group"];
    const isThere = group !== undefined && Logs.of(request.aws).has(group);
    if (group === undefined || options["awslogs-create-group"] === "true" || isThere) continue;
    return `failed to validate logger args of "${name}": The specified log group does not exist. (${group})`;
  }
  return undefined;
}

/** Runs the look-up; an error of another service becomes ECS's own, as ECS words it. */
function asInvalidParameter<T>(prefix: string, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError("InvalidParameterException", `${prefix}: ${error.message}`);
  }
}
