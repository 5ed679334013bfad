/** Ways out of the isolated VPC, and into it. */
import { account, document, hourlyTask, openPolicy, scheduledTask, unread } from "./parts";
import type { Editor } from "./editor";
import { each, type Weakening } from "./weakening";

const vpcId = (stack: Editor) => stack.ref("ec2.Vpc", "target-isolated");
const subnetId = (stack: Editor) => stack.ref("ec2.Subnet", "target-isolated-subnet-ap-northeast-1a");
const routeTableId = (stack: Editor) => stack.ref("ec2.RouteTable", "target-isolated-routes");

/** Adds a route to the isolated table. */
const route = (stack: Editor, name: string, properties: Record<string, unknown>) =>
  stack.add("ec2.Route", name, { routeTableId: routeTableId(stack), ...properties });

/** The room comes in by a transit gateway of the stack, with a route to it. */
function roomLink(stack: Editor, destinationCidrBlock: string): void {
  const transitGatewayId = "tgw-1";
  stack.add("ec2transitgateway.VpcAttachment", "room", {
    vpcId: vpcId(stack),
    transitGatewayId,
    subnetIds: [subnetId(stack)],
  });
  route(stack, "room", { destinationCidrBlock, transitGatewayId });
}

/** Adds an endpoint to the isolated VPC. */
const addEndpoint = (stack: Editor, serviceName: string, properties: Record<string, unknown>) =>
  stack.add("ec2.VpcEndpoint", "more", {
    vpcId: vpcId(stack),
    vpcEndpointType: "Interface",
    serviceName,
    policy: openPolicy,
    ...properties,
  });

const inSubnet = (stack: Editor) => ({ subnetIds: [subnetId(stack)], securityGroupIds: [] });

const ROUTE = "isolated-vpc-has-no-route";

const routes = each({ stack: "target", claim: "C6" }, [
  ...Object.entries({
    natGatewayId: "nat-0123456789abcdef0",
    gatewayId: "igw-1",
    egressOnlyGatewayId: "eigw-1",
    transitGatewayId: "tgw-1",
    vpcPeeringConnectionId: "pcx-1",
    networkInterfaceId: "eni-1",
    vpcEndpointId: "vpce-1",
    carrierGatewayId: "cagw-1",
    localGatewayId: "lgw-1",
    coreNetworkArn: `arn:aws:networkmanager::${account}:core-network/core-network-1`,
  }).map(([target, to]) => ({
    what: `adds a route to the isolated VPC's table by ${target}`,
    edit: (stack: Editor) => route(stack, "leak", { destinationCidrBlock: "0.0.0.0/0", [target]: to }),
    rule: [ROUTE, "leak", "0.0.0.0/0", target] as const,
  })),
  ...["10.0.0.0/8", "203.0.113.7/32", "::/0"].map((destination) => ({
    what: `writes a route to ${destination} into the isolated VPC's table itself`,
    edit: (stack: Editor) => {
      const range = destination.includes(":") ? { ipv6CidrBlock: destination } : { cidrBlock: destination };
      const toTransit = { ...range, transitGatewayId: "tgw-0123456789abcdef0" };
      stack.change("ec2.RouteTable", "target-isolated-routes", { routes: [toTransit] });
    },
    rule: [ROUTE, "target-isolated-routes", destination, "transitGatewayId"] as const,
  })),
  {
    what: "puts a route into the isolated VPC's main table",
    edit: (stack) => {
      const main = stack.ref("ec2.Vpc", "target-isolated", "mainRouteTableId");
      stack.add("ec2.Route", "main", { routeTableId: main, destinationIpv6CidrBlock: "::/0" });
    },
    unknown: "a route's target is not known",
    rule: [ROUTE, "main", "::/0"],
  },
  {
    what: "routes the room's link to more than the room",
    edit: (stack) => {
      roomLink(stack, "192.0.2.0/23");
    },
  },
  {
    what: "routes to the Internet beside the room's link",
    edit: (stack) => {
      roomLink(stack, "192.0.2.0/24");
      const toRoom = { cidrBlock: "192.0.2.0/25", transitGatewayId: "tgw-1" };
      const out = { cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" };
      stack.change("ec2.RouteTable", "target-isolated-routes", { routes: [toRoom, out] });
    },
  },
  {
    what: "brings the room in by a transit gateway of the stack, with a route to the room",
    edit: (stack) => {
      roomLink(stack, "192.0.2.0/24");
    },
    unknown: "is taken for the room's link",
  },
  {
    what: "writes a route of the isolated VPC's table in the source's stack",
    stack: "source",
    edit: (source, target) => {
      const properties = { destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" };
      source.add("ec2.Route", "leak", { routeTableId: routeTableId(target), ...properties });
    },
    unknown: "is of the stack dev and concerns rtb-",
  },
]);

const GATEWAY = "isolated-vpc-has-no-gateway";

const gateways = each({ stack: "target", claim: "C6" }, [
  {
    what: "puts an Internet gateway into the isolated VPC",
    edit: (stack) => stack.add("ec2.InternetGateway", "way-out", { vpcId: vpcId(stack) }),
    rule: [GATEWAY, "way-out", "Internet gateway", "target-isolated"],
  },
  {
    what: "attaches an Internet gateway to the isolated VPC",
    edit: (stack) => {
      const internetGatewayId = stack.add("ec2.InternetGateway", "igw");
      stack.add("ec2.InternetGatewayAttachment", "att", { vpcId: vpcId(stack), internetGatewayId });
    },
  },
  {
    what: "leaves an old Internet gateway to be deleted later",
    edit: (stack) => {
      stack.add("ec2.InternetGateway", "old", { vpcId: vpcId(stack) });
      stack.find("ec2.InternetGateway", "old").delete = true;
    },
  },
  {
    what: "puts an egress-only gateway into the isolated VPC",
    edit: (stack) => stack.add("ec2.EgressOnlyInternetGateway", "eigw", { vpcId: vpcId(stack) }),
  },
  {
    what: "puts a VPN gateway into the isolated VPC",
    edit: (stack) => stack.add("ec2.VpnGateway", "vgw", { vpcId: vpcId(stack) }),
  },
  {
    what: "peers the isolated VPC with another one",
    edit: (stack) => {
      const peering = { vpcId: vpcId(stack), peerVpcId: "vpc-0000000000000000f" };
      stack.add("ec2.VpcPeeringConnection", "peering", peering);
    },
    rule: [GATEWAY, "peering", "target-isolated"],
  },
  {
    what: "accepts a peering of the isolated VPC",
    edit: (stack) => {
      const peering = { vpcId: "vpc-0000000000000000f", peerVpcId: vpcId(stack) };
      stack.add("ec2.VpcPeeringConnection", "peering", peering);
    },
    rule: [GATEWAY, "peering", "target-isolated"],
  },
  {
    what: "peers the isolated VPC from the source's stack",
    stack: "source",
    edit: (source, target) => {
      const vpc = source.ref("ec2.Vpc", "source-network");
      source.add("ec2.VpcPeeringConnection", "peer", { vpcId: vpc, peerVpcId: vpcId(target) });
    },
    unknown: "is of the stack dev and concerns vpc-",
  },
  {
    what: "attaches the isolated VPC to a transit gateway",
    edit: (stack) => {
      const attachment = { vpcId: vpcId(stack), transitGatewayId: "tgw-0123456789abcdef0" };
      stack.add("ec2transitgateway.VpcAttachment", "transit", attachment);
    },
    rule: [GATEWAY, "transit", "transit gateway", "target-isolated"],
  },
  {
    what: "puts a NAT gateway into an isolated subnet",
    edit: (stack) =>
      stack.add("ec2.NatGateway", "nat", { subnetId: subnetId(stack), connectivityType: "private" }),
  },
]);

const workloads = each({ stack: "target", claim: "C6" }, [
  {
    what: "runs an instance in an isolated subnet",
    edit: (stack) => {
      const box = { subnetId: subnetId(stack), vpcSecurityGroupIds: [], privateIp: "10.1.0.9" };
      stack.add("ec2.Instance", "box", box);
    },
  },
  {
    what: "puts a load balancer into an isolated subnet",
    edit: (stack) => {
      const balancer = { loadBalancerType: "network", internal: false, securityGroups: [] };
      stack.add("lb.LoadBalancer", "lb", { subnets: [subnetId(stack)], ...balancer });
    },
  },
  {
    what: "maps a load balancer to an isolated subnet",
    edit: (stack) => {
      const subnetMappings = [{ subnetId: subnetId(stack) }];
      stack.add("lb.LoadBalancer", "mapped", { loadBalancerType: "network", subnetMappings });
    },
  },
  {
    what: "keeps a load balancer whose subnets are not shown",
    edit: (stack) => stack.add("lb.LoadBalancer", "more", { loadBalancerType: "network" }),
    unknown: "the subnets that it stands in",
  },
  {
    what: "runs a task in an isolated subnet every hour",
    edit: (stack) => {
      hourlyTask(stack, subnetId(stack));
    },
  },
  {
    what: "schedules a task in an isolated subnet",
    edit: (stack) => {
      scheduledTask(stack, subnetId(stack));
    },
  },
]);

const endpoints = each({ stack: "target", claim: "C6" }, [
  ...["s3", "dynamodb"].map((service) => ({
    what: `adds a gateway endpoint for ${service} with an open policy`,
    edit: (stack: Editor) => {
      const ofTable = { vpcEndpointType: "Gateway", routeTableIds: [routeTableId(stack)] };
      addEndpoint(stack, `com.amazonaws.ap-northeast-1.${service}`, ofTable);
    },
  })),
  ...["sts", "logs", "execute-api", "s3"].map((service) => ({
    what: `adds an interface endpoint for ${service} with an open policy`,
    edit: (stack: Editor) => addEndpoint(stack, `com.amazonaws.ap-northeast-1.${service}`, inSubnet(stack)),
  })),
  {
    what: "adds an endpoint to somebody's own service",
    edit: (stack) => {
      const theirs = "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0";
      addEndpoint(stack, theirs, inSubnet(stack));
    },
  },
  {
    what: "adds a pinned endpoint to a service that is not AWS's",
    edit: (stack) => {
      const pins = { "aws:PrincipalAccount": account, "aws:ResourceAccount": account };
      const everything = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
      const policy = document({ ...everything, Condition: { StringEquals: pins } });
      addEndpoint(stack, "com.example.ap-northeast-1.backup", { ...inSubnet(stack), policy });
    },
  },
  {
    what: "lets half of the Internet reach the pull endpoint",
    edit: (stack) => {
      const everyone = { cidrIpv4: "128.0.0.0/1" };
      stack.change("vpc.SecurityGroupIngressRule", "target-pull-endpoint-from-192.0.2.0-24", everyone);
    },
    claim: [],
    rule: ["no-world-open-ingress", "target-pull-endpoint-from-192.0.2.0-24", "128.0.0.0/1"],
  },
]);

const RESOLVER = "isolated-vpc-resolver-is-closed";
const NAMES = "target-isolated-dns-endpoint-names";
const BLOCK = "target-isolated-dns-block-all";

const names = each({ stack: "target", claim: "C6" }, [
  {
    what: "lets the isolated VPC's resolver answer when its firewall does not",
    edit: (stack) => {
      const failOpen = { firewallFailOpen: "ENABLED" };
      stack.change("route53.ResolverFirewallConfig", "target-isolated-dns-fail-closed", failOpen);
    },
    rule: [RESOLVER, "target-isolated", "firewallFailOpen ENABLED"],
  },
  {
    what: "takes away the rule that blocks all other names",
    edit: (stack) => stack.remove("route53.ResolverFirewallRule", BLOCK),
    rule: [RESOLVER, "target-isolated", "any name"],
  },
  {
    what: "only alerts of other names",
    edit: (stack) => stack.change("route53.ResolverFirewallRule", BLOCK, { action: "ALERT" }),
  },
  {
    what: "blocks queries of one type alone",
    edit: (stack) => stack.change("route53.ResolverFirewallRule", BLOCK, { qType: "A" }),
  },
  {
    what: "takes the firewall off the isolated VPC",
    edit: (stack) =>
      stack.remove("route53.ResolverFirewallRuleGroupAssociation", "target-isolated-dns-association"),
  },
  {
    what: "asks rules of another firewall group first",
    edit: (stack) =>
      stack.add("route53.ResolverFirewallRuleGroupAssociation", "first", {
        vpcId: vpcId(stack),
        firewallRuleGroupId: "rslvr-frg-0",
        priority: 101,
      }),
    unknown: "the rules of rslvr-frg-0 are not shown",
  },
  {
    what: "lets the isolated VPC look up any name of amazonaws.com, and no other",
    edit: (stack) =>
      stack.change("route53.ResolverFirewallDomainList", NAMES, { domains: ["*.amazonaws.com."] }),
    rule: [RESOLVER, "target-isolated", "*.amazonaws.com."],
  },
  ...["*.amazonaws.com.", "attacker.example.com.", "*"].map((domain) => ({
    what: `lets the isolated VPC look up ${domain}, too`,
    edit: (stack: Editor) => {
      const { domains } = stack.find("route53.ResolverFirewallDomainList", NAMES).outputs;
      stack.change("route53.ResolverFirewallDomainList", NAMES, { domains: [domains, domain].flat() });
    },
  })),
  {
    what: "sends the isolated VPC's DNS questions elsewhere",
    edit: (stack) => {
      const ipAddresses = [{ subnetId: subnetId(stack) }];
      stack.add("route53.ResolverEndpoint", "forwarder", { direction: "OUTBOUND", ipAddresses });
    },
    unknown: "aws:route53/resolverEndpoint:ResolverEndpoint",
    rule: [GATEWAY, "forwarder", "outbound resolver endpoint"],
  },
]);

const unknownTypes = [
  ...unread("target", "C6", [
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
    "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
    "aws:route53/resolverRuleAssociation:ResolverRuleAssociation",
    "aws:route53/resolverEndpoint:ResolverEndpoint",
    "aws:ram/resourceAssociation:ResourceAssociation",
  ]),
  ...unread("target", "C5", ["aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"]),
];

export const isolatedNetwork: readonly Weakening[] = [
  ...routes,
  ...gateways,
  ...workloads,
  ...endpoints,
  ...names,
  ...unknownTypes,
];
