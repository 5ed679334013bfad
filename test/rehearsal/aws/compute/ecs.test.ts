import { expect } from "chai";
import { Ecs, type TaskNetwork } from "../../../../rehearsal/aws/compute/ecs";
import { Iam } from "../../../../rehearsal/aws/identity/iam";
import { Kms } from "../../../../rehearsal/aws/identity/kms";
import { Logs } from "../../../../rehearsal/aws/management/logs";
import { AwsError, type Properties } from "../../../../rehearsal/aws/service";
import { account, make, refused, text, trust } from "../make";

const cluster = "aws:ecs/cluster:Cluster";
const taskDefinition = "aws:ecs/taskDefinition:TaskDefinition";
const service = "aws:ecs/service:Service";

/** Two subnets, one group and a few target groups; remembers what was registered. */
class Network implements TaskNetwork {
  readonly registered: [string, string, number][] = [];
  #next = 10;
  readonly subnets = {
    get: (id: string) => {
      if (!["subnet-1", "subnet-2"].includes(id)) throw new AwsError("InvalidSubnetID.NotFound", id);
      return { vpcId: "vpc-1" };
    },
    takeAddress: (subnetId: string) => `10.0.${subnetId.slice(-1)}.${this.#next++}`,
  };
  readonly securityGroups = {
    forInterface: (_vpcId: string, ids: readonly string[] | undefined) => {
      if (ids?.[0] !== "sg-1") throw new AwsError("InvalidGroup.NotFound", String(ids));
      return [...ids];
    },
  };
  readonly targetGroups = {
    get: (arn: string) => {
      if (arn === "tg-gone") throw new AwsError("TargetGroupNotFound", arn);
      return {
        targetType: arn === "tg-instance" ? "instance" : "ip",
        loadBalancerArn: arn === "tg-unused" ? undefined : "lb",
      };
    },
    registerTargets: (arn: string, targets: readonly { id: string; port: number }[]) => {
      this.registered.push(...targets.map(({ id, port }): [string, string, number] => [arn, id, port]));
    },
  };
}

describe("the stand-in ECS", () => {
  let ecs: Ecs;
  let network: Network;
  let task: Properties;
  let container: Properties;
  let run: Properties;

  beforeEach(async () => {
    const context = account();
    const iam = new Iam(context);
    const logs = new Logs(context, new Kms(context, iam));
    network = new Network();
    ecs = new Ecs(context, iam, logs, network);
    const role = await make(iam, "aws:iam/role:Role", "r", { assumeRolePolicy: trust("ecs-tasks") });
    await make(logs, "aws:cloudwatch/logGroup:LogGroup", "g", { name: "/squid" });
    container = {
      name: "squid",
      image: "squid:5",
      environment: [{ name: "MODE", value: "strict" }],
      portMappings: [{ containerPort: 3128 }],
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/squid",
          "awslogs-region": "ap-northeast-1",
          "awslogs-stream-prefix": "squid",
        },
      },
    };
    task = {
      family: "proxy",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: text(role, "arn"),
      containerDefinitions: JSON.stringify([container]),
    };
    const made = await make(ecs, cluster, "c", { name: "airlock" });
    run = {
      name: "proxy",
      cluster: made.outputs["arn"],
      taskDefinition: "proxy",
      launchType: "FARGATE",
      desiredCount: 2,
      networkConfiguration: { subnets: ["subnet-1", "subnet-2"], securityGroups: ["sg-1"] },
      loadBalancers: [{ targetGroupArn: "tg-1", containerName: "squid", containerPort: 3128 }],
    };
  });

  const withContainers = (...containers: Properties[]): Properties => ({
    ...task,
    containerDefinitions: JSON.stringify(containers),
  });

  describe("task definitions", () => {
    it("count their revisions", async () => {
      await make(ecs, taskDefinition, "t", task);
      const second = await make(ecs, taskDefinition, "t", task);
      expect(second.outputs).to.include({ revision: 2 });
      expect(text(second, "arn")).to.match(/:task-definition\/proxy:2$/);
    });

    for (const [cpu, memory] of [
      ["256", "2048"],
      ["1 vCPU", "2 GB"],
      ["4096", "30720"],
    ]) {
      it(`take ${String(cpu)} CPU with ${String(memory)} memory`, async () => {
        await make(ecs, taskDefinition, "t", { ...task, cpu, memory });
      });
    }

    for (const [cpu, memory] of [
      ["256", "4096"],
      ["300", "512"],
      ["1024", "1024"],
      ["8192", "17408"],
    ]) {
      it(`refuse ${String(cpu)} CPU with ${String(memory)} memory`, async () => {
        await refused("ClientException", make(ecs, taskDefinition, "t", { ...task, cpu, memory }));
      });
    }

    it("refuse containers that are no JSON, none, or two of one name", async () => {
      const garbled = { ...task, containerDefinitions: "[" };
      for (const inputs of [garbled, withContainers(), withContainers(container, container)]) {
        await refused("ClientException", make(ecs, taskDefinition, "t", inputs));
      }
    });

    it("refuse a container without an image, and one whose host port is another", async () => {
      const image = undefined;
      const portMappings = [{ containerPort: 3128, hostPort: 80 }];
      await refused(
        "ClientException",
        make(ecs, taskDefinition, "t", withContainers({ ...container, image })),
      );
      await refused(
        "ClientException",
        make(ecs, taskDefinition, "t", withContainers({ ...container, portMappings })),
      );
    });

    it("need an execution role to write logs, one that ECS may assume", async () => {
      await refused(
        "ClientException",
        make(ecs, taskDefinition, "t", { ...task, executionRoleArn: undefined }),
      );
      const deployer = "arn:aws:iam::123456789012:role/deployer";
      await refused(
        "ClientException",
        make(ecs, taskDefinition, "t", { ...task, executionRoleArn: deployer }),
      );
    });
  });

  describe("services", () => {
    beforeEach(async () => {
      await make(ecs, taskDefinition, "t", task);
    });

    it("run their tasks in the subnets and register them as targets", async () => {
      await make(ecs, service, "s", run);
      expect(network.registered).to.deep.equal([
        ["tg-1", "10.0.1.10", 3128],
        ["tg-1", "10.0.2.11", 3128],
      ]);
    });

    it("show what runs where", async () => {
      await make(ecs, service, "s", run);
      const [proxy] = ecs.services();
      expect(proxy?.subnetIds).to.deep.equal(["subnet-1", "subnet-2"]);
      expect(proxy?.securityGroupIds).to.deep.equal(["sg-1"]);
      expect(proxy?.taskAddresses).to.deep.equal(["10.0.1.10", "10.0.2.11"]);
      expect(proxy?.taskDefinition.containers[0]?.environment).to.deep.equal([
        { name: "MODE", value: "strict" },
      ]);
    });

    const subnets = ["subnet-1"];
    const wrong: [string, Properties, string][] = [
      ["a cluster that does not exist", { cluster: "other" }, "ClusterNotFoundException"],
      ["a task definition that does not exist", { taskDefinition: "proxy:9" }, "ClientException"],
      ["no network", { networkConfiguration: undefined }, "InvalidParameterException"],
      [
        "a subnet that does not exist",
        { networkConfiguration: { subnets: ["subnet-9"] } },
        "InvalidParameterException",
      ],
      [
        "a group that does not exist",
        { networkConfiguration: { subnets, securityGroups: ["sg-9"] } },
        "InvalidParameterException",
      ],
    ];
    for (const [what, changes, code] of wrong) {
      it(`refuse ${what}`, async () => {
        await refused(code, make(ecs, service, "s", { ...run, ...changes }));
      });
    }

    const balancers: [string, Properties][] = [
      ["a target group that does not exist", { targetGroupArn: "tg-gone" }],
      ["a target group for instances", { targetGroupArn: "tg-instance" }],
      ["a target group that no listener uses", { targetGroupArn: "tg-unused" }],
      ["a container that the task does not have", { containerName: "nginx" }],
      ["a port that the container does not have", { containerPort: 80 }],
    ];
    for (const [what, changes] of balancers) {
      it(`refuse to stand behind ${what}`, async () => {
        const balancer = { targetGroupArn: "tg-1", containerName: "squid", containerPort: 3128, ...changes };
        await refused(
          "InvalidParameterException",
          make(ecs, service, "s", { ...run, loadBalancers: [balancer] }),
        );
      });
    }

    it("refuse a task whose log group does not exist", async () => {
      const options = {
        "awslogs-group": "/gone",
        "awslogs-region": "ap-northeast-1",
        "awslogs-stream-prefix": "squid",
      };
      await make(
        ecs,
        taskDefinition,
        "t",
        withContainers({ ...container, logConfiguration: { logDriver: "awslogs", options } }),
      );
      await refused("ResourceInitializationError", make(ecs, service, "s", run));
    });
  });
});
