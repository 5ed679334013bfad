/** What goes out by the NAT addresses beside the proxy: C13. */
import { each } from "../weakening";
import {
  anotherService,
  anotherTask,
  group,
  makeBalancer,
  makeGroup,
  makeHost,
  makeRoute,
  nat,
  subnet,
  VPC,
  vpcId,
  withSquid,
} from "./parts";

const endpointService = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0";

export const natAttacks = each({ stack: "source", claim: "C13" }, [
  {
    what: "runs another service of the component in a private subnet",
    edit: (stack) => {
      const { outputs } = stack.find("ecs.Service", "source-proxy");
      anotherService(stack, outputs, { loadBalancers: [], taskDefinition: anotherTask(stack) });
    },
  },
  {
    what: "runs squid for nobody in a private subnet",
    edit: (stack) => {
      const { outputs } = stack.find("ecs.Service", "source-proxy");
      anotherService(stack, outputs, { loadBalancers: [] });
    },
  },
  {
    what: "runs a squid that lets everything through behind a listener of its own",
    edit: (stack) => {
      const { outputs } = stack.find("ecs.Service", "source-proxy");
      const task = stack.find("ecs.TaskDefinition", "source-proxy").outputs;
      const arn = "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/open:1";
      const containerDefinitions = withSquid(
        String(task.containerDefinitions),
        () => "http_port 3128\nhttp_access allow all\nhttp_access deny all\n",
      );
      stack.add("ecs.TaskDefinition", "open", { arn, containerDefinitions }, "open");
      const own = makeGroup(stack, "second", [], [{ from: 3128, cidrs: [VPC] }]);
      const balancer = makeBalancer(stack, "second", {
        type: "network",
        internal: true,
        subnet: subnet(stack, "private-1"),
        groups: [own],
        port: 3128,
        target: { type: "ip", id: "10.0.64.200", port: 3128 },
      });
      const targetGroupArn = balancer.replace("loadbalancer/net", "targetgroup");
      anotherService(stack, outputs, {
        taskDefinition: arn,
        loadBalancers: [{ targetGroupArn, containerName: "squid", containerPort: 3128 }],
      });
    },
  },
  {
    what: "leads another subnet to a NAT gateway behind an endpoint that inspects its packets",
    edit: (stack) => {
      stack.add(
        "ec2.VpcEndpoint",
        "inspection",
        {
          vpcId: vpcId(stack),
          vpcEndpointType: "GatewayLoadBalancer",
          serviceName: endpointService,
          subnetIds: [subnet(stack, "private-1")],
        },
        "vpce-inspection",
      );
      makeRoute(stack, "isolated-2", {
        destinationCidrBlock: "0.0.0.0/0",
        vpcEndpointId: "vpce-inspection",
      });
      makeHost(stack, "box", subnet(stack, "isolated-2"), [group(stack, "squid")]);
    },
  },
  {
    what: "replaces another subnet's local route by a NAT gateway",
    edit: (stack) => {
      makeRoute(stack, "isolated-2", { destinationCidrBlock: VPC, natGatewayId: nat(stack) });
      makeHost(stack, "box", subnet(stack, "isolated-2"), [group(stack, "squid")]);
    },
  },
]);
