import { expect } from "chai";
import type { Account } from "../../../../rehearsal/aws/account";
import { Ecs } from "../../../../rehearsal/aws/compute/ecs";
import { Iam } from "../../../../rehearsal/aws/identity/iam";
import { TargetGroups } from "../../../../rehearsal/aws/loadBalancing/targetGroups";
import { Logs } from "../../../../rehearsal/aws/management/logs";
import type { Properties } from "../../../../rehearsal/aws/accountContext";
import { account, make, refused, text, trust } from "../make";

const cluster = "aws:ecs/cluster:Cluster";
const taskDefinition = "aws:ecs/taskDefinition:TaskDefinition";
const service = "aws:ecs/service:Service";

/** Ids that the account gives, which follow from the resources' names. */
const aws = account();
const subnet1 = aws.newId("subnet", "1");
const subnet2 = aws.newId("subnet", "2");
const group1 = aws.newId("sg", "1");
const targets = (name: string): string =>
  aws.arn("elasticloadbalancing", `targetgroup/${name}/${aws.digest("target group", name).slice(0, 16)}`);

/** Two subnets, a security group and three target groups, the first of them behind a load balancer. */
async function makeNetwork(context: Account): Promise<void> {
  const { id: vpcId } = await make(context, "aws:ec2/vpc:Vpc", "v", { cidrBlock: "10.0.0.0/16" });
  for (const [name, zone] of [
    ["1", "a"],
    ["2", "c"],
  ] as const) {
    const availabilityZone = `ap-northeast-1${zone}`;
    const inputs = { vpcId, cidrBlock: `10.0.${name}.0/24`, availabilityZone };
    await make(context, "aws:ec2/subnet:Subnet", name, inputs);
  }
  await make(context, "aws:ec2/securityGroup:SecurityGroup", "1", { vpcId });
  const subnets = [subnet1];
  const balancer = { loadBalancerType: "network", internal: true, subnets };
  const { id: loadBalancerArn } = await make(context, "aws:lb/loadBalancer:LoadBalancer", "lb", balancer);
  for (const name of ["tg-1", "tg-unused", "tg-instance"]) {
    const targetType = name === "tg-instance" ? "instance" : "ip";
    const inputs = { name, vpcId, protocol: "TCP", port: 3128, targetType };
    await make(context, "aws:lb/targetGroup:TargetGroup", name, inputs);
  }
  const defaultActions = [{ type: "forward", targetGroupArn: targets("tg-1") }];
  const listener = { loadBalancerArn, port: 3128, protocol: "TCP", defaultActions };
  await make(context, "aws:lb/listener:Listener", "l", listener);
}

describe("the stand-in ECS", () => {
  let ecs: Ecs;
  let targetGroups: TargetGroups;
  let task: Properties;
  let container: Properties;
  let run: Properties;

  beforeEach(async () => {
    const context = account();
    const iam = Iam.of(context);
    const logs = Logs.of(context);
    await makeNetwork(context);
    targetGroups = TargetGroups.of(context);
    ecs = Ecs.of(context);
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
      networkConfiguration: { subnets: [subnet1, subnet2], securityGroups: [group1] },
      loadBalancers: [{ targetGroupArn: targets("tg-1"), containerName: "squid", containerPort: 3128 }],
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

    it("refuse containers that are not JSON, none, or two of one name", async () => {
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
      const registered = targetGroups.get(targets("tg-1")).targets;
      expect(registered.map(({ id }) => id.replace(/\d+$/, "x"))).to.deep.equal(["10.0.1.x", "10.0.2.x"]);
      expect(registered.map(({ port }) => port)).to.deep.equal([3128, 3128]);
    });

    it("show what runs where", async () => {
      await make(ecs, service, "s", run);
      const [proxy] = ecs.services();
      expect(proxy?.subnetIds).to.deep.equal([subnet1, subnet2]);
      expect(proxy?.securityGroupIds).to.deep.equal([group1]);
      const registered = targetGroups.get(targets("tg-1")).targets.map(({ id }) => id);
      expect(proxy?.taskAddresses).to.deep.equal(registered);
      expect(proxy?.taskDefinition.containers[0]?.environment).to.deep.equal([
        { name: "MODE", value: "strict" },
      ]);
    });

    const subnets = [subnet1];
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
      ["a target group that does not exist", { targetGroupArn: targets("tg-gone") }],
      ["a target group for instances", { targetGroupArn: targets("tg-instance") }],
      ["a target group that no listener uses", { targetGroupArn: targets("tg-unused") }],
      ["a container that the task does not have", { containerName: "nginx" }],
      ["a port that the container does not have", { containerPort: 80 }],
    ];
    for (const [what, changes] of balancers) {
      it(`refuse to stand behind ${what}`, async () => {
        const balancer = {
          targetGroupArn: targets("tg-1"),
          containerName: "squid",
          containerPort: 3128,
          ...changes,
        };
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
