/** Weakened networks, by the claim that must be refuted. */
import { z } from "zod";
import type { Exports, Mutation } from "./exports";

const openPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});
const idOf = (exports: Exports, side: "dev" | "prd", type: string, name: string) =>
  String(exports.find(side, type, name).id);
const isolatedVpc = (exports: Exports) => idOf(exports, "prd", "Vpc", "target-isolated");
const isolatedSubnet = (exports: Exports) =>
  idOf(exports, "prd", "Subnet", "target-isolated-subnet-ap-northeast-1a");
const isolatedRoutes = (exports: Exports) => idOf(exports, "prd", "RouteTable", "target-isolated-routes");

/** The room comes in by a transit gateway of the stack, with a route to it. */
export function roomLink(exports: Exports, destinationCidrBlock: string): void {
  exports.add("prd", "aws:ec2transitgateway/vpcAttachment:VpcAttachment", "room", {
    vpcId: isolatedVpc(exports),
    transitGatewayId: "tgw-1",
    subnetIds: [isolatedSubnet(exports)],
  });
  exports.add("prd", "aws:ec2/route:Route", "room", {
    routeTableId: isolatedRoutes(exports),
    destinationCidrBlock,
    transitGatewayId: "tgw-1",
  });
}

const TARGETS = {
  gatewayId: "igw-1",
  natGatewayId: "nat-1",
  egressOnlyGatewayId: "eigw-1",
  transitGatewayId: "tgw-1",
  vpcPeeringConnectionId: "pcx-1",
  networkInterfaceId: "eni-1",
  vpcEndpointId: "vpce-1",
  carrierGatewayId: "cagw-1",
  localGatewayId: "lgw-1",
  coreNetworkArn: "arn:aws:networkmanager::222222222222:core-network/core-network-1",
} as const;

/** A task that a rule runs every hour. */
function hourlyTask(exports: Exports, side: "dev" | "prd", subnet: string): void {
  exports.add(side, "aws:cloudwatch/eventRule:EventRule", "hourly", {
    name: "hourly",
    scheduleExpression: "rate(1 hour)",
  });
  exports.add(side, "aws:cloudwatch/eventTarget:EventTarget", "task", {
    rule: "hourly",
    arn: "arn:aws:ecs:ap-northeast-1:222222222222:cluster/jobs",
    ecsTarget: { taskDefinitionArn: "job", networkConfiguration: { subnets: [subnet] } },
  });
}

/** A task that EventBridge Scheduler runs. */
function scheduledTask(exports: Exports, side: "dev" | "prd", subnet: string): void {
  exports.add(side, "aws:scheduler/schedule:Schedule", "nightly", {
    target: {
      arn: "arn:aws:ecs:ap-northeast-1:222222222222:cluster/jobs",
      ecsParameters: { taskDefinitionArn: "job", networkConfiguration: { subnets: [subnet] } },
    },
  });
}

/** C6. */
export const isolationMutants: readonly Mutation[] = [
  {
    what: "maps a load balancer to an isolated subnet",
    mutate: (exports) => {
      exports.add("prd", "aws:lb/loadBalancer:LoadBalancer", "mapped", {
        ...{ loadBalancerType: "network", subnetMappings: [{ subnetId: isolatedSubnet(exports) }] },
      });
    },
  },
  {
    what: "runs a task in an isolated subnet every hour",
    mutate: (exports) => {
      hourlyTask(exports, "prd", isolatedSubnet(exports));
    },
  },
  {
    what: "schedules a task in an isolated subnet",
    mutate: (exports) => {
      scheduledTask(exports, "prd", isolatedSubnet(exports));
    },
  },
  {
    what: "leaves an old Internet gateway to be deleted later",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:ec2/internetGateway:InternetGateway",
        "old",
        { vpcId: isolatedVpc(exports) },
        "igw-old",
      );
      exports.find("prd", "InternetGateway", "old").delete = true;
    },
  },
  {
    what: "routes the room's link to more than the room",
    mutate: (exports) => {
      roomLink(exports, "192.0.2.0/23");
    },
  },
  {
    what: "routes to the Internet beside the room's link",
    mutate: (exports) => {
      roomLink(exports, "192.0.2.0/24");
      exports.change("prd", "RouteTable", "target-isolated-routes", {
        routes: [
          { cidrBlock: "192.0.2.0/25", transitGatewayId: "tgw-1" },
          { cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" },
        ],
      });
    },
  },
  {
    what: "blocks queries of one type alone",
    mutate: (exports) => {
      exports.change("prd", "ResolverFirewallRule", "target-isolated-dns-block-all", { qType: "A" });
    },
  },
  {
    what: "adds a pinned endpoint to a service that is not AWS's",
    mutate: (exports) => {
      const Condition = {
        StringEquals: { "aws:PrincipalAccount": "222222222222", "aws:ResourceAccount": "222222222222" },
      };
      exports.add(
        "prd",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "saas",
        {
          vpcId: isolatedVpc(exports),
          vpcEndpointType: "Interface",
          serviceName: "com.example.ap-northeast-1.backup",
          subnetIds: [isolatedSubnet(exports)],
          securityGroupIds: [],
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*", Condition }],
          }),
        },
        "vpce-saas",
      );
    },
  },
  ...Object.entries(TARGETS).map(([target, to]) => ({
    what: `adds a route to the isolated table by ${target}`,
    mutate: (exports: Exports) => {
      exports.add("prd", "aws:ec2/route:Route", "leak", {
        routeTableId: isolatedRoutes(exports),
        destinationCidrBlock: "0.0.0.0/0",
        [target]: to,
      });
    },
  })),
  ...["10.0.0.0/8", "203.0.113.7/32", "::/0"].map((destination) => ({
    what: `writes a route to ${destination} into the isolated table itself`,
    mutate: (exports: Exports) => {
      const range = destination.includes(":") ? { ipv6CidrBlock: destination } : { cidrBlock: destination };
      exports.change("prd", "RouteTable", "target-isolated-routes", {
        routes: [{ ...range, transitGatewayId: "tgw-1" }],
      });
    },
  })),
  {
    what: "puts an Internet gateway into the isolated VPC",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:ec2/internetGateway:InternetGateway",
        "igw",
        { vpcId: isolatedVpc(exports) },
        "igw-1",
      );
    },
  },
  {
    what: "attaches an Internet gateway to the isolated VPC",
    mutate: (exports) => {
      exports.add("prd", "aws:ec2/internetGateway:InternetGateway", "igw", {}, "igw-1");
      exports.add("prd", "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment", "att", {
        vpcId: isolatedVpc(exports),
        internetGatewayId: "igw-1",
      });
    },
  },
  {
    what: "puts an egress-only gateway into the isolated VPC",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
        "eigw",
        { vpcId: isolatedVpc(exports) },
        "eigw-1",
      );
    },
  },
  {
    what: "puts a VPN gateway into the isolated VPC",
    mutate: (exports) => {
      exports.add("prd", "aws:ec2/vpnGateway:VpnGateway", "vgw", { vpcId: isolatedVpc(exports) }, "vgw-1");
    },
  },
  {
    what: "peers the isolated VPC",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        "peer",
        { vpcId: isolatedVpc(exports), peerVpcId: "vpc-9" },
        "pcx-1",
      );
    },
  },
  {
    what: "accepts a peering of the isolated VPC",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        "peer",
        { vpcId: "vpc-9", peerVpcId: isolatedVpc(exports) },
        "pcx-1",
      );
    },
  },
  {
    what: "attaches the isolated VPC to a transit gateway",
    mutate: (exports) => {
      exports.add("prd", "aws:ec2transitgateway/vpcAttachment:VpcAttachment", "tgw", {
        vpcId: isolatedVpc(exports),
        transitGatewayId: "tgw-1",
        subnetIds: [isolatedSubnet(exports)],
      });
    },
  },
  {
    what: "puts a NAT gateway into an isolated subnet",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:ec2/natGateway:NatGateway",
        "nat",
        { subnetId: isolatedSubnet(exports), connectivityType: "private" },
        "nat-1",
      );
    },
  },
  {
    what: "runs an instance in an isolated subnet",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:ec2/instance:Instance",
        "box",
        { subnetId: isolatedSubnet(exports), vpcSecurityGroupIds: [], privateIp: "10.1.0.9" },
        "i-1",
      );
    },
  },
  {
    what: "puts a load balancer into an isolated subnet",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:lb/loadBalancer:LoadBalancer",
        "lb",
        {
          subnets: [isolatedSubnet(exports)],
          loadBalancerType: "network",
          internal: false,
          securityGroups: [],
        },
        "arn:lb",
      );
    },
  },
  ...["s3", "dynamodb"].map((service) => ({
    what: `adds a gateway endpoint for ${service} with an open policy`,
    mutate: (exports: Exports) => {
      exports.add(
        "prd",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        service,
        {
          vpcId: isolatedVpc(exports),
          vpcEndpointType: "Gateway",
          serviceName: `com.amazonaws.ap-northeast-1.${service}`,
          policy: openPolicy,
          routeTableIds: [isolatedRoutes(exports)],
        },
        `vpce-${service}`,
      );
    },
  })),
  ...["sts", "logs", "execute-api", "s3"].map((service) => ({
    what: `adds an interface endpoint for ${service} with an open policy`,
    mutate: (exports: Exports) => {
      exports.add(
        "prd",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        service,
        {
          vpcId: isolatedVpc(exports),
          vpcEndpointType: "Interface",
          serviceName: `com.amazonaws.ap-northeast-1.${service}`,
          policy: openPolicy,
          subnetIds: [isolatedSubnet(exports)],
          securityGroupIds: [],
        },
        `vpce-${service}`,
      );
    },
  })),
  {
    what: "adds an endpoint to somebody's own service",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "theirs",
        {
          vpcId: isolatedVpc(exports),
          vpcEndpointType: "Interface",
          serviceName: "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0",
          subnetIds: [isolatedSubnet(exports)],
          securityGroupIds: [],
          policy: openPolicy,
        },
        "vpce-theirs",
      );
    },
  },
  {
    what: "lets the resolver's firewall fail open",
    mutate: (exports) => {
      exports.change("prd", "ResolverFirewallConfig", "target-isolated-dns-fail-closed", {
        firewallFailOpen: "ENABLED",
      });
    },
  },
  {
    what: "takes the rule away that blocks all names",
    mutate: (exports) => {
      exports.remove("prd", "ResolverFirewallRule", "target-isolated-dns-block-all");
    },
  },
  {
    what: "only alerts of other names",
    mutate: (exports) => {
      exports.change("prd", "ResolverFirewallRule", "target-isolated-dns-block-all", { action: "ALERT" });
    },
  },
  {
    what: "takes the firewall off the isolated VPC",
    mutate: (exports) => {
      exports.remove("prd", "ResolverFirewallRuleGroupAssociation", "target-isolated-dns-association");
    },
  },
  ...["*.amazonaws.com.", "attacker.example.com.", "*"].map((domain) => ({
    what: `lets the resolver ask for ${domain}`,
    mutate: (exports: Exports) => {
      const { domains } = exports.find(
        "prd",
        "ResolverFirewallDomainList",
        "target-isolated-dns-endpoint-names",
      ).outputs;
      exports.change("prd", "ResolverFirewallDomainList", "target-isolated-dns-endpoint-names", {
        domains: [...z.array(z.string()).parse(domains), domain],
      });
    },
  })),
];

const sourceTable = (exports: Exports) => idOf(exports, "dev", "RouteTable", "source-network-isolated-1");
const sourceVpc = (exports: Exports) => idOf(exports, "dev", "ec2/vpc:Vpc", "source-network");
const groupOf = (exports: Exports, name: string) => idOf(exports, "dev", "SecurityGroup", name);

/** Rewrites squid.conf where the task definition holds it. */
function squid(rewrite: (text: string) => string): Mutation["mutate"] {
  return (exports) => {
    const containers = JSON.parse(
      String(exports.find("dev", "TaskDefinition", "source-proxy").outputs["containerDefinitions"]),
    ) as { environment: { name: string; value: string }[] }[];
    for (const variable of containers.flatMap(({ environment }) => environment)) {
      if (variable.name === "SQUID_CONF")
        variable.value = Buffer.from(rewrite(Buffer.from(variable.value, "base64").toString())).toString(
          "base64",
        );
    }
    exports.change("dev", "TaskDefinition", "source-proxy", {
      containerDefinitions: JSON.stringify(containers),
    });
  };
}

/** C7. */
export const egressMutants: readonly Mutation[] = [
  ...Object.entries({ natGatewayId: "source-network-1", gatewayId: "source-network" }).map(
    ([target, name]) => ({
      what: `routes GitLab's subnet to the ${target}`,
      mutate: (exports: Exports) => {
        const to = idOf(exports, "dev", target === "gatewayId" ? "InternetGateway" : "NatGateway", name);
        exports.add("dev", "aws:ec2/route:Route", "shortcut", {
          routeTableId: sourceTable(exports),
          destinationCidrBlock: "0.0.0.0/0",
          [target]: to,
        });
      },
    }),
  ),
  ...["transitGatewayId", "vpcPeeringConnectionId", "networkInterfaceId"].map((target) => ({
    what: `routes GitLab's subnet by ${target}`,
    mutate: (exports: Exports) => {
      exports.add("dev", "aws:ec2/route:Route", "shortcut", {
        routeTableId: sourceTable(exports),
        destinationCidrBlock: "10.99.0.0/16",
        [target]: "x-1",
      });
    },
  })),
  {
    what: "puts GitLab into a private subnet",
    mutate: (exports) => {
      exports.change("dev", "Instance", "source-gitlab", {
        subnetId: idOf(exports, "dev", "Subnet", "source-network-private-1"),
      });
    },
  },
  {
    what: "associates GitLab's subnet with a private subnet's routes",
    mutate: (exports) => {
      exports.change("dev", "RouteTableAssociation", "source-network-isolated-1", {
        routeTableId: idOf(exports, "dev", "RouteTable", "source-network-private-1"),
      });
    },
  },
  ...["s3", "dynamodb"].map((service) => ({
    what: `adds a gateway endpoint for ${service} to GitLab's routes`,
    mutate: (exports: Exports) => {
      exports.add(
        "dev",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        service,
        {
          vpcId: sourceVpc(exports),
          vpcEndpointType: "Gateway",
          serviceName: `com.amazonaws.ap-northeast-1.${service}`,
          policy: openPolicy,
          routeTableIds: [sourceTable(exports)],
        },
        `vpce-${service}`,
      );
    },
  })),
  ...["source-ssm", "source-ssmmessages"].map((name) => ({
    what: `opens the policy of ${name}`,
    mutate: (exports: Exports) => {
      exports.change("dev", "VpcEndpoint", name, { policy: openPolicy });
    },
  })),
  {
    what: "adds an endpoint for S3 that GitLab reaches",
    mutate: (exports) => {
      const { vpcId, subnetIds, securityGroupIds } = exports.find("dev", "VpcEndpoint", "source-ssm").outputs;
      exports.add(
        "dev",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "s3",
        {
          vpcId,
          subnetIds,
          securityGroupIds,
          vpcEndpointType: "Interface",
          serviceName: "com.amazonaws.ap-northeast-1.s3",
          policy: openPolicy,
        },
        "vpce-s3",
      );
    },
  },
  {
    what: "lets GitLab reach a host in a private subnet",
    mutate: (exports) => {
      exports.add(
        "dev",
        "aws:ec2/instance:Instance",
        "jump",
        {
          subnetId: idOf(exports, "dev", "Subnet", "source-network-private-1"),
          vpcSecurityGroupIds: [groupOf(exports, "source-squid")],
          privateIp: "10.0.64.9",
        },
        "i-jump",
      );
      exports.add("dev", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "to-jump", {
        securityGroupId: groupOf(exports, "source-gitlab"),
        referencedSecurityGroupId: groupOf(exports, "source-squid"),
        ipProtocol: "-1",
      });
      exports.add("dev", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "from-gitlab", {
        securityGroupId: groupOf(exports, "source-squid"),
        referencedSecurityGroupId: groupOf(exports, "source-gitlab"),
        ipProtocol: "-1",
      });
      exports.add("dev", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "jump-out", {
        securityGroupId: groupOf(exports, "source-squid"),
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "-1",
      });
    },
  },
  ...(
    [
      ["all of amazonaws.com", (text) => text.replace(/dstdomain -n .*/, "dstdomain -n .amazonaws.com")],
      [
        "another region's CodeCommit",
        (text) => text.replace(/dstdomain -n .*/, "$& git-codecommit.us-east-1.amazonaws.com"),
      ],
      ["everything", (text) => text.replace("http_access allow codecommit", "http_access allow all")],
      ["port 80", (text) => text.replace("acl https port 443", "acl https port 443 80")],
      ["pages", (text) => text.replace("http_access deny !tunnel\n", "")],
      ["every port", (text) => text.replace(/http_access deny .*!https.*\n/, "")],
    ] satisfies [string, (text: string) => string][]
  ).map(([what, rewrite]) => ({
    what: `lets the proxy through to ${what}`,
    mutate: squid(rewrite),
  })),
  ...[
    { ipProtocol: "-1" },
    { ipProtocol: "tcp", fromPort: 0, toPort: 65535 },
    { ipProtocol: "tcp", fromPort: 443, toPort: 444 },
    { ipProtocol: "udp", fromPort: 443, toPort: 443 },
    { ipProtocol: "tcp", fromPort: 22, toPort: 22 },
  ].map((ports) => ({
    what: `lets squid out by ${JSON.stringify(ports)}`,
    mutate: (exports: Exports) => {
      exports.add("dev", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "more", {
        securityGroupId: groupOf(exports, "source-squid"),
        cidrIpv4: "0.0.0.0/0",
        ...ports,
      });
    },
  })),
];

/** C8. */
export const ingressMutants: readonly Mutation[] = [
  ...["web", "ssh"].flatMap((port) =>
    ["198.51.100.0/23", "198.51.0.0/16", "128.0.0.0/1", "0.0.0.0/0"].map((cidr) => ({
      what: `lets ${cidr} in on ${port}`,
      mutate: (exports: Exports) => {
        exports.change("dev", "SecurityGroupIngressRule", `source-ingress-in-${port}-198.51.100.0-24`, {
          cidrIpv4: cidr,
        });
      },
    })),
  ),
  {
    what: "puts a public jump host before it",
    mutate: (exports) => {
      const anyone = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] };
      const all = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };
      exports.add(
        "dev",
        "aws:ec2/securityGroup:SecurityGroup",
        "jump",
        { vpcId: sourceVpc(exports), ingress: [anyone], egress: [all] },
        "sg-jump",
      );
      exports.add("dev", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "from-jump", {
        securityGroupId: groupOf(exports, "source-gitlab"),
        referencedSecurityGroupId: "sg-jump",
        ipProtocol: "-1",
      });
      exports.add(
        "dev",
        "aws:ec2/instance:Instance",
        "jump",
        {
          subnetId: idOf(exports, "dev", "Subnet", "source-network-public-1"),
          vpcSecurityGroupIds: ["sg-jump"],
          privateIp: "10.0.0.9",
          associatePublicIpAddress: true,
        },
        "i-jump",
      );
    },
  },
  {
    what: "gives its interface an Elastic IP and opens its group",
    mutate: (exports) => {
      const { primaryNetworkInterfaceId } = exports.find("dev", "Instance", "source-gitlab").outputs;
      exports.add("dev", "aws:ec2/eip:Eip", "public", { publicIp: "203.0.113.99" }, "eipalloc-public");
      exports.add("dev", "aws:ec2/eipAssociation:EipAssociation", "public", {
        allocationId: "eipalloc-public",
        networkInterfaceId: primaryNetworkInterfaceId,
      });
      exports.add("dev", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "all", {
        securityGroupId: groupOf(exports, "source-gitlab"),
        cidrIpv4: "0.0.0.0/0",
        ipProtocol: "-1",
      });
    },
  },
  {
    what: "lets everybody in by IPv6",
    mutate: (exports) => {
      exports.add("dev", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "v6", {
        securityGroupId: groupOf(exports, "source-ingress"),
        cidrIpv6: "::/0",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
      });
    },
  },
  {
    what: "lets everybody in by the older rule resource",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/securityGroupRule:SecurityGroupRule", "old", {
        securityGroupId: groupOf(exports, "source-ingress"),
        type: "ingress",
        protocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrBlocks: ["203.0.112.0/24"],
      });
    },
  },
  {
    what: "lets everybody in by a rule of the group itself",
    mutate: (exports) => {
      exports.change("dev", "SecurityGroup", "source-ingress", {
        ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["203.0.112.0/24"] }],
      });
    },
  },
];

/** C13. */
export const natMutants: readonly Mutation[] = [
  {
    what: "runs a task in a private subnet every hour",
    mutate: (exports) => {
      hourlyTask(exports, "dev", idOf(exports, "dev", "Subnet", "source-network-private-1"));
    },
  },
  {
    what: "schedules a task in a private subnet",
    mutate: (exports) => {
      scheduledTask(exports, "dev", idOf(exports, "dev", "Subnet", "source-network-private-2"));
    },
  },
  {
    what: "runs an instance in a private subnet",
    mutate: (exports) => {
      exports.add(
        "dev",
        "aws:ec2/instance:Instance",
        "box",
        {
          subnetId: idOf(exports, "dev", "Subnet", "source-network-private-1"),
          vpcSecurityGroupIds: [groupOf(exports, "source-squid")],
          privateIp: "10.0.64.9",
        },
        "i-box",
      );
    },
  },
  {
    what: "runs another service in a private subnet",
    mutate: (exports) => {
      const service = exports.find("dev", "Service", "source-proxy");
      exports.add(
        "dev",
        service.type,
        "other",
        { ...service.outputs, name: "other", loadBalancers: [] },
        "arn:other",
      );
    },
  },
  {
    what: "routes GitLab's subnet to the NAT gateway",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/route:Route", "shortcut", {
        routeTableId: sourceTable(exports),
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: idOf(exports, "dev", "NatGateway", "source-network-1"),
      });
    },
  },
  {
    what: "routes GitLab's subnet to the NAT gateway for CodeCommit alone",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/route:Route", "shortcut", {
        routeTableId: sourceTable(exports),
        destinationCidrBlock: "52.119.0.0/16",
        natGatewayId: idOf(exports, "dev", "NatGateway", "source-network-2"),
      });
    },
  },
  {
    what: "gives GitLab's subnet a private subnet's routes",
    mutate: (exports) => {
      exports.change("dev", "RouteTableAssociation", "source-network-isolated-1", {
        routeTableId: idOf(exports, "dev", "RouteTable", "source-network-private-1"),
      });
    },
  },
];
