/** Networks weakened by more than one hop, or by what looks like the harmless kind. By the claim that must not be proved. */
import type { Editor } from "./editor";
import { each, type Weakening } from "./weakening";

const ANYONE = ["0.0.0.0/0"];
const VPC = "10.0.0.0/16";
const endpointService = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0";

const idOf = (stack: Editor, type: string, name: string) => String(stack.find(type, name).id);
const vpcId = (stack: Editor) => idOf(stack, "ec2.Vpc", "source-network");
const subnet = (stack: Editor, name: string) => idOf(stack, "ec2.Subnet", `source-network-${name}`);
const table = (stack: Editor, name: string) => idOf(stack, "ec2.RouteTable", `source-network-${name}`);
const group = (stack: Editor, name: string) => idOf(stack, "ec2.SecurityGroup", `source-${name}`);
const nat = (stack: Editor) => idOf(stack, "ec2.NatGateway", "source-network-1");
const igw = (stack: Editor) => idOf(stack, "ec2.InternetGateway", "source-network");
const gitlab = (stack: Editor) => stack.find("ec2.Instance", "source-gitlab");

interface Ports {
  readonly from: number;
  readonly to?: number;
}

/** A security group that lets ranges in and out by TCP. */
function makeGroup(
  stack: Editor,
  name: string,
  ingress: readonly (Ports & { readonly cidrs: readonly string[] })[],
  egress: readonly (Ports & { readonly cidrs: readonly string[] })[],
): string {
  const rule = ({ from, to = from, cidrs }: (typeof ingress)[number]) => ({
    protocol: "tcp",
    fromPort: from,
    toPort: to,
    cidrBlocks: cidrs,
  });
  const rules = { ingress: ingress.map(rule), egress: egress.map(rule) };
  stack.add("ec2.SecurityGroup", name, { vpcId: vpcId(stack), ...rules }, `sg-${name}`);
  return `sg-${name}`;
}

/** One more rule of a group of the stack: whom it lets in, or where it lets packets out to. */
function allow(
  stack: Editor,
  way: "Ingress" | "Egress",
  of: string,
  peer: { readonly group: string } | { readonly cidr: string },
  port: number,
): void {
  const type = `vpc.SecurityGroup${way}Rule`;
  const who = "group" in peer ? { referencedSecurityGroupId: peer.group } : { cidrIpv4: peer.cidr };
  stack.add(type, `${way}-${of}-${port}-${Object.values(peer)[0]}`, {
    securityGroupId: of,
    ...who,
    ipProtocol: "tcp",
    fromPort: port,
    toPort: port,
  });
}

interface Balancer {
  readonly type: "network" | "application";
  readonly internal: boolean;
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly port: number;
  readonly mapping?: string;
  /** What stands behind its only listener. */
  readonly target?: { readonly type: string; readonly id: string; readonly port: number };
  readonly actions?: readonly unknown[];
}

/** A load balancer with one listener and target group. */
function makeBalancer(stack: Editor, name: string, given: Balancer): string {
  const arn = `arn:aws:elasticloadbalancing:ap-northeast-1:111111111111:loadbalancer/net/${name}/1`;
  const groupArn = arn.replace("loadbalancer/net", "targetgroup");
  stack.add(
    "lb.LoadBalancer",
    name,
    {
      arn,
      loadBalancerType: given.type,
      internal: given.internal,
      securityGroups: given.groups,
      ...(given.mapping === undefined
        ? { subnets: [given.subnet] }
        : { subnetMappings: [{ subnetId: given.subnet, privateIpv4Address: given.mapping }] }),
    },
    arn,
  );
  if (given.target !== undefined) {
    const { type, id, port } = given.target;
    stack.add("lb.TargetGroup", name, { arn: groupArn, port, targetType: type }, groupArn);
    stack.add("lb.TargetGroupAttachment", name, {
      targetGroupArn: groupArn,
      targetId: id,
      port,
    });
  }
  stack.add("lb.Listener", name, {
    loadBalancerArn: arn,
    port: given.port,
    protocol: given.type === "network" ? "TCP" : "HTTP",
    defaultActions: given.actions ?? [{ type: "forward", targetGroupArn: groupArn }],
  });
  return arn;
}

function makeHost(
  stack: Editor,
  name: string,
  subnetId: string,
  groups: readonly string[],
  more: Record<string, unknown> = {},
): string {
  const privateIp = "10.0.200.9";
  const given = { subnetId, vpcSecurityGroupIds: groups, privateIp, ...more };
  stack.add("ec2.Instance", name, given, `i-${name}`);
  return `i-${name}`;
}

function makeRoute(stack: Editor, tableName: string, properties: Record<string, unknown>): void {
  stack.add("ec2.Route", `to-${Object.values(properties).join("-")}`, {
    routeTableId: table(stack, tableName),
    ...properties,
  });
}

/** An internal load balancer before GitLab, which admits what this one's group admits. */
function balancerBeforeGitlab(
  stack: Editor,
  name: string,
  cidr: string,
  more: Partial<Balancer> = {},
): string {
  const own = makeGroup(stack, name, [{ from: 80, cidrs: [cidr] }], [{ from: 80, cidrs: [VPC] }]);
  allow(stack, "Ingress", group(stack, "gitlab"), { group: own }, 80);
  return makeBalancer(stack, name, {
    type: "application",
    internal: true,
    subnet: subnet(stack, "private-1"),
    groups: [own],
    port: 80,
    target: { type: "instance", id: String(gitlab(stack).id), port: 80 },
    ...more,
  });
}

function publicBalancer(stack: Editor, name: string, target: NonNullable<Balancer["target"]>): string {
  const own = makeGroup(
    stack,
    name,
    [{ from: target.port, cidrs: ANYONE }],
    [{ from: target.port, cidrs: [VPC] }],
  );
  return makeBalancer(stack, name, {
    type: "network",
    internal: false,
    subnet: subnet(stack, "public-1"),
    groups: [own],
    port: target.port,
    target,
  });
}

/** Lets GitLab connect to a host without a way out of its own. */
function dropBox(stack: Editor, where: string, more: Record<string, unknown> = {}, ingress = ANYONE): string {
  const own = makeGroup(stack, "box", [{ from: 22, cidrs: ingress }], []);
  allow(stack, "Ingress", own, { group: group(stack, "gitlab") }, 22);
  allow(stack, "Egress", group(stack, "gitlab"), { group: own }, 22);
  return makeHost(stack, "box", subnet(stack, where), [own], more);
}

const ingressAttacks = each({ stack: "source", claim: "C8" }, [
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

const ANYTHING = { protocol: "-1", fromPort: 0, toPort: 0 };
type Entry = Record<string, unknown>;

/** A network ACL of a subnet. */
function isolatedAcl(stack: Editor, where: string, ingress: Entry[], egress = ingress): void {
  const given = { vpcId: vpcId(stack), subnetIds: [subnet(stack, where)], ingress, egress };
  stack.add("ec2.NetworkAcl", `acl-${where}`, given, `acl-${where}`);
}

/** Another service within the component. */
function anotherService(stack: Editor, like: Record<string, unknown>, given: Record<string, unknown>): void {
  const type = stack.find("ecs.Service", "source-proxy").type;
  const arn = "arn:aws:ecs:ap-northeast-1:111111111111:service/other";
  stack.add(type, "other", { ...like, name: "other", arn, ...given }, arn);
  const added = stack.find("ecs.Service", "other");
  added.urn = added.urn.replace(type, `git-airlock:source:NetworkedGitlab$${type}`);
}

/** Tasks that run another program than squid. */
function anotherTask(stack: Editor): string {
  const arn = "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/other:1";
  const containerDefinitions = JSON.stringify([{ name: "squid", image: "socat", command: ["socat"] }]);
  stack.add("ecs.TaskDefinition", "other", { arn, containerDefinitions }, "other");
  return arn;
}

/** Rewrites squid.conf where the task definition holds it. */
function rewriteSquid(stack: Editor, rewrite: (text: string) => string): void {
  const { containerDefinitions } = stack.find("ecs.TaskDefinition", "source-proxy").outputs;
  const rewritten = withSquid(String(containerDefinitions), rewrite);
  stack.change("ecs.TaskDefinition", "source-proxy", { containerDefinitions: rewritten });
}

/** Container definitions with another squid.conf. Fails where nothing changes. */
function withSquid(containerDefinitions: string, rewrite: (text: string) => string): string {
  const after = containerDefinitions.replace(
    /("SQUID_CONF","value":")([^"]+)/,
    (_, before: string, text: string) =>
      before + Buffer.from(rewrite(Buffer.from(text, "base64").toString())).toString("base64"),
  );
  if (after === containerDefinitions) throw new Error("there is no squid.conf to change");
  return after;
}

const egressAttacks = each({ stack: "source", claim: "C7" }, [
  {
    what: "lets GitLab reach a load balancer before a load balancer before a host with a way out",
    edit: (stack) => {
      const way = { subnet: subnet(stack, "private-1"), internal: true, port: 80 };
      const out = makeGroup(stack, "exit", [{ from: 80, cidrs: [VPC] }], [{ from: 443, cidrs: ANYONE }]);
      const id = makeHost(stack, "exit", subnet(stack, "public-1"), [out], {
        associatePublicIpAddress: true,
      });
      const own = makeGroup(stack, "inner", [{ from: 80, cidrs: [VPC] }], [{ from: 80, cidrs: [VPC] }]);
      const target = { type: "instance", id, port: 80 };
      const inner = makeBalancer(stack, "inner", { ...way, type: "application", groups: [own], target });
      const more = { ...way, type: "network" as const, groups: [own] };
      makeBalancer(stack, "outer", { ...more, target: { type: "alb", id: inner, port: 80 } });
      const door = makeGroup(stack, "door", [{ from: 80, cidrs: [VPC] }], [{ from: 80, cidrs: [VPC] }]);
      stack.change("lb.LoadBalancer", "outer", { securityGroups: [door] });
      stack.change("ec2.SecurityGroup", "inner", {
        ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, securityGroups: [door] }],
      });
      allow(stack, "Egress", group(stack, "gitlab"), { group: door }, 80);
    },
  },
  {
    what: "lets GitLab reach a function that stands in no VPC",
    edit: (stack) => {
      const own = makeGroup(stack, "inner", [{ from: 80, cidrs: [VPC] }], []);
      stack.add("lambda.Function", "relay", { name: "relay" }, "relay");
      makeBalancer(stack, "inner", {
        type: "application",
        internal: true,
        subnet: subnet(stack, "isolated-2"),
        groups: [own],
        port: 80,
        target: { type: "lambda", id: "relay", port: 80 },
      });
      allow(stack, "Egress", group(stack, "gitlab"), { group: own }, 80);
    },
  },
  {
    what: "lets GitLab reach a public host to which everybody connects",
    edit: (stack) => {
      dropBox(stack, "public-1", { associatePublicIpAddress: true });
    },
  },
  {
    what: "lets GitLab reach a host before which a public load balancer stands",
    edit: (stack) => {
      const id = dropBox(stack, "isolated-2", {}, [VPC]);
      publicBalancer(stack, "outer", { type: "instance", id, port: 22 });
    },
  },
  {
    what: "lets GitLab reach a host before which two load balancers stand, the first of them public",
    edit: (stack) => {
      const id = dropBox(stack, "isolated-2", {}, [VPC]);
      const own = makeGroup(stack, "inner", [{ from: 22, cidrs: [VPC] }], [{ from: 22, cidrs: [VPC] }]);
      const inner = makeBalancer(stack, "inner", {
        type: "network",
        internal: true,
        subnet: subnet(stack, "private-1"),
        groups: [own],
        port: 22,
        target: { type: "instance", id, port: 22 },
      });
      publicBalancer(stack, "outer", { type: "alb", id: inner, port: 22 });
    },
  },
  {
    what: "lets GitLab reach a host from which a second one fetches, and from that a third with a way out",
    edit: (stack) => {
      dropBox(stack, "isolated-2", {}, [VPC]);
      const closed = makeGroup(stack, "second", [{ from: 23, cidrs: [VPC] }], [{ from: 22, cidrs: [VPC] }]);
      makeHost(stack, "second", subnet(stack, "isolated-2"), [closed], { privateIp: "10.0.200.10" });
      const own = makeGroup(stack, "third", [], [{ from: 23, cidrs: ANYONE }]);
      makeHost(stack, "third", subnet(stack, "public-1"), [own], {
        associatePublicIpAddress: true,
        privateIp: "10.0.0.99",
      });
    },
  },
  {
    what: "lets GitLab reach a host from which a second one fetches, which sends to a third with a way out",
    edit: (stack) => {
      dropBox(stack, "isolated-2", {}, [VPC]);
      const sending = makeGroup(stack, "second", [], [{ from: 22, to: 23, cidrs: [VPC] }]);
      makeHost(stack, "second", subnet(stack, "isolated-2"), [sending], { privateIp: "10.0.200.10" });
      const own = makeGroup(stack, "third", [{ from: 23, cidrs: [VPC] }], [{ from: 443, cidrs: ANYONE }]);
      makeHost(stack, "third", subnet(stack, "public-1"), [own], {
        associatePublicIpAddress: true,
        privateIp: "10.0.0.99",
      });
    },
  },
  {
    what: "lets GitLab reach the second address of a host with a way out",
    edit: (stack) => {
      const { cidrBlock } = stack.find("ec2.Subnet", "source-network-public-1").outputs;
      const second = String(cidrBlock).replace(/\.0\/\d+$/, ".77");
      const own = makeGroup(stack, "box", [], [{ from: 443, cidrs: ANYONE }]);
      allow(stack, "Ingress", own, { group: group(stack, "gitlab") }, 22);
      allow(stack, "Egress", group(stack, "gitlab"), { cidr: `${second}/32` }, 22);
      makeHost(stack, "box", subnet(stack, "public-1"), [own], {
        associatePublicIpAddress: true,
        privateIp: second.replace(/77$/, "9"),
        secondaryPrivateIps: [second],
      });
    },
  },
  {
    what: "lets GitLab reach a host with a way out by IPv6",
    edit: (stack) => {
      const ipv6CidrBlock = "2001:db8:1234::/56";
      stack.change("ec2.Vpc", "source-network", { ipv6CidrBlock });
      stack.change("ec2.Subnet", "source-network-public-1", { ipv6CidrBlock: "2001:db8:1234:1::/64" });
      const own = makeGroup(stack, "box", [], [{ from: 443, cidrs: ANYONE }]);
      allow(stack, "Ingress", own, { group: group(stack, "gitlab") }, 22);
      stack.add("vpc.SecurityGroupEgressRule", "v6", {
        securityGroupId: group(stack, "gitlab"),
        cidrIpv6: "2001:db8:1234:1::/64",
        ipProtocol: "tcp",
        fromPort: 22,
        toPort: 22,
      });
      makeHost(stack, "box", subnet(stack, "public-1"), [own], { associatePublicIpAddress: true });
    },
  },
  {
    what: "lets GitLab reach a host from which another with a way out fetches",
    edit: (stack) => {
      dropBox(stack, "isolated-2", {}, [VPC]);
      const own = makeGroup(stack, "exit", [], [{ from: 0, to: 65535, cidrs: ANYONE }]);
      makeHost(stack, "exit", subnet(stack, "public-1"), [own], {
        associatePublicIpAddress: true,
        privateIp: "10.0.0.99",
      });
    },
  },
  ...["isolated-1", "private-1", "private-2"].flatMap((name) =>
    ["10.0.0.0/16", "10.0.64.0/20"].flatMap((destinationCidrBlock) =>
      [{ vpcEndpointId: "vpce-1" }, { networkInterfaceId: "eni-1" }, { natGatewayId: "nat-1" }].map(
        (target) => ({
          what: `hands ${destinationCidrBlock} of the routes ${name} to ${Object.values(target).join()}`,
          edit: (stack: Editor) => {
            makeRoute(stack, name, { destinationCidrBlock, ...target });
          },
        }),
      ),
    ),
  ),
  {
    what: "lets a host that GitLab reaches out by a gateway that is not shown",
    edit: (stack) => {
      const own = makeGroup(stack, "box", [], [{ from: 443, cidrs: ANYONE }]);
      allow(stack, "Ingress", own, { group: group(stack, "gitlab") }, 22);
      allow(stack, "Egress", group(stack, "gitlab"), { group: own }, 22);
      makeHost(stack, "box", subnet(stack, "isolated-2"), [own]);
      makeRoute(stack, "isolated-2", { destinationCidrBlock: "172.16.0.0/12", gatewayId: "vgw-other" });
      stack.change("ec2.SecurityGroup", "box", {
        egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ANYONE }],
      });
    },
  },
  ...["0.0.0.0/0", "203.0.113.9/32", "172.16.0.0/12"].map((cidr) => ({
    what: `lets GitLab out to ${cidr} by its group, though no route leads there`,
    edit: (stack: Editor) => {
      allow(stack, "Egress", group(stack, "gitlab"), { cidr }, 443);
    },
  })),
  {
    what: "lets GitLab out by IPv6 by its group, though no route leads there",
    edit: (stack) => {
      stack.add("vpc.SecurityGroupEgressRule", "v6", {
        securityGroupId: group(stack, "gitlab"),
        cidrIpv6: "::/0",
        ipProtocol: "-1",
      });
    },
  },
  {
    what: "keeps one kind of ICMP from a host that GitLab reaches, and lets all of it out",
    edit: (stack) => {
      const own = makeGroup(stack, "box", [], []);
      allow(stack, "Ingress", own, { group: group(stack, "gitlab") }, 22);
      allow(stack, "Egress", group(stack, "gitlab"), { group: own }, 22);
      makeHost(stack, "box", subnet(stack, "public-2"), [own], { associatePublicIpAddress: true });
      stack.change("ec2.SecurityGroup", "box", {
        egress: [{ protocol: "icmp", fromPort: -1, toPort: -1, cidrBlocks: ANYONE }],
      });
      isolatedAcl(stack, "public-2", [
        {
          ...ANYTHING,
          ruleNo: 1,
          action: "deny",
          protocol: "icmp",
          cidrBlock: "0.0.0.0/0",
          icmpType: 8,
          icmpCode: 0,
        },
        { ...ANYTHING, ruleNo: 2, action: "allow", cidrBlock: "0.0.0.0/0" },
      ]);
    },
  },
]);

const natAttacks = each({ stack: "source", claim: "C13" }, [
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

const proxyUseAttacks = each({ stack: "source", claim: "C15" }, [
  {
    what: "makes the proxy's load balancer public and opens it",
    edit: (stack) => {
      stack.change("lb.LoadBalancer", "source-proxy", { internal: false });
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: "203.0.113.0/24" }, 3128);
    },
  },
  ...["0.0.0.0/0", VPC, "10.0.64.0/20"].map((cidr) => ({
    what: `opens the proxy's load balancer to ${cidr}`,
    edit: (stack: Editor) => {
      allow(stack, "Ingress", group(stack, "proxy"), { cidr }, 3128);
    },
  })),
  ...["0.0.0.0/0", "10.0.0.0/20"].map((cidr) => ({
    what: `opens squid itself to ${cidr}`,
    edit: (stack: Editor) => {
      allow(stack, "Ingress", group(stack, "squid"), { cidr }, 3128);
    },
  })),
  {
    what: "opens the proxy's load balancer to its own subnet",
    edit: (stack) => {
      const { cidrBlock } = stack.find("ec2.Subnet", "source-network-private-1").outputs;
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: String(cidrBlock) }, 3128);
    },
  },
  {
    what: "takes the security group off the proxy's load balancer",
    edit: (stack) => {
      stack.change("lb.LoadBalancer", "source-proxy", { securityGroups: [] });
    },
  },
  {
    what: "opens the proxy to a peer",
    edit: (stack) => {
      const peering = { vpcId: vpcId(stack), peerVpcId: "vpc-9" };
      stack.add("ec2.VpcPeeringConnection", "peer", peering, "pcx-1");
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: "172.16.0.0/12" }, 3128);
    },
  },
  {
    what: "opens the proxy to work terminals",
    edit: (stack) => {
      stack.change("lb.LoadBalancer", "source-proxy", { internal: false });
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: "198.51.100.0/24" }, 3128);
    },
  },
  {
    what: "opens the proxy to another host's group",
    edit: (stack) => {
      const own = makeGroup(stack, "box", [], [{ from: 3128, cidrs: [VPC] }]);
      makeHost(stack, "box", subnet(stack, "isolated-2"), [own]);
      allow(stack, "Ingress", group(stack, "proxy"), { group: own }, 3128);
    },
  },
  {
    what: "puts another host into GitLab's group",
    edit: (stack) => {
      makeHost(stack, "box", subnet(stack, "isolated-2"), [group(stack, "gitlab")]);
    },
  },
  {
    what: "puts a second load balancer before squid, for everybody",
    edit: (stack) => {
      const { outputs } = stack.find("ecs.Service", "source-proxy");
      const arn = publicBalancer(stack, "outer", { type: "ip", id: "10.0.64.200", port: 3128 });
      const targetGroupArn = arn.replace("loadbalancer/net", "targetgroup");
      const more = { targetGroupArn, containerName: "squid", containerPort: 3128 };
      const loadBalancers = [...(outputs.loadBalancers as unknown[]), more];
      stack.change("ecs.Service", "source-proxy", { loadBalancers });
      allow(stack, "Ingress", group(stack, "squid"), { group: "sg-outer" }, 3128);
      stack.remove("lb.TargetGroupAttachment", "outer");
    },
  },
  {
    what: "puts a load balancer for all of the VPC before the address of the proxy's",
    edit: (stack) => {
      const mapping = { subnetId: subnet(stack, "private-1"), privateIpv4Address: "10.0.64.77" };
      stack.change("lb.LoadBalancer", "source-proxy", { subnetMappings: [mapping] });
      const own = makeGroup(stack, "inner", [{ from: 3128, cidrs: [VPC] }], [{ from: 3128, cidrs: [VPC] }]);
      makeBalancer(stack, "inner", {
        type: "network",
        internal: true,
        subnet: subnet(stack, "private-2"),
        groups: [own],
        port: 3128,
        target: { type: "ip", id: "10.0.64.77", port: 3128 },
      });
      allow(stack, "Ingress", group(stack, "proxy"), { group: own }, 3128);
    },
  },
  {
    what: "puts a public load balancer before the proxy's",
    edit: (stack) => {
      const id = idOf(stack, "lb.LoadBalancer", "source-proxy");
      publicBalancer(stack, "outer", { type: "alb", id, port: 3128 });
      allow(stack, "Ingress", group(stack, "proxy"), { group: "sg-outer" }, 3128);
    },
  },
]);

const livenessAttacks = each({ stack: "source", claim: "C1" }, [
  {
    what: "runs no task of the proxy",
    edit: (stack) => {
      stack.change("ecs.Service", "source-proxy", { desiredCount: 0 });
    },
  },
  {
    what: "takes the NAT gateways' subnets' routes to the Internet away",
    edit: (stack) => {
      for (const name of ["public-1", "public-2"]) stack.remove("ec2.Route", `source-network-${name}`);
    },
  },
  {
    what: "takes one NAT gateway's subnet's route to the Internet away",
    edit: (stack) => {
      stack.remove("ec2.Route", "source-network-public-2");
    },
  },
  ...["private-1", "private-2"].map((name) => ({
    what: `has the route ${name} to the NAT gateway in the state blackhole`,
    edit: (stack: Editor) => {
      stack.change("ec2.Route", `source-network-${name}`, { state: "blackhole" });
    },
  })),
  {
    what: "has the public routes in the state blackhole",
    edit: (stack) => {
      for (const name of ["public-1", "public-2"])
        stack.change("ec2.Route", `source-network-${name}`, { state: "blackhole" });
    },
  },
  {
    what: "keeps an endpoint in GitLab's VPC that answers for CodeCommit's name",
    edit: (stack) => {
      const { outputs } = stack.find("ec2.VpcEndpoint", "source-ssm");
      const serviceName = "com.amazonaws.ap-northeast-1.git-codecommit";
      stack.add("ec2.VpcEndpoint", "git", { ...outputs, serviceName }, "vpce-git");
    },
  },
]);

const shut = (protocol: string, fromPort: number, toPort: number) => [
  { ruleNo: 1, action: "deny", protocol, fromPort, toPort, cidrBlock: "0.0.0.0/0" },
  { ...ANYTHING, ruleNo: 2, action: "allow", cidrBlock: "0.0.0.0/0" },
];
const open = [{ ...ANYTHING, ruleNo: 1, action: "allow", cidrBlock: "0.0.0.0/0" }];

const CODECOMMIT = "git-codecommit.ap-northeast-1.amazonaws.com";
const proxyName = (stack: Editor) => String(stack.find("lb.LoadBalancer", "source-proxy").outputs.dnsName);

/** A DNS firewall of the source, before its own, that first does something with some names. */
function sourceFirewall(stack: Editor, action: "ALLOW" | "BLOCK", ...names: string[]): void {
  const firewall = (name: string) => `route53.ResolverFirewall${name}`;
  const rule = { firewallRuleGroupId: "rslvr-frg-source" };
  stack.add(firewall("RuleGroup"), "source", {}, "rslvr-frg-source");
  const association = { ...rule, vpcId: vpcId(stack), priority: 101 };
  stack.change(firewall("RuleGroupAssociation"), "source-network-dns-association", { priority: 102 });
  stack.add(firewall("RuleGroupAssociation"), "source", association);
  for (const [i, domains] of [[`${CODECOMMIT}.`, ...names], ["*"]].entries()) {
    stack.add(firewall("DomainList"), `list-${i}`, { domains }, `rslvr-fdl-${i}`);
    stack.add(firewall("Rule"), `rule-${i}`, {
      ...rule,
      firewallDomainListId: `rslvr-fdl-${i}`,
      priority: i + 1,
      action: i === 0 ? action : "BLOCK",
    });
  }
}

/** What leaves claims open. */
const networkUnmodelled = each({ stack: "source", claim: "C1" }, [
  ...(
    [
      ["moves the proxy's listener to another port than GitLab asks", "lb.Listener", { port: 3129 }, "proxy"],
      ["has the proxy's listener speak TLS", "lb.Listener", { protocol: "TLS" }, "does not pass TCP on"],
      ["checks squid by HTTP", "lb.TargetGroup", { healthCheck: { protocol: "HTTP" } }, "cannot succeed"],
      [
        "checks squid on another port",
        "lb.TargetGroup",
        { healthCheck: { protocol: "TCP", port: "8080" } },
        "cannot succeed",
      ],
    ] as const
  ).map(([what, type, change, unknown]) => ({
    what,
    unknown,
    edit: (stack: Editor) => {
      stack.change(type, "source-proxy", change);
    },
  })),
  {
    what: "has packets get to a port on which squid does not listen",
    unknown: "listens on no port",
    edit: (stack) => {
      const { outputs } = stack.find("ecs.Service", "source-proxy");
      const loadBalancers = (outputs.loadBalancers as object[]).map((one) => ({
        ...one,
        containerPort: 3129,
      }));
      stack.change("ecs.Service", "source-proxy", { loadBalancers });
      allow(stack, "Ingress", group(stack, "squid"), { group: group(stack, "proxy") }, 3129);
      allow(stack, "Egress", group(stack, "proxy"), { group: group(stack, "squid") }, 3129);
    },
  },
  {
    what: "leads a private subnet to a NAT gateway that is gone",
    unknown: "gets to a NAT gateway that is shown",
    edit: (stack: Editor) => {
      stack.change("ec2.Route", "source-network-private-1", { natGatewayId: "nat-gone" });
    },
  },
  {
    what: "leads a part of the Internet past the NAT gateway",
    unknown: "for a part of the Internet only",
    edit: (stack: Editor) => {
      makeRoute(stack, "private-1", {
        destinationCidrBlock: "52.0.0.0/8",
        vpcPeeringConnectionId: "pcx-1",
      });
    },
  },
  ...(
    [
      ["asks before the proxy's answers get out", "private-1", shut("tcp", 1024, 65535), open],
      ["keeps answers from GitLab's subnet", "isolated-1", shut("tcp", 1024, 65535), open],
      ["keeps the proxy from the Internet", "private-1", open, shut("tcp", 443, 443)],
      ["keeps answers from the NAT gateway", "public-1", shut("6", 32768, 65535), open],
    ] as const
  ).map(([what, where, ingress, egress]) => ({
    what: `has a network ACL that ${what}`,
    unknown: "",
    edit: (stack: Editor) => {
      isolatedAcl(stack, where, [...ingress], [...egress]);
    },
  })),
  {
    what: "keeps answers of the Internet alone from the proxy's subnet",
    unknown: "do not let all of its packets",
    edit: (stack) => {
      isolatedAcl(
        stack,
        "private-1",
        [{ ...ANYTHING, ruleNo: 1, action: "allow", cidrBlock: VPC }],
        [...open],
      );
    },
  },
  {
    what: "leads the NAT gateways' subnets to an endpoint that is not shown",
    unknown: "do not lead to the Internet",
    edit: (stack) => {
      for (const name of ["public-1", "public-2"])
        stack.change("ec2.Route", `source-network-${name}`, {
          gatewayId: "",
          vpcEndpointId: "vpce-firewall",
        });
    },
  },
  {
    what: "makes a NAT gateway private",
    unknown: "gets to a NAT gateway that is shown",
    edit: (stack) => {
      stack.change("ec2.NatGateway", "source-network-1", { connectivityType: "private" });
    },
  },
  {
    what: "runs no task of the proxy until something scales it",
    unknown: "runs no task",
    edit: (stack) => {
      stack.change("ecs.Service", "source-proxy", { desiredCount: 0 });
      stack.add("appautoscaling.Target", "proxy", { minCapacity: 1 });
    },
  },
  {
    what: "blocks CodeCommit's name by a firewall of GitLab's VPC",
    unknown: "blocks the name git-codecommit",
    edit: (stack) => {
      sourceFirewall(stack, "BLOCK");
    },
  },
  {
    what: "blocks the proxy's name by a firewall of GitLab's VPC",
    unknown: "blocks the name source-proxy-",
    edit: (stack) => {
      sourceFirewall(stack, "ALLOW");
    },
  },
  {
    claim: "C8",
    what: "passes packets of another VPC on to GitLab's address, which is another host's there",
    unknown: "which is not shown",
    edit: (stack) => {
      stack.add("ec2.Vpc", "other", { cidrBlock: VPC }, "vpc-other");
      const given = { vpcId: "vpc-other", cidrBlock: "10.0.9.0/24" };
      stack.add("ec2.Subnet", "other", given, "subnet-other");
      const id = String(gitlab(stack).outputs.privateIp);
      publicBalancer(stack, "outer", { type: "ip", id, port: 80 });
      stack.change("lb.LoadBalancer", "outer", { subnets: ["subnet-other"] });
    },
  },
  {
    what: "gives GitLab another proxy than the load balancer's name",
    unknown: "GitLab's proxy is http://elsewhere.internal:3128",
    edit: (stack) => {
      stack.change("pulumi:pulumi:Stack", "git-airlock-dev", { proxyUrl: "http://elsewhere.internal:3128" });
    },
  },
  {
    claim: ["C7"] as const,
    what: "says that the proxy lets through to the FIPS endpoint, and it does not",
    edit: (stack) => {
      stack.change("pulumi:pulumi:Stack", "git-airlock-dev", { fips: true });
    },
  },
  {
    what: "has clone URLs lead to the FIPS endpoint, which the source's proxy refuses",
    unknown:
      "that its squid.conf lets git-codecommit-fips.ap-northeast-1.amazonaws.com through is not certain",
    edit: (_source, target) => {
      target.change("pulumi:pulumi:Stack", "git-airlock-prd", { fips: true });
    },
  },
  {
    what: "turns the resolver of GitLab's VPC off",
    unknown: "enableDnsSupport",
    edit: (stack) => {
      stack.change("ec2.Vpc", "source-network", { enableDnsSupport: false });
    },
  },
  ...(
    [
      ["aws:route53/zone:Zone", { name: "amazonaws.com", vpcs: [{ vpcId: "vpc-1" }] }],
      ["aws:route53/resolverRuleAssociation:ResolverRuleAssociation", {}],
      ["aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation", {}],
    ] as const
  ).map(([type, given]) => ({
    what: `gives names another meaning by ${type}`,
    unknown: "another meaning",
    edit: (stack: Editor) => {
      stack.add(type, "names", given);
    },
  })),
  ...["git-codecommit.ap-northeast-1.amazonaws.com", "*.amazonaws.com.", "amazonaws.com", "*.com"].map(
    (name) => ({
      claim: ["C7"] as const,
      what: `answers for ${name} in a zone that is not shown`,
      unknown: "may answer for a name of AWS's",
      edit: (stack: Editor) => {
        const inputs = { zoneId: "Z0123456789", name, type: "A", records: ["198.51.100.99"] };
        stack.add("route53.Record", "codecommit", inputs);
      },
    }),
  ),
  {
    what: "lets squid serve other clients than the VPC's",
    unknown: "is not certain",
    edit: (stack) => {
      rewriteSquid(stack, (text) => text.replace(VPC, "10.0.0.0/24"));
    },
  },
  {
    claim: ["C7", "C13", "C15"] as const,
    what: "runs another program than squid behind the proxy's listener",
    unknown: "that it runs squid alone",
    edit: (stack) => {
      stack.change("ecs.Service", "source-proxy", { taskDefinition: anotherTask(stack) });
    },
  },
  {
    claim: ["C7", "C8"] as const,
    what: "has a load balancer pass packets on to an address where nothing is shown",
    unknown: "10.0.64.200, which is not shown",
    edit: (stack) => {
      publicBalancer(stack, "outer", { type: "ip", id: "10.0.64.200", port: 80 });
    },
  },
  ...[
    [{ type: "authenticate-oidc" }],
    [{ type: "forward" }],
    [{ type: "forward", forward: { targetGroups: [{ weight: 1 }] } }],
  ].map((defaultActions) => ({
    claim: "C8" as const,
    what: `has a listener act in a form that is not known, ${JSON.stringify(defaultActions)}`,
    unknown: "forwards in a form that is not understood",
    edit: (stack: Editor) => {
      stack.change("lb.Listener", "source-web", { defaultActions });
    },
  })),
  {
    claim: "C13",
    what: "leads a host to an endpoint that is not shown",
    unknown: "vpce-gone, which is not shown",
    edit: (stack) => {
      makeRoute(stack, "isolated-2", { destinationCidrBlock: "0.0.0.0/0", vpcEndpointId: "vpce-gone" });
      makeHost(stack, "box", subnet(stack, "isolated-2"), []);
    },
  },
  {
    claim: "C7",
    what: "leads the proxy to an endpoint before the NAT gateway",
    unknown: "what stands behind that is not shown",
    edit: (stack) => {
      stack.change("ec2.Route", "source-network-private-1", {
        natGatewayId: "",
        vpcEndpointId: "vpce-firewall",
      });
    },
  },
  {
    claim: "C13",
    what: "joins the NAT gateways' VPC to a core network that another stack attached",
    unknown: "core network lets other networks in",
    edit: (stack) => {
      makeRoute(stack, "public-1", {
        destinationCidrBlock: "172.16.0.0/12",
        coreNetworkArn: "arn:aws:networkmanager::111111111111:core-network/core-network-1",
      });
    },
  },
  {
    claim: ["C7", "C8", "C15"] as const,
    what: "runs a second host of the component beside GitLab",
    unknown: "which one is GitLab is not known",
    edit: (stack) => {
      const name = "box";
      makeHost(stack, name, subnet(stack, "isolated-2"), [group(stack, "gitlab")]);
      const added = stack.find("ec2.Instance", name);
      added.urn = added.urn.replace(added.type, `git-airlock:source:NetworkedGitlab$${added.type}`);
    },
  },
  {
    claim: "C13",
    what: "has two routes of one subnet to one destination",
    unknown: "has two routes to one destination",
    edit: (stack) => {
      makeRoute(stack, "public-1", { destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat(stack) });
    },
  },
  {
    claim: "C7",
    what: "associates GitLab's subnet with two route tables",
    unknown: "has another routeTableId, too",
    edit: (stack) => {
      stack.add("ec2.RouteTableAssociation", "second", {
        subnetId: subnet(stack, "isolated-1"),
        routeTableId: table(stack, "isolated-2"),
      });
    },
  },
  {
    claim: "C8",
    what: "gives GitLab's subnet two network ACLs",
    unknown: "has another network ACL, too",
    edit: (stack) => {
      isolatedAcl(stack, "isolated-1", [...open]);
      const given = { vpcId: vpcId(stack), ingress: [], egress: [] };
      const subnetIds = [subnet(stack, "isolated-1")];
      stack.add("ec2.NetworkAcl", "second", { ...given, subnetIds }, "acl-second");
    },
  },
  {
    claim: "C8",
    what: "denies by a rule of its own beside entries that a network ACL holds",
    unknown: "has entries beside rules of their own",
    edit: (stack) => {
      isolatedAcl(stack, "isolated-1", [...open]);
      stack.add("ec2.NetworkAclRule", "deny", {
        networkAclId: "acl-isolated-1",
        ruleNumber: 1,
        egress: false,
        ruleAction: "deny",
        protocol: "-1",
        cidrBlock: "0.0.0.0/0",
      });
    },
  },
  {
    claim: "C13",
    what: "starts a host by a launch template",
    unknown: "the network interfaces that it has are not all known",
    edit: (stack) => {
      makeHost(stack, "box", subnet(stack, "isolated-2"), [], { launchTemplate: { id: "lt-1" } });
    },
  },
  ...["esp", "256", "-2"].map((protocol) => ({
    claim: "C8" as const,
    what: `has a rule of the protocol ${protocol}`,
    unknown: `the protocol ${protocol} is not understood`,
    edit: (stack: Editor) => {
      stack.add("vpc.SecurityGroupIngressRule", "odd", {
        securityGroupId: group(stack, "ingress"),
        cidrIpv4: "198.51.100.0/24",
        ipProtocol: protocol,
      });
    },
  })),
]);

/** Another VPC of the target with a way out, and an endpoint for git that lets some addresses in. */
function otherGitEndpoint(stack: Editor, cidr: string): void {
  stack.add("ec2.Vpc", "other", { cidrBlock: "10.9.0.0/16" }, "vpc-other");
  stack.add("ec2.InternetGateway", "other", { vpcId: "vpc-other" }, "igw-2");
  stack.add("ec2.Subnet", "other", { vpcId: "vpc-other", cidrBlock: "10.9.0.0/24" }, "subnet-other");
  const ingress = [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [cidr] }];
  stack.add("ec2.SecurityGroup", "other", { vpcId: "vpc-other", ingress, egress: [] }, "sg-other");
  const given = {
    vpcId: "vpc-other",
    vpcEndpointType: "Interface",
    serviceName: "com.amazonaws.ap-northeast-1.git-codecommit",
    subnetIds: ["subnet-other"],
    securityGroupIds: ["sg-other"],
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
    }),
  };
  stack.add("ec2.VpcEndpoint", "other", given, "vpce-other");
}

const isolatedAttacks = each({ stack: "target", claim: ["C5", "C6"] }, [
  {
    what: "lets isolated terminals in to the open endpoint for git of another VPC",
    edit: (stack) => {
      otherGitEndpoint(stack, "192.0.2.0/25");
    },
  },
]);

/** What must change no verdict, whatever the rules say of it. */
const networkHarmless = each({ stack: "source", claim: [] }, [
  ...[
    { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } },
    { type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } },
  ].map((action) => ({
    what: `answers by a ${action.type} on port 80`,
    rule: ["no-world-open-ingress", "moved", "0.0.0.0/0"] as const,
    edit: (stack: Editor) => {
      const own = makeGroup(stack, "moved", [{ from: 80, cidrs: ANYONE }], []);
      makeBalancer(stack, "moved", {
        type: "application",
        internal: false,
        subnet: subnet(stack, "public-1"),
        groups: [own],
        port: 80,
        actions: [action],
      });
    },
  })),
  {
    what: "weighs the ingress between target groups of GitLab",
    edit: (stack) => {
      const arn = idOf(stack, "lb.TargetGroup", "source-web");
      stack.change("lb.Listener", "source-web", {
        defaultActions: [{ type: "forward", forward: { targetGroups: [{ arn, weight: 1 }] } }],
      });
    },
  },
  {
    what: "puts an internal load balancer between the ingress and GitLab",
    rule: ["no-world-open-ingress", "outer-2", "0.0.0.0/0"],
    edit: (stack) => {
      const id = balancerBeforeGitlab(stack, "inner", VPC);
      const own = makeGroup(
        stack,
        "outer",
        [{ from: 80, cidrs: ["198.51.100.0/24"] }],
        [{ from: 80, cidrs: [VPC] }],
      );
      publicBalancer(stack, "outer-2", { type: "alb", id, port: 80 });
      stack.change("lb.LoadBalancer", "outer-2", { securityGroups: [own] });
    },
  },
  {
    what: "lets GitLab reach a host with a public address, to which no route leads back",
    edit: (stack) => {
      dropBox(stack, "isolated-2", { associatePublicIpAddress: true });
    },
  },
  {
    what: "lets GitLab reach a function in the VPC that has no way out",
    edit: (stack) => {
      const own = makeGroup(stack, "inner", [{ from: 80, cidrs: [VPC] }], [{ from: 80, cidrs: [VPC] }]);
      const closed = makeGroup(stack, "function", [], []);
      const vpcConfig = { subnetIds: [subnet(stack, "isolated-2")], securityGroupIds: [closed] };
      const role = "arn:aws:iam::111111111111:role/answers";
      const trust = {
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      };
      const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
      stack.add("iam.Role", "answers", { name: "answers", arn: role, assumeRolePolicy }, "answers");
      stack.add("lambda.Function", "answers", { vpcConfig, role }, "answers");
      makeBalancer(stack, "inner", {
        type: "application",
        internal: true,
        subnet: subnet(stack, "isolated-2"),
        groups: [own],
        port: 80,
        target: { type: "lambda", id: "answers", port: 80 },
      });
      allow(stack, "Egress", group(stack, "gitlab"), { group: own }, 80);
    },
  },
  {
    what: "lets all of the VPC in to GitLab",
    edit: (stack) => {
      allow(stack, "Ingress", group(stack, "ingress"), { cidr: VPC }, 443);
    },
  },
  {
    what: "adds an endpoint for S3 to a public subnet's routes",
    edit: (stack) => {
      const policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }],
      });
      const given = {
        vpcId: vpcId(stack),
        vpcEndpointType: "Gateway",
        serviceName: "com.amazonaws.ap-northeast-1.s3",
        routeTableIds: [table(stack, "public-1")],
        policy,
      };
      stack.add("ec2.VpcEndpoint", "s3", given, "vpce-s3");
    },
  },
  {
    what: "refreshes the state, after which a network ACL repeats rules of its own",
    edit: (stack) => {
      isolatedAcl(stack, "isolated-2", [...open], [...open]);
      const rule = { ruleNumber: 1, ruleAction: "allow", protocol: "-1", cidrBlock: "0.0.0.0/0" };
      for (const egress of [true, false])
        stack.add("ec2.NetworkAclRule", `rule-${egress}`, {
          ...rule,
          egress,
          networkAclId: "acl-isolated-2",
        });
    },
  },
  {
    what: "keeps ssh out of the proxy's subnet by a network ACL",
    edit: (stack) => {
      isolatedAcl(stack, "private-1", [...shut("tcp", 22, 22)]);
    },
  },
  {
    what: "lets the names of CodeCommit and the proxy alone through another firewall of GitLab's VPC",
    edit: (stack) => {
      sourceFirewall(stack, "ALLOW", `${proxyName(stack)}.`);
    },
  },
  {
    what: "keeps another VPC in the source whose default network ACL is closed, with an endpoint for git",
    edit: (stack) => {
      stack.add("ec2.Vpc", "other", { cidrBlock: "10.9.0.0/16" }, "vpc-other");
      const given = { vpcId: "vpc-other", cidrBlock: "10.9.0.0/24" };
      stack.add("ec2.Subnet", "other", given, "subnet-other");
      const acl = { defaultNetworkAclId: "acl-1", vpcId: "vpc-other", ingress: [], egress: [] };
      stack.add("ec2.DefaultNetworkAcl", "acl", acl, "acl-1");
      stack.add("ec2.SecurityGroup", "other", { vpcId: "vpc-other" }, "sg-other");
      const { outputs } = stack.find("ec2.VpcEndpoint", "source-ssm");
      const endpoint = {
        ...outputs,
        vpcId: "vpc-other",
        subnetIds: ["subnet-other"],
        securityGroupIds: ["sg-other"],
        serviceName: "com.amazonaws.ap-northeast-1.git-codecommit",
      };
      stack.add("ec2.VpcEndpoint", "git", endpoint, "vpce-git");
    },
  },
  {
    what: "lets GitLab reach a host that work terminals reach",
    edit: (stack) => {
      dropBox(stack, "public-1", { associatePublicIpAddress: true }, ["198.51.100.0/24"]);
    },
  },
  {
    what: "keeps another VPC in the source, served by its main route table",
    edit: (stack) => {
      stack.add("ec2.Vpc", "other", { cidrBlock: "10.9.0.0/16" }, "vpc-other");
      const given = { vpcId: "vpc-other", cidrBlock: "10.9.0.0/24" };
      stack.add("ec2.Subnet", "other", given, "subnet-other");
      stack.add("ec2.SecurityGroup", "other", { vpcId: "vpc-other" }, "sg-other");
      makeHost(stack, "other", "subnet-other", ["sg-other"], { privateIp: "10.9.0.9" });
    },
  },
  {
    what: "leaves the firewall of the isolated VPC to AWS's default, which is to fail closed",
    stack: "target",
    edit: (stack) => {
      stack.remove("route53.ResolverFirewallConfig", "target-isolated-dns-fail-closed");
    },
  },
  {
    what: "keeps another VPC in production that has an endpoint for git of its own, and a way out",
    stack: "target",
    edit: (stack) => {
      otherGitEndpoint(stack, "10.9.0.0/16");
    },
  },
  {
    what: "keeps all of ICMP out by a network ACL, by name and by number",
    edit: (stack) => {
      const every = { icmpType: -1, icmpCode: -1, cidrBlock: "0.0.0.0/0", action: "deny" };
      isolatedAcl(stack, "isolated-2", [
        { ...ANYTHING, ...every, protocol: "icmp", ruleNo: 1 },
        { ...ANYTHING, ...every, protocol: "1", ruleNo: 2 },
        { ...ANYTHING, ruleNo: 3, action: "allow", cidrBlock: "0.0.0.0/0" },
      ]);
    },
  },
  {
    what: "has the default network ACL as AWS makes it",
    edit: (stack) => {
      const given = { defaultNetworkAclId: "acl-1", vpcId: vpcId(stack), ingress: open, egress: open };
      stack.add("ec2.DefaultNetworkAcl", "acl", given, "acl-1");
    },
  },
  {
    what: "keeps a virtual private gateway's routes to a network that GitLab's VPC does not reach",
    edit: (stack) => {
      makeRoute(stack, "public-1", {
        destinationCidrBlock: "10.200.0.0/16",
        vpcPeeringConnectionId: "pcx-1",
      });
    },
  },
]);

export const packets: readonly Weakening[] = [
  ...ingressAttacks,
  ...egressAttacks,
  ...natAttacks,
  ...proxyUseAttacks,
  ...livenessAttacks,
  ...isolatedAttacks,
  ...networkUnmodelled,
  ...networkHarmless,
];
