import * as aws from "@pulumi/aws";
import { isolatedVpcResolverIsClosed } from "../../policies/resolvers";
import * as isolatedVpc from "../../policies/isolatedVpc";
import { describeRule, UNKNOWN } from "./describeRule";
import { subject, type Subject } from "./harness";

/** Two VPCs, of which the one with the pull endpoint is isolated. */
function networks(...more: Subject[]): Subject[] {
  return [
    subject(aws.ec2.Vpc, "room", { id: "vpc-room", mainRouteTableId: "rtb-main" }),
    subject(aws.ec2.Vpc, "office", { id: "vpc-office" }),
    subject(aws.ec2.Subnet, "room", { id: "subnet-room", vpcId: "vpc-room" }),
    subject(aws.ec2.Subnet, "office", { id: "subnet-office", vpcId: "vpc-office" }),
    subject(aws.ec2.VpcEndpoint, "pull", {
      vpcId: "vpc-room",
      serviceName: "com.amazonaws.eu-west-1.git-codecommit",
    }),
    ...more,
  ];
}

const gateways: [string, Parameters<typeof subject>[0], string, unknown, unknown][] = [
  ["an Internet gateway", aws.ec2.InternetGateway, "vpcId", "vpc-office", "vpc-room"],
  ["an attachment of one", aws.ec2.InternetGatewayAttachment, "vpcId", "vpc-office", "vpc-room"],
  ["an egress-only gateway", aws.ec2.EgressOnlyInternetGateway, "vpcId", "vpc-office", "vpc-room"],
  ["a NAT gateway", aws.ec2.NatGateway, "subnetId", "subnet-office", "subnet-room"],
  ["a peering connection", aws.ec2.VpcPeeringConnection, "peerVpcId", "vpc-office", "vpc-room"],
  ["a VPN gateway", aws.ec2.VpnGateway, "vpcId", "vpc-office", "vpc-room"],
  ["a transit gateway", aws.ec2transitgateway.VpcAttachment, "vpcId", "vpc-office", "vpc-room"],
  [
    "a core network",
    aws.networkmanager.VpcAttachment,
    "vpcArn",
    "arn:aws:ec2:eu-west-1:444455556666:vpc/vpc-office",
    "arn:aws:ec2:eu-west-1:444455556666:vpc/vpc-room",
  ],
  [
    "a service network",
    aws.vpclattice.ServiceNetworkVpcAssociation,
    "vpcIdentifier",
    "vpc-office",
    "vpc-room",
  ],
  ["a resolver rule", aws.route53.ResolverRuleAssociation, "vpcId", "vpc-office", "vpc-room"],
  ["an attachment of a VPN gateway", aws.ec2.VpnGatewayAttachment, "vpcId", "vpc-office", "vpc-room"],
  [
    "an outbound resolver endpoint",
    aws.route53.ResolverEndpoint,
    "ipAddresses",
    [{ subnetId: "subnet-office" }],
    [{ subnetId: "subnet-office" }, { subnetId: "subnet-room" }],
  ],
];
for (const [title, type, property, elsewhere, inside] of gateways) {
  describeRule(title, {
    rule: isolatedVpc.isolatedVpcHasNoGateway,
    program: (properties) => networks(subject(type, "link", properties)),
    good: { [property]: elsewhere },
    bad: { [property]: inside },
    says: '"link" is ',
  });
}
describeRule("a VPC whose pull endpoint is the FIPS one", {
  rule: isolatedVpc.isolatedVpcHasNoGateway,
  program: (properties) => [
    subject(aws.ec2.Vpc, "room", { id: "vpc-room" }),
    subject(aws.ec2.VpcEndpoint, "pull", {
      vpcId: "vpc-room",
      serviceName: "com.amazonaws.us-east-1.git-codecommit-fips",
    }),
    subject(aws.ec2.InternetGateway, "link", properties),
  ],
  good: { vpcId: "vpc-office" },
  bad: { vpcId: "vpc-room" },
  says: '"link" is an Internet gateway of the isolated Vpc "room"',
});
describeRule("the room's own link", {
  rule: isolatedVpc.isolatedVpcHasNoGateway,
  settings: { roomLink: ["link"] },
  program: (properties) =>
    networks(
      subject(aws.ec2.VpnGateway, "link", { vpcId: "vpc-room" }),
      subject(aws.ec2.VpnGateway, "other", properties),
    ),
  good: { vpcId: "vpc-office" },
  bad: { vpcId: "vpc-room" },
  says: '"other" is a VPN gateway',
});
describeRule("a VPC that another stack made", {
  rule: isolatedVpc.isolatedVpcHasNoGateway,
  program: (properties) => [
    subject(aws.ec2.VpcEndpoint, "pull", {
      vpcId: "vpc-brought",
      serviceName: "com.amazonaws.eu-west-1.git-codecommit",
    }),
    subject(aws.ec2.InternetGateway, "link", properties),
  ],
  good: { vpcId: "vpc-office" },
  bad: { vpcId: "vpc-brought" },
  says: "an Internet gateway of the isolated vpc-brought",
  // Of a VPC that is not here only the id can be told.
  ifUnknown: "passes",
});

const table = subject(aws.ec2.RouteTable, "room", { id: "rtb-room", vpcId: "vpc-room", routes: [] });
describeRule("a route of its own", {
  rule: isolatedVpc.isolatedVpcHasNoRoute,
  program: (properties) =>
    networks(table, subject(aws.ec2.Route, "leak", { gatewayId: "igw-1", ...properties })),
  good: { routeTableId: "rtb-office" },
  bad: { routeTableId: "rtb-room" },
  says: "by gatewayId",
});
describeRule("the main table", {
  rule: isolatedVpc.isolatedVpcHasNoRoute,
  program: (properties) => networks(subject(aws.ec2.DefaultRouteTable, "main", properties)),
  good: { defaultRouteTableId: "rtb-main", routes: [] },
  bad: { defaultRouteTableId: "rtb-main", routes: [{ cidrBlock: "10.0.0.0/8", transitGatewayId: "tgw-1" }] },
  says: "holds a route to 10.0.0.0/8 by transitGatewayId",
  unknown: { defaultRouteTableId: "rtb-main", routes: UNKNOWN },
});
describeRule("what a VPN gateway announces", {
  rule: isolatedVpc.isolatedVpcHasNoRoute,
  program: (properties) =>
    networks(subject(aws.ec2.RouteTable, "room", { id: "rtb-room", vpcId: "vpc-room", ...properties })),
  good: { routes: [], propagatingVgws: [] },
  bad: { routes: [], propagatingVgws: ["vgw-1"] },
  says: "vgw-1",
});
describeRule("the room's own routes, which are fixed", {
  rule: isolatedVpc.isolatedVpcHasNoRoute,
  settings: { roomLink: ["home"] },
  program: (properties) =>
    networks(
      table,
      subject(aws.ec2.Route, "home", { routeTableId: "rtb-room", gatewayId: "vgw-1", ...properties }),
    ),
  good: { destinationCidrBlock: "10.20.0.0/16" },
  bad: { destinationCidrBlock: "0.0.0.0/0" },
  says: "Name the room's own ranges",
  unknown: { routeTableId: UNKNOWN, destinationCidrBlock: "10.20.0.0/16" },
});

/** A VPC with a DNS Firewall. */
function resolver({ firewallFailOpen = "DISABLED", domains = ["*."] }: Record<string, unknown>): Subject[] {
  const git = ["git-codecommit.eu-west-1.amazonaws.com."];
  const rule = (name: string, action: string) =>
    subject(aws.route53.ResolverFirewallRule, name, {
      firewallRuleGroupId: "group",
      firewallDomainListId: name,
      action,
    });
  return networks(
    subject(aws.route53.ResolverFirewallConfig, "config", { resourceId: "vpc-room", firewallFailOpen }),
    subject(aws.route53.ResolverFirewallRuleGroup, "group", { id: "group" }),
    subject(aws.route53.ResolverFirewallRuleGroupAssociation, "group", {
      vpcId: "vpc-room",
      firewallRuleGroupId: "group",
    }),
    subject(aws.route53.ResolverFirewallDomainList, "git", { id: "git", domains: git }),
    subject(aws.route53.ResolverFirewallDomainList, "all", { id: "all", domains }),
    rule("git", "ALLOW"),
    rule("all", "BLOCK"),
  );
}
describeRule("what it does when its firewall does not answer", {
  rule: isolatedVpcResolverIsClosed,
  program: resolver,
  good: { firewallFailOpen: "DISABLED" },
  bad: { firewallFailOpen: "ENABLED" },
  says: "firewallFailOpen ENABLED",
});
describeRule("what is blocked", {
  rule: isolatedVpcResolverIsClosed,
  program: resolver,
  good: { domains: ["*."] },
  bad: { domains: ["example.com."] },
  says: "asking for any name",
});
