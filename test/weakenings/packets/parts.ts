/** What networks are weakened with: hosts, groups, load balancers, routes. */
import type { Editor } from "../editor";

export const ANYONE = ["0.0.0.0/0"];

export const VPC = "10.0.0.0/16";

export const idOf = (stack: Editor, type: string, name: string) => String(stack.find(type, name).id);

export const vpcId = (stack: Editor) => idOf(stack, "ec2.Vpc", "source-network");

export const subnet = (stack: Editor, name: string) => idOf(stack, "ec2.Subnet", `source-network-${name}`);

export const table = (stack: Editor, name: string) => idOf(stack, "ec2.RouteTable", `source-network-${name}`);

export const group = (stack: Editor, name: string) => idOf(stack, "ec2.SecurityGroup", `source-${name}`);

export const nat = (stack: Editor) => idOf(stack, "ec2.NatGateway", "source-network-1");

export const gitlab = (stack: Editor) => stack.find("ec2.Instance", "source-gitlab");

export interface Ports {
  readonly from: number;
  readonly to?: number;
}

/** A security group that lets ranges in and out by TCP. */
export function makeGroup(
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
export function allow(
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

export interface Balancer {
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
export function makeBalancer(stack: Editor, name: string, given: Balancer): string {
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

export function makeHost(
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

export function makeRoute(stack: Editor, tableName: string, properties: Record<string, unknown>): void {
  stack.add("ec2.Route", `to-${Object.values(properties).join("-")}`, {
    routeTableId: table(stack, tableName),
    ...properties,
  });
}

/** An internal load balancer before GitLab, which admits what this one's group admits. */
export function balancerBeforeGitlab(
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

export function publicBalancer(stack: Editor, name: string, target: NonNullable<Balancer["target"]>): string {
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
export function dropBox(
  stack: Editor,
  where: string,
  more: Record<string, unknown> = {},
  ingress = ANYONE,
): string {
  const own = makeGroup(stack, "box", [{ from: 22, cidrs: ingress }], []);
  allow(stack, "Ingress", own, { group: group(stack, "gitlab") }, 22);
  allow(stack, "Egress", group(stack, "gitlab"), { group: own }, 22);
  return makeHost(stack, "box", subnet(stack, where), [own], more);
}

export const ANYTHING = { protocol: "-1", fromPort: 0, toPort: 0 };

export type Entry = Record<string, unknown>;

/** A network ACL of a subnet. */
export function isolatedAcl(stack: Editor, where: string, ingress: Entry[], egress = ingress): void {
  const given = { vpcId: vpcId(stack), subnetIds: [subnet(stack, where)], ingress, egress };
  stack.add("ec2.NetworkAcl", `acl-${where}`, given, `acl-${where}`);
}

/** Another service within the component. */
export function anotherService(
  stack: Editor,
  like: Record<string, unknown>,
  given: Record<string, unknown>,
): void {
  const type = stack.find("ecs.Service", "source-proxy").type;
  const arn = "arn:aws:ecs:ap-northeast-1:111111111111:service/other";
  stack.add(type, "other", { ...like, name: "other", arn, ...given }, arn);
  const added = stack.find("ecs.Service", "other");
  added.urn = added.urn.replace(type, `git-airlock:source:NetworkedGitlab$${type}`);
}

/** Tasks that run another program than squid. */
export function anotherTask(stack: Editor): string {
  const arn = "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/other:1";
  const containerDefinitions = JSON.stringify([{ name: "squid", image: "socat", command: ["socat"] }]);
  stack.add("ecs.TaskDefinition", "other", { arn, containerDefinitions }, "other");
  return arn;
}

/** Rewrites squid.conf where the task definition holds it. */
export function rewriteSquid(stack: Editor, rewrite: (text: string) => string): void {
  const { containerDefinitions } = stack.find("ecs.TaskDefinition", "source-proxy").outputs;
  const rewritten = withSquid(String(containerDefinitions), rewrite);
  stack.change("ecs.TaskDefinition", "source-proxy", { containerDefinitions: rewritten });
}

/** Container definitions with another squid.conf. Fails where nothing changes. */
export function withSquid(containerDefinitions: string, rewrite: (text: string) => string): string {
  const after = containerDefinitions.replace(
    /("SQUID_CONF","value":")([^"]+)/,
    (_, before: string, text: string) =>
      before + Buffer.from(rewrite(Buffer.from(text, "base64").toString())).toString("base64"),
  );
  if (after === containerDefinitions) throw new Error("there is no squid.conf to change");
  return after;
}

export const shut = (protocol: string, fromPort: number, toPort: number) => [
  { ruleNo: 1, action: "deny", protocol, fromPort, toPort, cidrBlock: "0.0.0.0/0" },
  { ...ANYTHING, ruleNo: 2, action: "allow", cidrBlock: "0.0.0.0/0" },
];

export const open = [{ ...ANYTHING, ruleNo: 1, action: "allow", cidrBlock: "0.0.0.0/0" }];

export const CODECOMMIT = "git-codecommit.ap-northeast-1.amazonaws.com";

/** A DNS firewall of the source, before its own, that first does something with some names. */
export function sourceFirewall(stack: Editor, action: "ALLOW" | "BLOCK", ...names: string[]): void {
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

/** Another VPC of the target with a way out, and an endpoint for git that lets some addresses in. */
export function otherGitEndpoint(stack: Editor, cidr: string): void {
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
