/** Networks weakened by more than one hop, or by what looks like the harmless kind. By the claim that must not be proved. */
import type { Exports, Mutation, Unmodelled } from "./exports";

const ANYONE = ["0.0.0.0/0"];
const VPC = "10.0.0.0/16";
const endpointService = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0";

const idOf = (exports: Exports, type: string, name: string) => String(exports.find("dev", type, name).id);
const vpcId = (exports: Exports) => idOf(exports, "ec2/vpc:Vpc", "source-network");
const subnet = (exports: Exports, name: string) => idOf(exports, "Subnet", `source-network-${name}`);
const table = (exports: Exports, name: string) => idOf(exports, "RouteTable", `source-network-${name}`);
const group = (exports: Exports, name: string) => idOf(exports, "SecurityGroup", `source-${name}`);
const nat = (exports: Exports) => idOf(exports, "NatGateway", "source-network-1");
const igw = (exports: Exports) => idOf(exports, "InternetGateway", "source-network");
const gitlab = (exports: Exports) => exports.find("dev", "Instance", "source-gitlab");

interface Ports {
  readonly from: number;
  readonly to?: number;
}

/** A security group that lets ranges in and out by TCP. */
function makeGroup(
  exports: Exports,
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
  exports.add(
    "dev",
    "aws:ec2/securityGroup:SecurityGroup",
    name,
    { vpcId: vpcId(exports), ...rules },
    `sg-${name}`,
  );
  return `sg-${name}`;
}

/** One more rule of a group of the stack: whom it lets in, or where it lets packets out to. */
function allow(
  exports: Exports,
  way: "Ingress" | "Egress",
  of: string,
  peer: { readonly group: string } | { readonly cidr: string },
  port: number,
): void {
  const type = `aws:vpc/securityGroup${way}Rule:SecurityGroup${way}Rule`;
  const who = "group" in peer ? { referencedSecurityGroupId: peer.group } : { cidrIpv4: peer.cidr };
  exports.add("dev", type, `${way}-${of}-${port}-${Object.values(peer)[0]}`, {
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
function makeBalancer(exports: Exports, name: string, given: Balancer): string {
  const arn = `arn:aws:elasticloadbalancing:ap-northeast-1:111111111111:loadbalancer/net/${name}/1`;
  const groupArn = arn.replace("loadbalancer/net", "targetgroup");
  exports.add(
    "dev",
    "aws:lb/loadBalancer:LoadBalancer",
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
    exports.add(
      "dev",
      "aws:lb/targetGroup:TargetGroup",
      name,
      { arn: groupArn, port, targetType: type },
      groupArn,
    );
    exports.add("dev", "aws:lb/targetGroupAttachment:TargetGroupAttachment", name, {
      targetGroupArn: groupArn,
      targetId: id,
      port,
    });
  }
  exports.add("dev", "aws:lb/listener:Listener", name, {
    loadBalancerArn: arn,
    port: given.port,
    protocol: given.type === "network" ? "TCP" : "HTTP",
    defaultActions: given.actions ?? [{ type: "forward", targetGroupArn: groupArn }],
  });
  return arn;
}

function makeHost(
  exports: Exports,
  name: string,
  subnetId: string,
  groups: readonly string[],
  more: Record<string, unknown> = {},
): string {
  const privateIp = "10.0.200.9";
  const given = { subnetId, vpcSecurityGroupIds: groups, privateIp, ...more };
  exports.add("dev", "aws:ec2/instance:Instance", name, given, `i-${name}`);
  return `i-${name}`;
}

function makeRoute(exports: Exports, tableName: string, properties: Record<string, unknown>): void {
  exports.add("dev", "aws:ec2/route:Route", `to-${Object.values(properties).join("-")}`, {
    routeTableId: table(exports, tableName),
    ...properties,
  });
}

/** An internal load balancer before GitLab, which admits what this one's group admits. */
function balancerBeforeGitlab(
  exports: Exports,
  name: string,
  cidr: string,
  more: Partial<Balancer> = {},
): string {
  const own = makeGroup(exports, name, [{ from: 80, cidrs: [cidr] }], [{ from: 80, cidrs: [VPC] }]);
  allow(exports, "Ingress", group(exports, "gitlab"), { group: own }, 80);
  return makeBalancer(exports, name, {
    type: "application",
    internal: true,
    subnet: subnet(exports, "private-1"),
    groups: [own],
    port: 80,
    target: { type: "instance", id: String(gitlab(exports).id), port: 80 },
    ...more,
  });
}

function publicBalancer(exports: Exports, name: string, target: NonNullable<Balancer["target"]>): string {
  const own = makeGroup(
    exports,
    name,
    [{ from: target.port, cidrs: ANYONE }],
    [{ from: target.port, cidrs: [VPC] }],
  );
  return makeBalancer(exports, name, {
    type: "network",
    internal: false,
    subnet: subnet(exports, "public-1"),
    groups: [own],
    port: target.port,
    target,
  });
}

/** Lets GitLab connect to a host without a way out of its own. */
function dropBox(
  exports: Exports,
  where: string,
  more: Record<string, unknown> = {},
  ingress = ANYONE,
): string {
  const own = makeGroup(exports, "box", [{ from: 22, cidrs: ingress }], []);
  allow(exports, "Ingress", own, { group: group(exports, "gitlab") }, 22);
  allow(exports, "Egress", group(exports, "gitlab"), { group: own }, 22);
  return makeHost(exports, "box", subnet(exports, where), [own], more);
}

/** C8. */
export const ingressAttacks: readonly Mutation[] = [
  {
    what: "puts a public load balancer before it that shows it the clients' own addresses",
    mutate: (exports) => {
      publicBalancer(exports, "outer", { type: "instance", id: String(gitlab(exports).id), port: 80 });
      exports.change("dev", "SecurityGroup", "outer", { egress: [] });
      allow(exports, "Ingress", group(exports, "gitlab"), { cidr: "203.0.113.0/24" }, 80);
    },
  },
  {
    what: "lets everybody connect to it through a squid that lets everything through",
    mutate: (exports) => {
      rewriteSquid(exports, () => "http_port 3128\nhttp_access allow all\nhttp_access deny all\n");
      exports.change("dev", "LoadBalancer", "source-proxy", { internal: false });
      allow(exports, "Ingress", group(exports, "proxy"), { cidr: "0.0.0.0/0" }, 3128);
      allow(exports, "Egress", group(exports, "squid"), { group: group(exports, "gitlab") }, 80);
      allow(exports, "Ingress", group(exports, "gitlab"), { group: group(exports, "squid") }, 80);
    },
  },
  {
    what: "puts a public load balancer before an internal one that leads to it",
    mutate: (exports) => {
      const id = balancerBeforeGitlab(exports, "inner", VPC);
      publicBalancer(exports, "outer", { type: "alb", id, port: 80 });
    },
  },
  {
    what: "puts a public load balancer two load balancers before it",
    mutate: (exports) => {
      const inner = balancerBeforeGitlab(exports, "inner", VPC);
      const own = makeGroup(exports, "middle", [{ from: 80, cidrs: [VPC] }], [{ from: 80, cidrs: [VPC] }]);
      const middle = makeBalancer(exports, "middle", {
        type: "network",
        internal: true,
        subnet: subnet(exports, "private-2"),
        groups: [own],
        port: 80,
        target: { type: "alb", id: inner, port: 80 },
      });
      publicBalancer(exports, "outer", { type: "alb", id: middle, port: 80 });
    },
  },
  {
    what: "puts a public load balancer before the address of an internal one",
    mutate: (exports) => {
      balancerBeforeGitlab(exports, "inner", VPC, { type: "network", mapping: "10.0.64.77" });
      publicBalancer(exports, "outer", { type: "ip", id: "10.0.64.77", port: 80 });
    },
  },
  {
    what: "puts a public load balancer before its address",
    mutate: (exports) => {
      publicBalancer(exports, "outer", {
        type: "ip",
        id: String(gitlab(exports).outputs.privateIp),
        port: 80,
      });
      allow(exports, "Ingress", group(exports, "gitlab"), { group: "sg-outer" }, 80);
    },
  },
  {
    what: "weighs the ingress between two target groups of a public load balancer",
    mutate: (exports) => {
      const id = balancerBeforeGitlab(exports, "inner", VPC);
      const arn = publicBalancer(exports, "outer", { type: "alb", id, port: 80 });
      const groups = [{ arn: arn.replace("loadbalancer/net", "targetgroup"), weight: 1 }];
      exports.change("dev", "Listener", "outer", {
        defaultActions: [{ type: "forward", forward: { targetGroups: groups } }],
      });
    },
  },
  {
    what: "invokes a function of the VPC for everybody, which reaches it",
    mutate: (exports) => {
      const own = makeGroup(exports, "function", [], [{ from: 80, cidrs: [VPC] }]);
      allow(exports, "Ingress", group(exports, "gitlab"), { group: own }, 80);
      const vpcConfig = { subnetIds: [subnet(exports, "isolated-2")], securityGroupIds: [own] };
      exports.add("dev", "aws:lambda/function:Function", "relay", { vpcConfig }, "relay");
      publicBalancer(exports, "outer", { type: "lambda", id: "relay", port: 80 });
    },
  },
  {
    what: "puts a public host before an internal load balancer before it",
    mutate: (exports) => {
      balancerBeforeGitlab(exports, "inner", VPC);
      const own = makeGroup(exports, "jump", [{ from: 22, cidrs: ANYONE }], [{ from: 80, cidrs: [VPC] }]);
      makeHost(exports, "jump", subnet(exports, "public-1"), [own], { associatePublicIpAddress: true });
    },
  },
  {
    what: "puts a host before it whose subnet gives public addresses",
    mutate: (exports) => {
      const own = makeGroup(exports, "jump", [{ from: 22, cidrs: ANYONE }], [{ from: 80, cidrs: [VPC] }]);
      allow(exports, "Ingress", group(exports, "gitlab"), { group: own }, 80);
      exports.change("dev", "Subnet", "source-network-public-1", { mapPublicIpOnLaunch: true });
      makeHost(exports, "jump", subnet(exports, "public-1"), [own]);
    },
  },
  {
    what: "runs a public service of the component that is not its proxy, and reaches it",
    mutate: (exports) => {
      const own = makeGroup(exports, "relay", [{ from: 22, cidrs: ANYONE }], [{ from: 80, cidrs: [VPC] }]);
      allow(exports, "Ingress", group(exports, "gitlab"), { group: own }, 80);
      const service = exports.find("dev", "Service", "source-proxy");
      const networkConfiguration = {
        subnets: [subnet(exports, "public-1")],
        securityGroups: [own],
        assignPublicIp: true,
      };
      anotherService(exports, service.outputs, { networkConfiguration, loadBalancers: [] });
    },
  },
  ...["10.0.0.0/16", "10.0.0.0/17"].map((destinationCidrBlock) => ({
    what: `hands what comes in for ${destinationCidrBlock} to an endpoint between the ingress and it`,
    mutate: (exports: Exports) => {
      makeRoute(exports, "public-1", { destinationCidrBlock, vpcEndpointId: "vpce-stranger" });
    },
  })),
  {
    what: "hands what comes in to an endpoint, by the Internet gateway's own routes",
    mutate: (exports) => {
      const routes = [{ cidrBlock: "10.0.0.0/20", vpcEndpointId: "vpce-stranger" }];
      exports.add(
        "dev",
        "aws:ec2/routeTable:RouteTable",
        "edge",
        { vpcId: vpcId(exports), routes },
        "rtb-edge",
      );
      exports.add("dev", "aws:ec2/routeTableAssociation:RouteTableAssociation", "edge", {
        routeTableId: "rtb-edge",
        gatewayId: igw(exports),
      });
    },
  },
  {
    what: "joins the VPC to other networks by a route to a transit gateway that another stack attached",
    mutate: (exports) => {
      makeRoute(exports, "public-2", {
        destinationCidrBlock: "172.16.0.0/12",
        transitGatewayId: "tgw-other",
      });
      allow(exports, "Ingress", group(exports, "gitlab"), { cidr: "172.16.0.0/12" }, 22);
    },
  },
  {
    what: "joins the VPC to other networks by a virtual private gateway that is not shown",
    mutate: (exports) => {
      makeRoute(exports, "public-2", { destinationCidrBlock: "172.16.0.0/12", gatewayId: "vgw-other" });
      allow(exports, "Ingress", group(exports, "gitlab"), { cidr: "172.16.0.0/12" }, 22);
    },
  },
  ...[{}, { icmpType: 8, icmpCode: -1 }, { icmpType: -1, icmpCode: 0 }].map((types) => ({
    what: `keeps out one kind of ICMP, ${JSON.stringify(types)}, and lets all of it in`,
    mutate: (exports: Exports) => {
      exports.add("dev", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "icmp", {
        securityGroupId: group(exports, "gitlab"),
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "icmp",
        fromPort: -1,
        toPort: -1,
      });
      exports.add("dev", "aws:ec2/eip:Eip", "public", {
        publicIp: "203.0.113.99",
        instance: gitlab(exports).id,
      });
      isolatedAcl(exports, "isolated-1", [
        { ...ANYTHING, ruleNo: 1, action: "deny", protocol: "1", cidrBlock: "0.0.0.0/0", ...types },
        { ...ANYTHING, ruleNo: 2, action: "allow", cidrBlock: "0.0.0.0/0" },
      ]);
    },
  })),
];

const ANYTHING = { protocol: "-1", fromPort: 0, toPort: 0 };
type Entry = Record<string, unknown>;

/** A network ACL of a subnet. */
function isolatedAcl(exports: Exports, where: string, ingress: Entry[], egress = ingress): void {
  const given = { vpcId: vpcId(exports), subnetIds: [subnet(exports, where)], ingress, egress };
  exports.add("dev", "aws:ec2/networkAcl:NetworkAcl", `acl-${where}`, given, `acl-${where}`);
}

/** Another service within the component. */
function anotherService(
  exports: Exports,
  like: Record<string, unknown>,
  given: Record<string, unknown>,
): void {
  const type = exports.find("dev", "Service", "source-proxy").type;
  const arn = "arn:aws:ecs:ap-northeast-1:111111111111:service/other";
  exports.add("dev", type, "other", { ...like, name: "other", arn, ...given }, arn);
  const added = exports.find("dev", "Service", "other");
  added.urn = added.urn.replace(type, `git-airlock:source:NetworkedGitlab$${type}`);
}

/** Tasks that run another program than squid. */
function anotherTask(exports: Exports): string {
  const arn = "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/other:1";
  const containerDefinitions = JSON.stringify([{ name: "squid", image: "socat", command: ["socat"] }]);
  exports.add(
    "dev",
    "aws:ecs/taskDefinition:TaskDefinition",
    "other",
    { arn, containerDefinitions },
    "other",
  );
  return arn;
}

/** Rewrites squid.conf where the task definition holds it. */
function rewriteSquid(exports: Exports, rewrite: (text: string) => string): void {
  const { containerDefinitions } = exports.find("dev", "TaskDefinition", "source-proxy").outputs;
  const rewritten = withSquid(String(containerDefinitions), rewrite);
  exports.change("dev", "TaskDefinition", "source-proxy", { containerDefinitions: rewritten });
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

/** C7. */
export const egressAttacks: readonly Mutation[] = [
  {
    what: "lets GitLab reach a load balancer before a load balancer before a host with a way out",
    mutate: (exports) => {
      const way = { subnet: subnet(exports, "private-1"), internal: true, port: 80 };
      const out = makeGroup(exports, "exit", [{ from: 80, cidrs: [VPC] }], [{ from: 443, cidrs: ANYONE }]);
      const id = makeHost(exports, "exit", subnet(exports, "public-1"), [out], {
        associatePublicIpAddress: true,
      });
      const own = makeGroup(exports, "inner", [{ from: 80, cidrs: [VPC] }], [{ from: 80, cidrs: [VPC] }]);
      const target = { type: "instance", id, port: 80 };
      const inner = makeBalancer(exports, "inner", { ...way, type: "application", groups: [own], target });
      const more = { ...way, type: "network" as const, groups: [own] };
      makeBalancer(exports, "outer", { ...more, target: { type: "alb", id: inner, port: 80 } });
      const door = makeGroup(exports, "door", [{ from: 80, cidrs: [VPC] }], [{ from: 80, cidrs: [VPC] }]);
      exports.change("dev", "LoadBalancer", "outer", { securityGroups: [door] });
      exports.change("dev", "SecurityGroup", "inner", {
        ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, securityGroups: [door] }],
      });
      allow(exports, "Egress", group(exports, "gitlab"), { group: door }, 80);
    },
  },
  {
    what: "lets GitLab reach a function that stands in no VPC",
    mutate: (exports) => {
      const own = makeGroup(exports, "inner", [{ from: 80, cidrs: [VPC] }], []);
      exports.add("dev", "aws:lambda/function:Function", "relay", { name: "relay" }, "relay");
      makeBalancer(exports, "inner", {
        type: "application",
        internal: true,
        subnet: subnet(exports, "isolated-2"),
        groups: [own],
        port: 80,
        target: { type: "lambda", id: "relay", port: 80 },
      });
      allow(exports, "Egress", group(exports, "gitlab"), { group: own }, 80);
    },
  },
  {
    what: "lets GitLab reach a public host to which everybody connects",
    mutate: (exports) => {
      dropBox(exports, "public-1", { associatePublicIpAddress: true });
    },
  },
  {
    what: "lets GitLab reach a host before which a public load balancer stands",
    mutate: (exports) => {
      const id = dropBox(exports, "isolated-2", {}, [VPC]);
      publicBalancer(exports, "outer", { type: "instance", id, port: 22 });
    },
  },
  {
    what: "lets GitLab reach a host before which two load balancers stand, the first of them public",
    mutate: (exports) => {
      const id = dropBox(exports, "isolated-2", {}, [VPC]);
      const own = makeGroup(exports, "inner", [{ from: 22, cidrs: [VPC] }], [{ from: 22, cidrs: [VPC] }]);
      const inner = makeBalancer(exports, "inner", {
        type: "network",
        internal: true,
        subnet: subnet(exports, "private-1"),
        groups: [own],
        port: 22,
        target: { type: "instance", id, port: 22 },
      });
      publicBalancer(exports, "outer", { type: "alb", id: inner, port: 22 });
    },
  },
  {
    what: "lets GitLab reach a host from which a second one fetches, and from that a third with a way out",
    mutate: (exports) => {
      dropBox(exports, "isolated-2", {}, [VPC]);
      const closed = makeGroup(exports, "second", [{ from: 23, cidrs: [VPC] }], [{ from: 22, cidrs: [VPC] }]);
      makeHost(exports, "second", subnet(exports, "isolated-2"), [closed], { privateIp: "10.0.200.10" });
      const own = makeGroup(exports, "third", [], [{ from: 23, cidrs: ANYONE }]);
      makeHost(exports, "third", subnet(exports, "public-1"), [own], {
        associatePublicIpAddress: true,
        privateIp: "10.0.0.99",
      });
    },
  },
  {
    what: "lets GitLab reach the second address of a host with a way out",
    mutate: (exports) => {
      const { cidrBlock } = exports.find("dev", "Subnet", "source-network-public-1").outputs;
      const second = String(cidrBlock).replace(/\.0\/\d+$/, ".77");
      const own = makeGroup(exports, "box", [], [{ from: 443, cidrs: ANYONE }]);
      allow(exports, "Ingress", own, { group: group(exports, "gitlab") }, 22);
      allow(exports, "Egress", group(exports, "gitlab"), { cidr: `${second}/32` }, 22);
      makeHost(exports, "box", subnet(exports, "public-1"), [own], {
        associatePublicIpAddress: true,
        privateIp: second.replace(/77$/, "9"),
        secondaryPrivateIps: [second],
      });
    },
  },
  {
    what: "lets GitLab reach a host with a way out by IPv6",
    mutate: (exports) => {
      const ipv6CidrBlock = "2001:db8:1234::/56";
      exports.change("dev", "ec2/vpc:Vpc", "source-network", { ipv6CidrBlock });
      exports.change("dev", "Subnet", "source-network-public-1", { ipv6CidrBlock: "2001:db8:1234:1::/64" });
      const own = makeGroup(exports, "box", [], [{ from: 443, cidrs: ANYONE }]);
      allow(exports, "Ingress", own, { group: group(exports, "gitlab") }, 22);
      exports.add("dev", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "v6", {
        securityGroupId: group(exports, "gitlab"),
        cidrIpv6: "2001:db8:1234:1::/64",
        ipProtocol: "tcp",
        fromPort: 22,
        toPort: 22,
      });
      makeHost(exports, "box", subnet(exports, "public-1"), [own], { associatePublicIpAddress: true });
    },
  },
  {
    what: "lets GitLab reach a host from which another with a way out fetches",
    mutate: (exports) => {
      dropBox(exports, "isolated-2", {}, [VPC]);
      const own = makeGroup(exports, "exit", [], [{ from: 0, to: 65535, cidrs: ANYONE }]);
      makeHost(exports, "exit", subnet(exports, "public-1"), [own], {
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
          mutate: (exports: Exports) => {
            makeRoute(exports, name, { destinationCidrBlock, ...target });
          },
        }),
      ),
    ),
  ),
  {
    what: "lets a host that GitLab reaches out by a gateway that is not shown",
    mutate: (exports) => {
      const own = makeGroup(exports, "box", [], [{ from: 443, cidrs: ANYONE }]);
      allow(exports, "Ingress", own, { group: group(exports, "gitlab") }, 22);
      allow(exports, "Egress", group(exports, "gitlab"), { group: own }, 22);
      makeHost(exports, "box", subnet(exports, "isolated-2"), [own]);
      makeRoute(exports, "isolated-2", { destinationCidrBlock: "172.16.0.0/12", gatewayId: "vgw-other" });
      exports.change("dev", "SecurityGroup", "box", {
        egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ANYONE }],
      });
    },
  },
  ...["0.0.0.0/0", "203.0.113.9/32", "172.16.0.0/12"].map((cidr) => ({
    what: `lets GitLab out to ${cidr} by its group, though no route leads there`,
    mutate: (exports: Exports) => {
      allow(exports, "Egress", group(exports, "gitlab"), { cidr }, 443);
    },
  })),
  {
    what: "lets GitLab out by IPv6 by its group, though no route leads there",
    mutate: (exports) => {
      exports.add("dev", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "v6", {
        securityGroupId: group(exports, "gitlab"),
        cidrIpv6: "::/0",
        ipProtocol: "-1",
      });
    },
  },
  {
    what: "keeps one kind of ICMP from a host that GitLab reaches, and lets all of it out",
    mutate: (exports) => {
      const own = makeGroup(exports, "box", [], []);
      allow(exports, "Ingress", own, { group: group(exports, "gitlab") }, 22);
      allow(exports, "Egress", group(exports, "gitlab"), { group: own }, 22);
      makeHost(exports, "box", subnet(exports, "public-2"), [own], { associatePublicIpAddress: true });
      exports.change("dev", "SecurityGroup", "box", {
        egress: [{ protocol: "icmp", fromPort: -1, toPort: -1, cidrBlocks: ANYONE }],
      });
      isolatedAcl(exports, "public-2", [
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
];

/** C13. */
export const natAttacks: readonly Mutation[] = [
  {
    what: "runs another service of the component in a private subnet",
    mutate: (exports) => {
      const { outputs } = exports.find("dev", "Service", "source-proxy");
      anotherService(exports, outputs, { loadBalancers: [], taskDefinition: anotherTask(exports) });
    },
  },
  {
    what: "runs squid for nobody in a private subnet",
    mutate: (exports) => {
      const { outputs } = exports.find("dev", "Service", "source-proxy");
      anotherService(exports, outputs, { loadBalancers: [] });
    },
  },
  {
    what: "runs a squid that lets everything through behind a listener of its own",
    mutate: (exports) => {
      const { outputs } = exports.find("dev", "Service", "source-proxy");
      const task = exports.find("dev", "TaskDefinition", "source-proxy").outputs;
      const arn = "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/open:1";
      const containerDefinitions = withSquid(
        String(task.containerDefinitions),
        () => "http_port 3128\nhttp_access allow all\nhttp_access deny all\n",
      );
      exports.add(
        "dev",
        "aws:ecs/taskDefinition:TaskDefinition",
        "open",
        { arn, containerDefinitions },
        "open",
      );
      const own = makeGroup(exports, "second", [], [{ from: 3128, cidrs: [VPC] }]);
      const balancer = makeBalancer(exports, "second", {
        type: "network",
        internal: true,
        subnet: subnet(exports, "private-1"),
        groups: [own],
        port: 3128,
        target: { type: "ip", id: "10.0.64.200", port: 3128 },
      });
      const targetGroupArn = balancer.replace("loadbalancer/net", "targetgroup");
      anotherService(exports, outputs, {
        taskDefinition: arn,
        loadBalancers: [{ targetGroupArn, containerName: "squid", containerPort: 3128 }],
      });
    },
  },
  {
    what: "leads another subnet to a NAT gateway behind an endpoint that inspects its packets",
    mutate: (exports) => {
      exports.add(
        "dev",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "inspection",
        {
          vpcId: vpcId(exports),
          vpcEndpointType: "GatewayLoadBalancer",
          serviceName: endpointService,
          subnetIds: [subnet(exports, "private-1")],
        },
        "vpce-inspection",
      );
      makeRoute(exports, "isolated-2", {
        destinationCidrBlock: "0.0.0.0/0",
        vpcEndpointId: "vpce-inspection",
      });
      makeHost(exports, "box", subnet(exports, "isolated-2"), [group(exports, "squid")]);
    },
  },
  {
    what: "replaces another subnet's local route by a NAT gateway",
    mutate: (exports) => {
      makeRoute(exports, "isolated-2", { destinationCidrBlock: VPC, natGatewayId: nat(exports) });
      makeHost(exports, "box", subnet(exports, "isolated-2"), [group(exports, "squid")]);
    },
  },
];

/** C15. */
export const proxyUseAttacks: readonly Mutation[] = [
  {
    what: "makes the proxy's load balancer public and opens it",
    mutate: (exports) => {
      exports.change("dev", "LoadBalancer", "source-proxy", { internal: false });
      allow(exports, "Ingress", group(exports, "proxy"), { cidr: "203.0.113.0/24" }, 3128);
    },
  },
  ...["0.0.0.0/0", VPC, "10.0.64.0/20"].map((cidr) => ({
    what: `opens the proxy's load balancer to ${cidr}`,
    mutate: (exports: Exports) => {
      allow(exports, "Ingress", group(exports, "proxy"), { cidr }, 3128);
    },
  })),
  ...["0.0.0.0/0", "10.0.0.0/20"].map((cidr) => ({
    what: `opens squid itself to ${cidr}`,
    mutate: (exports: Exports) => {
      allow(exports, "Ingress", group(exports, "squid"), { cidr }, 3128);
    },
  })),
  {
    what: "takes the security group off the proxy's load balancer",
    mutate: (exports) => {
      exports.change("dev", "LoadBalancer", "source-proxy", { securityGroups: [] });
    },
  },
  {
    what: "opens the proxy to a peer",
    mutate: (exports) => {
      const peering = { vpcId: vpcId(exports), peerVpcId: "vpc-9" };
      exports.add("dev", "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peer", peering, "pcx-1");
      allow(exports, "Ingress", group(exports, "proxy"), { cidr: "172.16.0.0/12" }, 3128);
    },
  },
  {
    what: "opens the proxy to work terminals",
    mutate: (exports) => {
      exports.change("dev", "LoadBalancer", "source-proxy", { internal: false });
      allow(exports, "Ingress", group(exports, "proxy"), { cidr: "198.51.100.0/24" }, 3128);
    },
  },
  {
    what: "opens the proxy to another host's group",
    mutate: (exports) => {
      const own = makeGroup(exports, "box", [], [{ from: 3128, cidrs: [VPC] }]);
      makeHost(exports, "box", subnet(exports, "isolated-2"), [own]);
      allow(exports, "Ingress", group(exports, "proxy"), { group: own }, 3128);
    },
  },
  {
    what: "puts another host into GitLab's group",
    mutate: (exports) => {
      makeHost(exports, "box", subnet(exports, "isolated-2"), [group(exports, "gitlab")]);
    },
  },
  {
    what: "puts a second load balancer before squid, for everybody",
    mutate: (exports) => {
      const { outputs } = exports.find("dev", "Service", "source-proxy");
      const arn = publicBalancer(exports, "outer", { type: "ip", id: "10.0.64.200", port: 3128 });
      const targetGroupArn = arn.replace("loadbalancer/net", "targetgroup");
      const more = { targetGroupArn, containerName: "squid", containerPort: 3128 };
      const loadBalancers = [...(outputs.loadBalancers as unknown[]), more];
      exports.change("dev", "Service", "source-proxy", { loadBalancers });
      allow(exports, "Ingress", group(exports, "squid"), { group: "sg-outer" }, 3128);
      exports.remove("dev", "TargetGroupAttachment", "outer");
    },
  },
  {
    what: "puts a load balancer for all of the VPC before the address of the proxy's",
    mutate: (exports) => {
      const mapping = { subnetId: subnet(exports, "private-1"), privateIpv4Address: "10.0.64.77" };
      exports.change("dev", "LoadBalancer", "source-proxy", { subnetMappings: [mapping] });
      const own = makeGroup(exports, "inner", [{ from: 3128, cidrs: [VPC] }], [{ from: 3128, cidrs: [VPC] }]);
      makeBalancer(exports, "inner", {
        type: "network",
        internal: true,
        subnet: subnet(exports, "private-2"),
        groups: [own],
        port: 3128,
        target: { type: "ip", id: "10.0.64.77", port: 3128 },
      });
      allow(exports, "Ingress", group(exports, "proxy"), { group: own }, 3128);
    },
  },
  {
    what: "puts a public load balancer before the proxy's",
    mutate: (exports) => {
      const id = idOf(exports, "LoadBalancer", "source-proxy");
      publicBalancer(exports, "outer", { type: "alb", id, port: 3128 });
      allow(exports, "Ingress", group(exports, "proxy"), { group: "sg-outer" }, 3128);
    },
  },
];

/** C1, surely. */
export const livenessAttacks: readonly Mutation[] = [
  {
    what: "runs no task of the proxy",
    mutate: (exports) => {
      exports.change("dev", "Service", "source-proxy", { desiredCount: 0 });
    },
  },
  {
    what: "takes the NAT gateways' subnets' routes to the Internet away",
    mutate: (exports) => {
      for (const name of ["public-1", "public-2"]) exports.remove("dev", "Route", `source-network-${name}`);
    },
  },
  {
    what: "takes one NAT gateway's subnet's route to the Internet away",
    mutate: (exports) => {
      exports.remove("dev", "Route", "source-network-public-2");
    },
  },
  ...["private-1", "private-2"].map((name) => ({
    what: `has the route ${name} to the NAT gateway in the state blackhole`,
    mutate: (exports: Exports) => {
      exports.change("dev", "Route", `source-network-${name}`, { state: "blackhole" });
    },
  })),
  {
    what: "has the public routes in the state blackhole",
    mutate: (exports) => {
      for (const name of ["public-1", "public-2"])
        exports.change("dev", "Route", `source-network-${name}`, { state: "blackhole" });
    },
  },
  {
    what: "keeps an endpoint in GitLab's VPC that answers for CodeCommit's name",
    mutate: (exports) => {
      const { outputs } = exports.find("dev", "VpcEndpoint", "source-ssm");
      const serviceName = "com.amazonaws.ap-northeast-1.git-codecommit";
      exports.add("dev", "aws:ec2/vpcEndpoint:VpcEndpoint", "git", { ...outputs, serviceName }, "vpce-git");
    },
  },
];

const shut = (protocol: string, fromPort: number, toPort: number) => [
  { ruleNo: 1, action: "deny", protocol, fromPort, toPort, cidrBlock: "0.0.0.0/0" },
  { ...ANYTHING, ruleNo: 2, action: "allow", cidrBlock: "0.0.0.0/0" },
];
const open = [{ ...ANYTHING, ruleNo: 1, action: "allow", cidrBlock: "0.0.0.0/0" }];

/** A DNS firewall of the source that first does something with CodeCommit's name. */
function sourceFirewall(exports: Exports, action: "ALLOW" | "BLOCK"): void {
  const firewall = (name: string) => `aws:route53/resolverFirewall${name}:ResolverFirewall${name}`;
  const rule = { firewallRuleGroupId: "rslvr-frg-source" };
  exports.add("dev", firewall("RuleGroup"), "source", {}, "rslvr-frg-source");
  const association = { ...rule, vpcId: vpcId(exports), priority: 101 };
  exports.add("dev", firewall("RuleGroupAssociation"), "source", association);
  for (const [i, domain] of ["git-codecommit.ap-northeast-1.amazonaws.com.", "*"].entries()) {
    exports.add("dev", firewall("DomainList"), `list-${i}`, { domains: [domain] }, `rslvr-fdl-${i}`);
    exports.add("dev", firewall("Rule"), `rule-${i}`, {
      ...rule,
      firewallDomainListId: `rslvr-fdl-${i}`,
      priority: i + 1,
      action: i === 0 ? action : "BLOCK",
    });
  }
}

/** What leaves claims open. */
export const networkUnmodelled: readonly Unmodelled[] = [
  ...(
    [
      ["moves the proxy's listener to another port than GitLab asks", "Listener", { port: 3129 }, "proxy"],
      ["has the proxy's listener speak TLS", "Listener", { protocol: "TLS" }, "does not pass TCP on"],
      ["checks squid by HTTP", "TargetGroup", { healthCheck: { protocol: "HTTP" } }, "cannot succeed"],
      [
        "checks squid on another port",
        "TargetGroup",
        { healthCheck: { protocol: "TCP", port: "8080" } },
        "cannot succeed",
      ],
    ] as const
  ).map(([what, type, change, names]): Unmodelled => ({
    claim: "C1",
    what,
    names,
    mutate: (exports) => {
      exports.change("dev", type, "source-proxy", change);
    },
  })),
  {
    claim: "C1",
    what: "has packets get to a port on which squid does not listen",
    names: "listens on no port",
    mutate: (exports) => {
      const { outputs } = exports.find("dev", "Service", "source-proxy");
      const loadBalancers = (outputs.loadBalancers as object[]).map((one) => ({
        ...one,
        containerPort: 3129,
      }));
      exports.change("dev", "Service", "source-proxy", { loadBalancers });
      allow(exports, "Ingress", group(exports, "squid"), { group: group(exports, "proxy") }, 3129);
      allow(exports, "Egress", group(exports, "proxy"), { group: group(exports, "squid") }, 3129);
    },
  },
  {
    claim: "C1",
    what: "leads a private subnet to a NAT gateway that is gone",
    names: "gets to a NAT gateway that is shown",
    mutate: (exports) => {
      exports.change("dev", "Route", "source-network-private-1", { natGatewayId: "nat-gone" });
    },
  },
  {
    claim: "C1",
    what: "leads a part of the Internet past the NAT gateway",
    names: "for a part of the Internet only",
    mutate: (exports) => {
      makeRoute(exports, "private-1", {
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
  ).map(([what, where, ingress, egress]): Unmodelled => ({
    claim: "C1",
    what: `has a network ACL that ${what}`,
    names: "",
    mutate: (exports) => {
      isolatedAcl(exports, where, [...ingress], [...egress]);
    },
  })),
  {
    claim: "C1",
    what: "keeps answers of the Internet alone from the proxy's subnet",
    names: "do not let all of its packets",
    mutate: (exports) => {
      isolatedAcl(
        exports,
        "private-1",
        [{ ...ANYTHING, ruleNo: 1, action: "allow", cidrBlock: VPC }],
        [...open],
      );
    },
  },
  {
    claim: "C1",
    what: "leads the NAT gateways' subnets to an endpoint that is not shown",
    names: "do not lead to the Internet",
    mutate: (exports) => {
      for (const name of ["public-1", "public-2"])
        exports.change("dev", "Route", `source-network-${name}`, {
          gatewayId: "",
          vpcEndpointId: "vpce-firewall",
        });
    },
  },
  {
    claim: "C1",
    what: "makes a NAT gateway private",
    names: "gets to a NAT gateway that is shown",
    mutate: (exports) => {
      exports.change("dev", "NatGateway", "source-network-1", { connectivityType: "private" });
    },
  },
  {
    claim: "C1",
    what: "runs no task of the proxy until something scales it",
    names: "runs no task",
    mutate: (exports) => {
      exports.change("dev", "Service", "source-proxy", { desiredCount: 0 });
      exports.add("dev", "aws:appautoscaling/target:Target", "proxy", { minCapacity: 1 });
    },
  },
  {
    claim: "C1",
    what: "blocks CodeCommit's name by a firewall of GitLab's VPC",
    names: "blocks the name git-codecommit",
    mutate: (exports) => {
      sourceFirewall(exports, "BLOCK");
    },
  },
  {
    claim: "C8",
    what: "passes packets of another VPC on to GitLab's address, which is another host's there",
    names: "which is not shown",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/vpc:Vpc", "other", { cidrBlock: VPC }, "vpc-other");
      const given = { vpcId: "vpc-other", cidrBlock: "10.0.9.0/24" };
      exports.add("dev", "aws:ec2/subnet:Subnet", "other", given, "subnet-other");
      const id = String(gitlab(exports).outputs.privateIp);
      publicBalancer(exports, "outer", { type: "ip", id, port: 80 });
      exports.change("dev", "LoadBalancer", "outer", { subnets: ["subnet-other"] });
    },
  },
  {
    claim: "C1",
    what: "gives GitLab another proxy than the load balancer's name",
    names: "GitLab's proxy is http://elsewhere.internal:3128",
    mutate: (exports) => {
      exports.change("dev", "Stack", "git-airlock-dev", { proxyUrl: "http://elsewhere.internal:3128" });
    },
  },
  {
    claim: "C1",
    what: "turns the resolver of GitLab's VPC off",
    names: "enableDnsSupport",
    mutate: (exports) => {
      exports.change("dev", "ec2/vpc:Vpc", "source-network", { enableDnsSupport: false });
    },
  },
  ...(
    [
      ["aws:route53/zone:Zone", { name: "amazonaws.com", vpcs: [{ vpcId: "vpc-1" }] }],
      ["aws:route53/resolverRuleAssociation:ResolverRuleAssociation", {}],
      ["aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation", {}],
    ] as const
  ).map(([type, given]): Unmodelled => ({
    claim: "C1",
    what: `gives names another meaning by ${type}`,
    names: "another meaning",
    mutate: (exports) => {
      exports.add("dev", type, "names", given);
    },
  })),
  {
    claim: "C1",
    what: "lets squid serve other clients than the VPC's",
    names: "is not certain",
    mutate: (exports) => {
      rewriteSquid(exports, (text) => text.replace(VPC, "10.0.0.0/24"));
    },
  },
  ...(["C7", "C13", "C15"] as const).map((claim): Unmodelled => ({
    claim,
    what: "runs another program than squid behind the proxy's listener",
    names: "that it runs squid alone",
    mutate: (exports) => {
      exports.change("dev", "Service", "source-proxy", { taskDefinition: anotherTask(exports) });
    },
  })),
  ...(["C7", "C8"] as const).map((claim): Unmodelled => ({
    claim,
    what: "has a load balancer pass packets on to an address where nothing is shown",
    names: "10.0.64.200, which is not shown",
    mutate: (exports) => {
      publicBalancer(exports, "outer", { type: "ip", id: "10.0.64.200", port: 80 });
    },
  })),
  ...[
    [{ type: "authenticate-oidc" }],
    [{ type: "forward" }],
    [{ type: "forward", forward: { targetGroups: [{ weight: 1 }] } }],
  ].map((defaultActions): Unmodelled => ({
    claim: "C8",
    what: `has a listener act in a form that is not known, ${JSON.stringify(defaultActions)}`,
    names: "forwards in a form that is not understood",
    mutate: (exports) => {
      exports.change("dev", "Listener", "source-web", { defaultActions });
    },
  })),
  {
    claim: "C13",
    what: "leads a host to an endpoint that is not shown",
    names: "vpce-gone, which is not shown",
    mutate: (exports) => {
      makeRoute(exports, "isolated-2", { destinationCidrBlock: "0.0.0.0/0", vpcEndpointId: "vpce-gone" });
      makeHost(exports, "box", subnet(exports, "isolated-2"), []);
    },
  },
  {
    claim: "C7",
    what: "leads the proxy to an endpoint before the NAT gateway",
    names: "what stands behind that is not shown",
    mutate: (exports) => {
      exports.change("dev", "Route", "source-network-private-1", {
        natGatewayId: "",
        vpcEndpointId: "vpce-firewall",
      });
    },
  },
  {
    claim: "C13",
    what: "joins the NAT gateways' VPC to a core network that another stack attached",
    names: "core network lets other networks in",
    mutate: (exports) => {
      makeRoute(exports, "public-1", {
        destinationCidrBlock: "172.16.0.0/12",
        coreNetworkArn: "arn:aws:networkmanager::111111111111:core-network/core-network-1",
      });
    },
  },
  ...(["C7", "C8", "C15"] as const).map((claim): Unmodelled => ({
    claim,
    what: "runs a second host of the component beside GitLab",
    names: "which one is GitLab is not known",
    mutate: (exports) => {
      const name = "box";
      makeHost(exports, name, subnet(exports, "isolated-2"), [group(exports, "gitlab")]);
      const added = exports.find("dev", "Instance", name);
      added.urn = added.urn.replace(added.type, `git-airlock:source:NetworkedGitlab$${added.type}`);
    },
  })),
  {
    claim: "C13",
    what: "has two routes of one subnet to one destination",
    names: "has two routes to one destination",
    mutate: (exports) => {
      makeRoute(exports, "public-1", { destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat(exports) });
    },
  },
  {
    claim: "C7",
    what: "associates GitLab's subnet with two route tables",
    names: "has another routeTableId, too",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/routeTableAssociation:RouteTableAssociation", "second", {
        subnetId: subnet(exports, "isolated-1"),
        routeTableId: table(exports, "isolated-2"),
      });
    },
  },
  {
    claim: "C8",
    what: "gives GitLab's subnet two network ACLs",
    names: "has another network ACL, too",
    mutate: (exports) => {
      isolatedAcl(exports, "isolated-1", [...open]);
      const given = { vpcId: vpcId(exports), ingress: [], egress: [] };
      const subnetIds = [subnet(exports, "isolated-1")];
      exports.add("dev", "aws:ec2/networkAcl:NetworkAcl", "second", { ...given, subnetIds }, "acl-second");
    },
  },
  {
    claim: "C8",
    what: "denies by a rule of its own beside entries that a network ACL holds",
    names: "has entries beside rules of their own",
    mutate: (exports) => {
      isolatedAcl(exports, "isolated-1", [...open]);
      exports.add("dev", "aws:ec2/networkAclRule:NetworkAclRule", "deny", {
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
    names: "the network interfaces that it has are not all known",
    mutate: (exports) => {
      makeHost(exports, "box", subnet(exports, "isolated-2"), [], { launchTemplate: { id: "lt-1" } });
    },
  },
  ...["esp", "256", "-2"].map((protocol): Unmodelled => ({
    claim: "C8",
    what: `has a rule of the protocol ${protocol}`,
    names: `the protocol ${protocol} is not understood`,
    mutate: (exports) => {
      exports.add("dev", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "odd", {
        securityGroupId: group(exports, "ingress"),
        cidrIpv4: "198.51.100.0/24",
        ipProtocol: protocol,
      });
    },
  })),
];

/** What must change no verdict. */
export const networkHarmless: readonly Mutation[] = [
  ...[
    { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } },
    { type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } },
  ].map((action) => ({
    what: `answers by a ${action.type} on port 80`,
    mutate: (exports: Exports) => {
      const own = makeGroup(exports, "moved", [{ from: 80, cidrs: ANYONE }], []);
      makeBalancer(exports, "moved", {
        type: "application",
        internal: false,
        subnet: subnet(exports, "public-1"),
        groups: [own],
        port: 80,
        actions: [action],
      });
    },
  })),
  {
    what: "weighs the ingress between target groups of GitLab",
    mutate: (exports) => {
      const arn = idOf(exports, "TargetGroup", "source-web");
      exports.change("dev", "Listener", "source-web", {
        defaultActions: [{ type: "forward", forward: { targetGroups: [{ arn, weight: 1 }] } }],
      });
    },
  },
  {
    what: "puts an internal load balancer between the ingress and GitLab",
    mutate: (exports) => {
      const id = balancerBeforeGitlab(exports, "inner", VPC);
      const own = makeGroup(
        exports,
        "outer",
        [{ from: 80, cidrs: ["198.51.100.0/24"] }],
        [{ from: 80, cidrs: [VPC] }],
      );
      publicBalancer(exports, "outer-2", { type: "alb", id, port: 80 });
      exports.change("dev", "LoadBalancer", "outer-2", { securityGroups: [own] });
    },
  },
  {
    what: "lets GitLab reach a host with a public address, to which no route leads back",
    mutate: (exports) => {
      dropBox(exports, "isolated-2", { associatePublicIpAddress: true });
    },
  },
  {
    what: "lets GitLab reach a function in the VPC that has no way out",
    mutate: (exports) => {
      const own = makeGroup(exports, "inner", [{ from: 80, cidrs: [VPC] }], [{ from: 80, cidrs: [VPC] }]);
      const closed = makeGroup(exports, "function", [], []);
      const vpcConfig = { subnetIds: [subnet(exports, "isolated-2")], securityGroupIds: [closed] };
      const role = "arn:aws:iam::111111111111:role/answers";
      const trust = {
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      };
      const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
      exports.add(
        "dev",
        "aws:iam/role:Role",
        "answers",
        { name: "answers", arn: role, assumeRolePolicy },
        "answers",
      );
      exports.add("dev", "aws:lambda/function:Function", "answers", { vpcConfig, role }, "answers");
      makeBalancer(exports, "inner", {
        type: "application",
        internal: true,
        subnet: subnet(exports, "isolated-2"),
        groups: [own],
        port: 80,
        target: { type: "lambda", id: "answers", port: 80 },
      });
      allow(exports, "Egress", group(exports, "gitlab"), { group: own }, 80);
    },
  },
  {
    what: "lets all of the VPC in to GitLab",
    mutate: (exports) => {
      allow(exports, "Ingress", group(exports, "ingress"), { cidr: VPC }, 443);
    },
  },
  {
    what: "adds an endpoint for S3 to a public subnet's routes",
    mutate: (exports) => {
      const policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }],
      });
      const given = {
        vpcId: vpcId(exports),
        vpcEndpointType: "Gateway",
        serviceName: "com.amazonaws.ap-northeast-1.s3",
        routeTableIds: [table(exports, "public-1")],
        policy,
      };
      exports.add("dev", "aws:ec2/vpcEndpoint:VpcEndpoint", "s3", given, "vpce-s3");
    },
  },
  {
    what: "refreshes the state, after which a network ACL repeats rules of its own",
    mutate: (exports) => {
      isolatedAcl(exports, "isolated-2", [...open], [...open]);
      const rule = { ruleNumber: 1, ruleAction: "allow", protocol: "-1", cidrBlock: "0.0.0.0/0" };
      for (const egress of [true, false])
        exports.add("dev", "aws:ec2/networkAclRule:NetworkAclRule", `rule-${egress}`, {
          ...rule,
          egress,
          networkAclId: "acl-isolated-2",
        });
    },
  },
  {
    what: "keeps ssh out of the proxy's subnet by a network ACL",
    mutate: (exports) => {
      isolatedAcl(exports, "private-1", [...shut("tcp", 22, 22)]);
    },
  },
  {
    what: "lets CodeCommit's name alone through a firewall of GitLab's VPC",
    mutate: (exports) => {
      sourceFirewall(exports, "ALLOW");
    },
  },
  {
    what: "keeps another VPC in the source whose default network ACL is closed, with an endpoint for git",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" }, "vpc-other");
      const given = { vpcId: "vpc-other", cidrBlock: "10.9.0.0/24" };
      exports.add("dev", "aws:ec2/subnet:Subnet", "other", given, "subnet-other");
      const acl = { defaultNetworkAclId: "acl-1", vpcId: "vpc-other", ingress: [], egress: [] };
      exports.add("dev", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "acl", acl, "acl-1");
      exports.add("dev", "aws:ec2/securityGroup:SecurityGroup", "other", { vpcId: "vpc-other" }, "sg-other");
      const { outputs } = exports.find("dev", "VpcEndpoint", "source-ssm");
      const endpoint = {
        ...outputs,
        vpcId: "vpc-other",
        subnetIds: ["subnet-other"],
        securityGroupIds: ["sg-other"],
        serviceName: "com.amazonaws.ap-northeast-1.git-codecommit",
      };
      exports.add("dev", "aws:ec2/vpcEndpoint:VpcEndpoint", "git", endpoint, "vpce-git");
    },
  },
  {
    what: "lets GitLab reach a host that work terminals reach",
    mutate: (exports) => {
      dropBox(exports, "public-1", { associatePublicIpAddress: true }, ["198.51.100.0/24"]);
    },
  },
  {
    what: "keeps another VPC in the source, served by its main route table",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" }, "vpc-other");
      const given = { vpcId: "vpc-other", cidrBlock: "10.9.0.0/24" };
      exports.add("dev", "aws:ec2/subnet:Subnet", "other", given, "subnet-other");
      exports.add("dev", "aws:ec2/securityGroup:SecurityGroup", "other", { vpcId: "vpc-other" }, "sg-other");
      makeHost(exports, "other", "subnet-other", ["sg-other"], { privateIp: "10.9.0.9" });
    },
  },
  {
    what: "leaves the firewall of the isolated VPC to AWS's default, which is to fail closed",
    mutate: (exports) => {
      exports.remove("prd", "ResolverFirewallConfig", "target-isolated-dns-fail-closed");
    },
  },
  {
    what: "keeps another VPC in production that has an endpoint for git of its own, and a way out",
    mutate: (exports) => {
      exports.add("prd", "aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" }, "vpc-other");
      exports.add("prd", "aws:ec2/internetGateway:InternetGateway", "other", { vpcId: "vpc-other" }, "igw-2");
      const given = { vpcId: "vpc-other", cidrBlock: "10.9.0.0/24" };
      exports.add("prd", "aws:ec2/subnet:Subnet", "other", given, "subnet-other");
      exports.add(
        "prd",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "other",
        {
          vpcId: "vpc-other",
          vpcEndpointType: "Interface",
          serviceName: "com.amazonaws.ap-northeast-1.git-codecommit",
          subnetIds: ["subnet-other"],
          securityGroupIds: [],
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
          }),
        },
        "vpce-other",
      );
    },
  },
  {
    what: "keeps all of ICMP out by a network ACL, by name and by number",
    mutate: (exports) => {
      const every = { icmpType: -1, icmpCode: -1, cidrBlock: "0.0.0.0/0", action: "deny" };
      isolatedAcl(exports, "isolated-2", [
        { ...ANYTHING, ...every, protocol: "icmp", ruleNo: 1 },
        { ...ANYTHING, ...every, protocol: "1", ruleNo: 2 },
        { ...ANYTHING, ruleNo: 3, action: "allow", cidrBlock: "0.0.0.0/0" },
      ]);
    },
  },
  {
    what: "has the default network ACL as AWS makes it",
    mutate: (exports) => {
      const given = { defaultNetworkAclId: "acl-1", vpcId: vpcId(exports), ingress: open, egress: open };
      exports.add("dev", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "acl", given, "acl-1");
    },
  },
  {
    what: "keeps a virtual private gateway's routes to a network that GitLab's VPC does not reach",
    mutate: (exports) => {
      makeRoute(exports, "public-1", {
        destinationCidrBlock: "10.200.0.0/16",
        vpcPeeringConnectionId: "pcx-1",
      });
    },
  },
];
