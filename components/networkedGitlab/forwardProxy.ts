/** The forward proxy: squid on ECS Fargate behind an internal load balancer. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceHost } from "../../facts/hosts";
import { ecrRepository, imageHosts } from "../../facts/imageHosts";
import type { ManagedProxyArgs } from "./args";
import type { Network } from "./network";
import type { Scope } from "../scope";
import { allowIn, allowOut, securityGroup, type Peer } from "./securityGroups";
import { serviceRole, type Permission } from "../serviceRole";
import { squidCommand, squidConf, squidPort } from "./squidConf";

/** GitLab's way out, as what uses it needs to know it. */
export interface Proxy {
  /** e.g. "http://proxy.internal:3128" */
  url: pulumi.Input<string>;
  /** Where it is, for the security group of whoever uses it. */
  peer: Peer;
  port: number;
  /** The names that are asked for to reach it, and by what it runs on; CodeCommit's is not among them. */
  names: pulumi.Input<string>[];
  /** What it writes of each request; undefined for a proxy that is brought. */
  logGroup?: aws.cloudwatch.LogGroup;
}

const logRetentionDays = 90;

/** Makes the proxy in the private subnets, for `clients` only. */
export function createForwardProxy(
  scope: Scope,
  network: Network,
  args: ManagedProxyArgs,
  clients: Peer,
): Proxy {
  const balancerGroup = securityGroup(
    scope,
    "proxy",
    network.vpcId,
    "Load balancer of the forward proxy, for GitLab only",
  );
  const squidGroup = securityGroup(scope, "squid", network.vpcId, "squid, for its load balancer only");
  allowIn(scope, "proxy-in-gitlab", balancerGroup, { ...clients, port: squidPort });
  allowOut(scope, "proxy-out-squid", balancerGroup, { group: squidGroup, port: squidPort });
  allowIn(scope, "squid-in-proxy", squidGroup, { group: balancerGroup, port: squidPort });
  // CodeCommit, the image's registry and CloudWatch Logs have public addresses that change: squid.conf is what limits
  // where clients get to.
  allowOut(scope, "squid-out-https", squidGroup, { cidr: "0.0.0.0/0", port: 443 });

  const { balancer, targetGroup, listener } = loadBalancer(scope, network, balancerGroup);
  const { task, policy, logGroup } = taskDefinition(scope, network, args.image);
  const name = `${scope.name}-proxy`;
  const cluster = new aws.ecs.Cluster(name, {}, { parent: scope.parent });
  new aws.ecs.Service(
    name,
    {
      cluster: cluster.arn,
      taskDefinition: task.arn,
      launchType: "FARGATE",
      desiredCount: args.tasks,
      networkConfiguration: {
        subnets: network.privateSubnets.map((subnet) => subnet.id),
        securityGroups: [squidGroup.id],
        assignPublicIp: false,
      },
      loadBalancers: [{ targetGroupArn: targetGroup.arn, containerName: "squid", containerPort: squidPort }],
      deploymentCircuitBreaker: { enable: true, rollback: true },
      // An update is done when squid answers, so that an image that does not start fails it.
      waitForSteadyState: true,
    },
    // ECS refuses a target group that no listener uses yet, and a task that may not write its log does not start.
    { parent: scope.parent, dependsOn: [listener, policy] },
  );
  return {
    url: pulumi.interpolate`http://${balancer.dnsName}:${squidPort}`,
    peer: { group: balancerGroup },
    port: squidPort,
    names: [balancer.dnsName, ...taskNames(scope, args)],
    logGroup,
  };
}

/**
 * What Fargate asks for in the task's network, where platform 1.4 has it fetch the image and write the log; what it needs
 * of ECS itself comes otherwise.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
function taskNames({ region }: Scope, { image, imageHosts: others }: ManagedProxyArgs): string[] {
  const { ofAws, ofOthers } = imageHosts(image);
  return [serviceHost("logs", region), ...new Set([...ofAws, ...ofOthers, ...others])];
}

function loadBalancer(scope: Scope, network: Network, group: aws.ec2.SecurityGroup) {
  const name = `${scope.name}-proxy`;
  const opts = { parent: scope.parent };
  const balancer = new aws.lb.LoadBalancer(
    name,
    {
      loadBalancerType: "network",
      internal: true,
      securityGroups: [group.id],
      subnets: network.privateSubnets.map((subnet) => subnet.id),
      // One task in one zone serves both.
      enableCrossZoneLoadBalancing: true,
    },
    opts,
  );
  const targetGroup = new aws.lb.TargetGroup(
    name,
    {
      vpcId: network.vpcId,
      targetType: "ip",
      protocol: "TCP",
      port: squidPort,
      // squid needs no more than its load balancer's address, and admits that alone.
      preserveClientIp: "false",
      healthCheck: { protocol: "TCP" },
    },
    opts,
  );
  const listener = new aws.lb.Listener(
    name,
    {
      loadBalancerArn: balancer.arn,
      port: squidPort,
      protocol: "TCP",
      defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
    },
    opts,
  );
  return { balancer, targetGroup, listener };
}

/**
 * The image is used as it is. It needs no role of its own, for it calls nothing of AWS; the execution role is what ECS
 * itself writes the log and fetches the image with.
 */
function taskDefinition(scope: Scope, network: Network, image: string) {
  const name = `${scope.name}-proxy`;
  // Named here, so that the containers are known at preview, where policies look into squid.conf.
  const logGroup = new aws.cloudwatch.LogGroup(
    name,
    { name: `/${pulumi.getProject()}/${pulumi.getStack()}/${name}`, retentionInDays: logRetentionDays },
    { parent: scope.parent },
  );
  const { role, policy } = serviceRole(scope, "proxy", "ecs-tasks", [
    {
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${logGroup.arn}:*`,
    },
    ...pullPermissions(image),
  ]);
  const configuration = squidConf({ region: scope.region, fips: scope.fips, clientCidr: network.cidrBlock });
  const task = new aws.ecs.TaskDefinition(
    name,
    {
      family: name,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: role.arn,
      containerDefinitions: pulumi.jsonStringify([
        {
          name: "squid",
          image,
          essential: true,
          ...squidCommand,
          environment: [{ name: "SQUID_CONF", value: Buffer.from(configuration).toString("base64") }],
          portMappings: [{ containerPort: squidPort, protocol: "tcp" }],
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": logGroup.name,
              "awslogs-region": scope.region,
              "awslogs-stream-prefix": "squid",
            },
          },
        },
      ]),
    },
    { parent: scope.parent },
  );
  return { task, policy, logGroup };
}

/** An image in a private registry of ECR is fetched with the role's rights; any other is public. */
function pullPermissions(image: string): Permission[] {
  const found = ecrRepository(image);
  if (!found) return [];
  const { account, region, repository } = found;
  return [
    { Action: ["ecr:GetAuthorizationToken"], Resource: "*" },
    {
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: `arn:aws:ecr:${region}:${account}:repository/${repository}`,
    },
  ];
}
