/** ECS on Fargate: clusters, and services whose tasks get addresses in subnets and stand behind target groups. */
import { z } from "zod";
import { EcsTaskDefinitions, type TaskDefinition } from "./ecsTaskDefinitions";
import type { Iam } from "../identity/iam";
import type { Logs } from "../management/logs";
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
import { tagged, tagOutputs } from "../tags";

/** What ECS asks of EC2 and Elastic Load Balancing. Each throws for an id that does not exist. */
export interface TaskNetwork {
  subnets: {
    get(id: string): { vpcId: string };
    takeAddress(subnetId: string, owner: string): string;
  };
  securityGroups: { forInterface(vpcId: string, groupIds: readonly string[] | undefined): string[] };
  targetGroups: {
    get(arn: string): { targetType: string; loadBalancerArn: string | undefined };
    registerTargets(arn: string, targets: readonly { id: string; port: number }[]): void;
  };
}

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

const name255 = /^[A-Za-z0-9_-]{1,255}$/;

const clusterSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  settings: z
    .array(z.object({ name: z.literal("containerInsights"), value: z.string() }))
    .default([{ name: "containerInsights", value: "disabled" }]),
});

// ECS API Reference, CreateService and AwsVpcConfiguration.
const serviceSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
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

type ServiceInputs = z.infer<typeof serviceSchema>;

export class Ecs implements Service {
  readonly #clusters = new Table<{ arn: string }>(
    "cluster",
    "ClusterNotFoundException",
    "InvalidParameterException",
  );
  readonly #services = new Table<EcsService>(
    "service",
    "ServiceNotFoundException",
    "InvalidParameterException",
  );
  readonly #taskDefinitions: EcsTaskDefinitions;
  readonly kinds;

  constructor(
    private readonly context: AccountContext,
    iam: Iam,
    private readonly logs: Logs,
    private readonly network: TaskNetwork,
  ) {
    this.#taskDefinitions = new EcsTaskDefinitions(context, iam);
    this.kinds = {
      "aws:ecs/cluster:Cluster": kind(clusterSchema, (inputs, creation) =>
        this.#createCluster(inputs, creation),
      ),
      "aws:ecs/service:Service": kind(serviceSchema, (inputs, creation) =>
        this.#createService(inputs, creation),
      ),
      ...this.#taskDefinitions.kinds,
    };
  }

  services(): EcsService[] {
    return this.#services.values();
  }

  /** AWS hands back an existing cluster under the same name; here a second one is refused, for it is a mistake. */
  #createCluster(inputs: z.infer<typeof clusterSchema>, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, 255);
    if (!name255.test(name)) {
      throw new AwsError(
        "InvalidParameterException",
        `"${name}" is no cluster name: expected 1 to 255 of letters, digits, _ and -`,
      );
    }
    const arn = this.context.arn("ecs", `cluster/${name}`);
    this.#clusters.add(arn, { arn });
    return { id: arn, outputs: { ...inputs, ...tagOutputs(inputs), arn, name, region: this.context.region } };
  }

  #createService(inputs: ServiceInputs, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, 255);
    if (!name255.test(name)) {
      throw new AwsError(
        "InvalidParameterException",
        `"${name}" is no service name: expected 1 to 255 of letters, digits, _ and -`,
      );
    }
    const { cluster } = inputs;
    const clusterArn = this.#clusters.get(
      cluster.startsWith("arn:") ? cluster : this.context.arn("ecs", `cluster/${cluster}`),
    ).arn;
    const taskDefinition = this.#taskDefinitions.find(inputs.taskDefinition);
    if (!taskDefinition) {
      throw new AwsError("ClientException", `Unable to describe task definition. (${inputs.taskDefinition})`);
    }
    const placement = this.#place(inputs);
    this.#requireTargets(inputs, taskDefinition);
    this.#requireLogGroups(taskDefinition);

    const clusterName = clusterArn.split("/").at(-1) ?? "";
    const arn = this.context.arn("ecs", `service/${clusterName}/${name}`);
    const { loadBalancers, desiredCount } = inputs;
    const service: EcsService = {
      ...{
        name,
        arn,
        clusterArn,
        taskDefinition,
        desiredCount,
        ...placement,
        loadBalancers,
        taskAddresses: [],
      },
    };
    this.#services.add(arn, service);
    service.taskAddresses = this.#startTasks(service);
    return {
      id: arn,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn,
        availabilityZoneRebalancing: "ENABLED",
        deploymentConfiguration: { bakeTimeInMinutes: "0", strategy: "ROLLING" },
        deploymentController: { type: "ECS" },
        deploymentMaximumPercent: inputs["deploymentMaximumPercent"] ?? 200,
        deploymentMinimumHealthyPercent: inputs["deploymentMinimumHealthyPercent"] ?? 100,
        iamRole: "",
        name,
        propagateTags: inputs["propagateTags"] ?? "NONE",
        region: this.context.region,
        triggers: inputs["triggers"] ?? {},
      },
    };
  }

  #place(inputs: ServiceInputs): Pick<EcsService, "subnetIds" | "securityGroupIds" | "assignPublicIp"> {
    const configuration = inputs.networkConfiguration;
    if (!configuration) {
      throw new AwsError(
        "InvalidParameterException",
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      );
    }
    const subnetIds = configuration.subnets;
    return asInvalidParameter(`Error retrieving subnet information for [${subnetIds.join(", ")}]`, () => {
      const [vpcId, ...others] = new Set(subnetIds.map((id) => this.network.subnets.get(id).vpcId));
      if (vpcId === undefined || others.length > 0) {
        throw new AwsError("InvalidParameterException", "all subnets of a service must be in one VPC");
      }
      const securityGroupIds = this.network.securityGroups.forInterface(vpcId, configuration.securityGroups);
      return { subnetIds, securityGroupIds, assignPublicIp: configuration.assignPublicIp };
    });
  }

  #requireTargets(inputs: ServiceInputs, taskDefinition: TaskDefinition): void {
    for (const { targetGroupArn, containerName, containerPort } of inputs.loadBalancers) {
      const refuse = (problem: string): never => {
        throw new AwsError("InvalidParameterException", problem);
      };
      const group = asInvalidParameter("load balancer", () => this.network.targetGroups.get(targetGroupArn));
      if (group.targetType !== "ip") {
        refuse(
          `The provided target group ${targetGroupArn} has target type ${group.targetType}, which is incompatible with the awsvpc network mode specified in the task definition.`,
        );
      }
      if (group.loadBalancerArn === undefined) {
        refuse(
          `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
        );
      }
      const container = taskDefinition.containers.find((c) => c.name === containerName);
      if (!container) return refuse(`The container ${containerName} does not exist in the task definition.`);
      if (!container.portMappings.some((p) => p.containerPort === containerPort)) {
        refuse(`The container ${containerName} did not have a container port ${containerPort} defined.`);
      }
    }
  }

  /** Without its log group a task stops before it starts, and the service never becomes steady. */
  #requireLogGroups(taskDefinition: TaskDefinition): void {
    for (const { name, logConfiguration } of taskDefinition.containers) {
      const options = logConfiguration?.options ?? {};
      const group = options["awslogs-group"];
      if (group === undefined || options["awslogs-create-group"] === "true" || this.logs.has(group)) continue;
      throw new AwsError(
        "ResourceInitializationError",
        `failed to validate logger args of "${name}": The specified log group does not exist. (${group})`,
      );
    }
  }

  #startTasks(service: EcsService): string[] {
    const addresses = Array.from({ length: service.desiredCount }, (_, task) => {
      const subnetId = service.subnetIds[task % service.subnetIds.length];
      if (subnetId === undefined) throw new Error(`the service ${service.name} has no subnet`);
      return this.network.subnets.takeAddress(subnetId, `${service.arn}/task-${task + 1}`);
    });
    for (const { targetGroupArn, containerPort } of service.loadBalancers) {
      this.network.targetGroups.registerTargets(
        targetGroupArn,
        addresses.map((id) => ({ id, port: containerPort })),
      );
    }
    return addresses;
  }
}

/** Runs the look-up; an error of another service becomes ECS's own, as ECS words it. */
function asInvalidParameter<T>(prefix: string, lookUp: () => T): T {
  try {
    return lookUp();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError("InvalidParameterException", `${prefix}: ${error.message}`);
  }
}
