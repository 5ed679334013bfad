/** What lets somebody in to GitLab whom nobody named: C8. */
import type { Editor } from "../editor";
import { each } from "../weakening";
import {
  allow,
  anotherService,
  ANYONE,
  ANYTHING,
  balancerBeforeGitlab,
  gitlab,
  group,
  idOf,
  isolatedAcl,
  makeBalancer,
  makeGroup,
  makeHost,
  makeRoute,
  publicBalancer,
  rewriteSquid,
  subnet,
  VPC,
  vpcId,
} from "./parts";

const igw = (stack: Editor) => idOf(stack, "ec2.InternetGateway", "source-network");

export const ingressAttacks = each({ stack: "source", claim: "C8" }, [
  {
    what: "puts a public load balancer before it that shows it the clients' own addresses",
    edit: (stack) => {
      publicBalancer(stack, "outer", { type: "instance", id: String(gitlab(stack).id), port: 80 });
      stack.change("ec2.SecurityGroup", "outer", { egress: [] });
      allow(stack, "Ingress", group(stack, "gitlab"), { cidr: "203.0.113.0/24" }, 80);
    },
  },
  {
    what: "lets everybody connect to it through a squid that lets everything through",
    edit: (stack) => {
      rewriteSquid(stack, () => "http_port 3128\nhttp_access allow all\nhttp_access deny all\n");
      stack.change("lb.LoadBalancer", "source-proxy", { internal: false });
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: "0.0.0.0/0" }, 3128);
      allow(stack, "Egress", group(stack, "squid"), { group: group(stack, "gitlab") }, 80);
      allow(stack, "Ingress", group(stack, "gitlab"), { group: group(stack, "squid") }, 80);
    },
  },
  {
    what: "puts a public load balancer before an internal one that leads to it",
    edit: (stack) => {
      const id = balancerBeforeGitlab(stack, "inner", VPC);
      publicBalancer(stack, "outer", { type: "alb", id, port: 80 });
    },
  },
  {
    what: "puts a public load balancer two load balancers before it",
    edit: (stack) => {
      const inner = balancerBeforeGitlab(stack, "inner", VPC);
      const own = makeGroup(stack, "middle", [{ from: 80, cidrs: [VPC] }], [{ from: 80, cidrs: [VPC] }]);
      const middle = makeBalancer(stack, "middle", {
        type: "network",
        internal: true,
        subnet: subnet(stack, "private-2"),
        groups: [own],
        port: 80,
        target: { type: "alb", id: inner, port: 80 },
      });
      publicBalancer(stack, "outer", { type: "alb", id: middle, port: 80 });
    },
  },
  {
    what: "puts a public load balancer before the address of an internal one",
    edit: (stack) => {
      balancerBeforeGitlab(stack, "inner", VPC, { type: "network", mapping: "10.0.64.77" });
      publicBalancer(stack, "outer", { type: "ip", id: "10.0.64.77", port: 80 });
    },
  },
  {
    what: "puts a public load balancer before its address",
    edit: (stack) => {
      publicBalancer(stack, "outer", {
        type: "ip",
        id: String(gitlab(stack).outputs.privateIp),
        port: 80,
      });
      allow(stack, "Ingress", group(stack, "gitlab"), { group: "sg-outer" }, 80);
    },
  },
  {
    what: "weighs the ingress between two target groups of a public load balancer",
    edit: (stack) => {
      const id = balancerBeforeGitlab(stack, "inner", VPC);
      const arn = publicBalancer(stack, "outer", { type: "alb", id, port: 80 });
      const groups = [{ arn: arn.replace("loadbalancer/net", "targetgroup"), weight: 1 }];
      stack.change("lb.Listener", "outer", {
        defaultActions: [{ type: "forward", forward: { targetGroups: groups } }],
      });
    },
  },
  {
    what: "invokes a function of the VPC for everybody, which reaches it",
    edit: (stack) => {
      const own = makeGroup(stack, "function", [], [{ from: 80, cidrs: [VPC] }]);
      allow(stack, "Ingress", group(stack, "gitlab"), { group: own }, 80);
      const vpcConfig = { subnetIds: [subnet(stack, "isolated-2")], securityGroupIds: [own] };
      stack.add("lambda.Function", "relay", { vpcConfig }, "relay");
      publicBalancer(stack, "outer", { type: "lambda", id: "relay", port: 80 });
    },
  },
  {
    what: "puts a public host before an internal load balancer before it",
    edit: (stack) => {
      balancerBeforeGitlab(stack, "inner", VPC);
      const own = makeGroup(stack, "jump", [{ from: 22, cidrs: ANYONE }], [{ from: 80, cidrs: [VPC] }]);
      makeHost(stack, "jump", subnet(stack, "public-1"), [own], { associatePublicIpAddress: true });
    },
  },
  {
    what: "puts a host before it whose subnet gives public addresses",
    edit: (stack) => {
      const own = makeGroup(stack, "jump", [{ from: 22, cidrs: ANYONE }], [{ from: 80, cidrs: [VPC] }]);
      allow(stack, "Ingress", group(stack, "gitlab"), { group: own }, 80);
      stack.change("ec2.Subnet", "source-network-public-1", { mapPublicIpOnLaunch: true });
      makeHost(stack, "jump", subnet(stack, "public-1"), [own]);
    },
  },
  {
    what: "runs a public service of the component that is not its proxy, and reaches it",
    edit: (stack) => {
      const own = makeGroup(stack, "relay", [{ from: 22, cidrs: ANYONE }], [{ from: 80, cidrs: [VPC] }]);
      allow(stack, "Ingress", group(stack, "gitlab"), { group: own }, 80);
      const service = stack.find("ecs.Service", "source-proxy");
      const networkConfiguration = {
        subnets: [subnet(stack, "public-1")],
        securityGroups: [own],
        assignPublicIp: true,
      };
      anotherService(stack, service.outputs, { networkConfiguration, loadBalancers: [] });
    },
  },
  ...["10.0.0.0/16", "10.0.0.0/17"].map((destinationCidrBlock) => ({
    what: `hands what comes in for ${destinationCidrBlock} to an endpoint between the ingress and it`,
    edit: (stack: Editor) => {
      makeRoute(stack, "public-1", { destinationCidrBlock, vpcEndpointId: "vpce-stranger" });
    },
  })),
  {
    what: "hands what comes in to an endpoint, by the Internet gateway's own routes",
    edit: (stack) => {
      const routes = [{ cidrBlock: "10.0.0.0/20", vpcEndpointId: "vpce-stranger" }];
      stack.add("ec2.RouteTable", "edge", { vpcId: vpcId(stack), routes }, "rtb-edge");
      stack.add("ec2.RouteTableAssociation", "edge", {
        routeTableId: "rtb-edge",
        gatewayId: igw(stack),
      });
    },
  },
  {
    what: "joins the VPC to other networks by a route to a transit gateway that another stack attached",
    edit: (stack) => {
      makeRoute(stack, "public-2", {
        destinationCidrBlock: "172.16.0.0/12",
        transitGatewayId: "tgw-other",
      });
      allow(stack, "Ingress", group(stack, "gitlab"), { cidr: "172.16.0.0/12" }, 22);
    },
  },
  {
    what: "joins the VPC to other networks by a virtual private gateway that is not shown",
    edit: (stack) => {
      makeRoute(stack, "public-2", { destinationCidrBlock: "172.16.0.0/12", gatewayId: "vgw-other" });
      allow(stack, "Ingress", group(stack, "gitlab"), { cidr: "172.16.0.0/12" }, 22);
    },
  },
  ...[{}, { icmpType: 8, icmpCode: -1 }, { icmpType: -1, icmpCode: 0 }].map((types) => ({
    what: `keeps out one kind of ICMP, ${JSON.stringify(types)}, and lets all of it in`,
    edit: (stack: Editor) => {
      stack.add("vpc.SecurityGroupIngressRule", "icmp", {
        securityGroupId: group(stack, "gitlab"),
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "icmp",
        fromPort: -1,
        toPort: -1,
      });
      stack.add("ec2.Eip", "public", {
        publicIp: "203.0.113.99",
        instance: gitlab(stack).id,
      });
      isolatedAcl(stack, "isolated-1", [
        { ...ANYTHING, ruleNo: 1, action: "deny", protocol: "1", cidrBlock: "0.0.0.0/0", ...types },
        { ...ANYTHING, ruleNo: 2, action: "allow", cidrBlock: "0.0.0.0/0" },
      ]);
    },
  })),
]);
