/** Ways out of GitLab's subnets beside the proxy, ways into them, and others who use the NAT gateways. */
import { hourlyTask, openPolicy, scheduledTask, unread } from "./parts";
import { UNKNOWN, type Editor } from "./editor";
import { each, type Weakening } from "./weakening";

const GITLAB = "source-gitlab";
const vpcId = (stack: Editor) => stack.ref("ec2.Vpc", "source-network");
const subnet = (stack: Editor, which: string) => stack.ref("ec2.Subnet", `source-network-${which}`);
const table = (stack: Editor, which: string) => stack.ref("ec2.RouteTable", `source-network-${which}`);
const group = (stack: Editor, name: string) => stack.ref("ec2.SecurityGroup", name);
const nat = (stack: Editor, zone: number) => stack.ref("ec2.NatGateway", `source-network-${zone}`);

/** Lets packets into a security group. */
const letIn = (stack: Editor, name: string, to: unknown, rule: Record<string, unknown>) =>
  stack.add("vpc.SecurityGroupIngressRule", name, { securityGroupId: to, ...rule });

/** Lets packets out of a security group. */
const letOut = (stack: Editor, name: string, from: unknown, rule: Record<string, unknown>) =>
  stack.add("vpc.SecurityGroupEgressRule", name, { securityGroupId: from, ...rule });

/** Adds a route to GitLab's table. */
const shortcut = (stack: Editor, destinationCidrBlock: string, target: Record<string, unknown>) =>
  stack.add("ec2.Route", "shortcut", {
    routeTableId: table(stack, "isolated-1"),
    destinationCidrBlock,
    ...target,
  });

const NO_ROUTE = "gitlab-has-no-route-out";

const routes = each({ stack: "source", claim: "C7" }, [
  {
    what: "routes GitLab's subnet to a NAT gateway",
    edit: (stack) => shortcut(stack, "0.0.0.0/0", { natGatewayId: nat(stack, 1) }),
    claim: ["C7", "C13"],
    rule: [NO_ROUTE, GITLAB, "shortcut", "0.0.0.0/0", "natGatewayId"],
  },
  {
    what: "routes GitLab's subnet to a NAT gateway for CodeCommit alone",
    edit: (stack) => shortcut(stack, "52.119.0.0/16", { natGatewayId: nat(stack, 2) }),
    claim: "C13",
  },
  {
    what: "routes GitLab's subnet to the Internet gateway",
    edit: (stack) => {
      shortcut(stack, "0.0.0.0/0", { gatewayId: stack.ref("ec2.InternetGateway", "source-network") });
    },
  },
  ...["transitGatewayId", "vpcPeeringConnectionId", "networkInterfaceId"].map((target) => ({
    what: `routes GitLab's subnet by ${target}`,
    edit: (stack: Editor) => shortcut(stack, "10.99.0.0/16", { [target]: "x-1" }),
  })),
  {
    what: "puts GitLab into a private subnet, which has a route out",
    edit: (stack) => stack.change("ec2.Instance", GITLAB, { subnetId: subnet(stack, "private-1") }),
    rule: [NO_ROUTE, GITLAB, "source-network-private-1", "0.0.0.0/0"],
  },
  {
    what: "gives GitLab's subnet a private subnet's routes",
    edit: (stack) => {
      const routeTableId = table(stack, "private-1");
      stack.change("ec2.RouteTableAssociation", "source-network-isolated-1", { routeTableId });
    },
    claim: ["C7", "C13"],
  },
]);

const PINNED = "vpc-endpoints-are-pinned";

const endpoints = each({ stack: "source", claim: "C7" }, [
  ...["s3", "dynamodb"].map((service) => ({
    what: `adds a gateway endpoint for ${service} to GitLab's routes`,
    edit: (stack: Editor) => {
      stack.add("ec2.VpcEndpoint", service, {
        vpcId: vpcId(stack),
        vpcEndpointType: "Gateway",
        policy: openPolicy,
        serviceName: `com.amazonaws.ap-northeast-1.${service}`,
        routeTableIds: [table(stack, "isolated-1")],
      });
    },
  })),
  ...["source-ssm", "source-ssmmessages"].map((name) => ({
    what: `opens the policy of ${name}`,
    edit: (stack: Editor) => stack.change("ec2.VpcEndpoint", name, { policy: openPolicy }),
  })),
  {
    what: "takes the policy off the Systems Manager endpoint",
    edit: (stack) => stack.change("ec2.VpcEndpoint", "source-ssm", { policy: undefined }),
    unknown: "its policy is not known",
    rule: [PINNED, "source-ssm", "no policy"],
  },
  {
    what: "adds an endpoint for S3 that GitLab reaches",
    edit: (stack) => {
      const { vpcId, subnetIds, securityGroupIds } = stack.find("ec2.VpcEndpoint", "source-ssm").outputs;
      stack.add("ec2.VpcEndpoint", "s3", {
        vpcId,
        subnetIds,
        securityGroupIds,
        vpcEndpointType: "Interface",
        policy: openPolicy,
        serviceName: "com.amazonaws.ap-northeast-1.s3",
      });
    },
  },
  {
    what: "adds an S3 endpoint that anyone's buckets can be reached by",
    edit: (stack) => {
      stack.add("ec2.VpcEndpoint", "buckets", {
        vpcEndpointType: "Gateway",
        policy: openPolicy,
        serviceName: "com.amazonaws.ap-northeast-1.s3",
        tagsAll: { pj: "mirror", env: "dev", owner: "you" },
      });
    },
    unknown: "buckets: vpcId is not known",
    rule: [PINNED, "buckets", "every account", "aws:ResourceAccount"],
  },
]);

const INSIDE = "gitlab-egress-stays-inside";

const groups = each({ stack: "source" }, [
  {
    what: "lets GitLab out to the Internet by https",
    edit: (stack) => {
      const rule = { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" };
      letOut(stack, "https", group(stack, GITLAB), rule);
    },
    claim: "C7",
    rule: [INSIDE, "https", "0.0.0.0/0"],
  },
  {
    what: "lets GitLab out to a neighbouring private network in the security group itself",
    edit: (stack) => {
      const cidrBlocks = ["10.0.0.0/16", "10.99.0.0/16"];
      const egress = [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks }];
      stack.change("ec2.SecurityGroup", GITLAB, { egress });
    },
    claim: "C7",
    rule: [INSIDE, GITLAB, "to 10.99.0.0/16 in egress[0]"],
  },
  {
    what: "lets GitLab out to S3's prefix list by the older rule resource",
    edit: (stack) => {
      const https = { type: "egress", protocol: "tcp", fromPort: 443, toPort: 443 };
      const rule = { ...https, prefixListIds: ["pl-61a54008"] };
      stack.add("ec2.SecurityGroupRule", "s3", { securityGroupId: group(stack, GITLAB), ...rule });
    },
    claim: "C7",
    unknown: "lets packets out to what is not shown",
    rule: [INSIDE, "s3", "pl-61a54008"],
  },
  {
    what: "lets GitLab reach a host in a private subnet",
    edit: (stack) => {
      const squid = group(stack, "source-squid");
      const gitlab = group(stack, GITLAB);
      stack.add("ec2.Instance", "jump", {
        subnetId: subnet(stack, "private-1"),
        vpcSecurityGroupIds: [squid],
        privateIp: "10.0.64.9",
      });
      letOut(stack, "to-jump", gitlab, { referencedSecurityGroupId: squid, ipProtocol: "-1" });
      letIn(stack, "from-gitlab", squid, { referencedSecurityGroupId: gitlab, ipProtocol: "-1" });
      letOut(stack, "jump-out", squid, { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" });
    },
    claim: "C7",
  },
  ...[
    { ipProtocol: "-1" },
    { ipProtocol: "tcp", fromPort: 0, toPort: 65535 },
    { ipProtocol: "tcp", fromPort: 443, toPort: 444 },
    { ipProtocol: "udp", fromPort: 443, toPort: 443 },
    { ipProtocol: "tcp", fromPort: 22, toPort: 22 },
  ].map((ports) => ({
    what: `lets squid out by ${JSON.stringify(ports)}`,
    edit: (stack: Editor) =>
      letOut(stack, "more", group(stack, "source-squid"), { cidrIpv4: "0.0.0.0/0", ...ports }),
    claim: "C7" as const,
  })),
  {
    what: "lets squid out to a prefix list",
    edit: (stack) =>
      letOut(stack, "list", group(stack, "source-squid"), { prefixListId: "pl-1", ipProtocol: "-1" }),
    claim: "C7",
    unknown: "lets the proxy's packets out to what is not shown",
  },
]);

const OPEN = "no-world-open-ingress";
const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };

const ingress = each({ stack: "source", claim: "C8" }, [
  ...["web", "ssh"].flatMap((port) =>
    ["198.51.100.0/23", "198.51.0.0/16", "128.0.0.0/1", "0.0.0.0/0"].map((cidrIpv4) => ({
      what: `lets ${cidrIpv4} in to GitLab's load balancer on ${port}`,
      edit: (stack: Editor) => {
        const name = `source-ingress-in-${port}-198.51.100.0-24`;
        stack.change("vpc.SecurityGroupIngressRule", name, { cidrIpv4 });
      },
      ...(cidrIpv4.endsWith(".0/0") && {
        rule: [OPEN, `source-ingress-in-${port}-198.51.100.0-24`, cidrIpv4] as const,
      }),
    })),
  ),
  {
    what: "opens ssh to the world in the security group itself",
    edit: (stack) => {
      const anyone = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] };
      stack.change("ec2.SecurityGroup", "source-ingress", { ingress: [anyone] });
    },
    rule: [OPEN, "source-ingress", "0.0.0.0/0", "ingress[0]"],
  },
  {
    what: "lets strangers in by a rule of the security group itself",
    edit: (stack) => {
      const strangers = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["203.0.112.0/24"] };
      stack.change("ec2.SecurityGroup", "source-ingress", { ingress: [strangers] });
    },
  },
  {
    what: "opens ssh to the world of IPv6 by the older rule resource",
    edit: (stack) => {
      const rule = { type: "ingress", protocol: "tcp", fromPort: 22, toPort: 22, ipv6CidrBlocks: ["::/0"] };
      stack.add("ec2.SecurityGroupRule", "ssh", { securityGroupId: group(stack, "source-ingress"), ...rule });
    },
    rule: [OPEN, "ssh", "::/0"],
  },
  {
    what: "lets strangers in by the older rule resource",
    edit: (stack) => {
      const strangers = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["203.0.112.0/24"] };
      const rule = { type: "ingress", ...strangers };
      stack.add("ec2.SecurityGroupRule", "old", { securityGroupId: group(stack, "source-ingress"), ...rule });
    },
  },
  {
    what: "lets everybody in by IPv6",
    edit: (stack) => letIn(stack, "v6", group(stack, "source-ingress"), { cidrIpv6: "::/0", ...https }),
  },
  {
    what: "puts a public jump host before GitLab",
    edit: (stack) => {
      const anyone = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] };
      const all = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };
      const rules = { vpcId: vpcId(stack), ingress: [anyone], egress: [all] };
      const jump = stack.add("ec2.SecurityGroup", "jump", rules);
      letIn(stack, "from-jump", group(stack, GITLAB), { referencedSecurityGroupId: jump, ipProtocol: "-1" });
      stack.add("ec2.Instance", "jump", {
        subnetId: subnet(stack, "public-1"),
        vpcSecurityGroupIds: [jump],
        privateIp: "10.0.0.9",
        associatePublicIpAddress: true,
      });
    },
  },
  {
    what: "gives GitLab's interface an Elastic IP and opens its group",
    edit: (stack) => {
      const networkInterfaceId = stack.ref("ec2.Instance", GITLAB, "primaryNetworkInterfaceId");
      const allocationId = stack.add("ec2.Eip", "public", { publicIp: "203.0.113.99" });
      stack.add("ec2.EipAssociation", "public", { allocationId, networkInterfaceId });
      letIn(stack, "all", group(stack, GITLAB), { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" });
    },
  },
  {
    what: "runs a public web server in the source that cannot reach GitLab",
    edit: (stack) => {
      const anyone = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] };
      const web = stack.add("ec2.SecurityGroup", "web", {
        vpcId: vpcId(stack),
        ingress: [anyone],
        egress: [],
      });
      stack.add("ec2.Instance", "web", {
        subnetId: subnet(stack, "public-1"),
        vpcSecurityGroupIds: [web],
        privateIp: "10.0.0.9",
        associatePublicIpAddress: true,
        rootBlockDevice: { encrypted: true },
        metadataOptions: { httpTokens: "required" },
      });
    },
    claim: [],
    rule: [OPEN, "web", "0.0.0.0/0"],
  },
  {
    what: "gives GitLab a public address",
    edit: (stack) => stack.change("ec2.Instance", GITLAB, { associatePublicIpAddress: true }),
    claim: [],
    rule: ["gitlab-has-no-public-address", GITLAB, "associatePublicIpAddress true"],
  },
  {
    what: "associates an Elastic IP with GitLab",
    edit: (stack) => {
      const instanceId = stack.ref("ec2.Instance", GITLAB);
      stack.add("ec2.EipAssociation", "direct", { allocationId: "eipalloc-1", instanceId });
    },
    claim: [],
    rule: ["gitlab-has-no-elastic-ip", "direct", GITLAB],
  },
  ...Object.entries({
    "whose number is not known": { ruleNo: UNKNOWN },
    "that neither allows nor denies": { action: "permit" },
    "of no range": { cidrBlock: undefined },
    "of a protocol that is not known": { protocol: UNKNOWN },
  }).map(([entry, change]) => ({
    what: `has a network ACL with an entry ${entry}`,
    edit: (stack: Editor) => {
      const plain = { ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0 };
      const all = { ...plain, cidrBlock: "0.0.0.0/0" };
      stack.add("ec2.NetworkAcl", "acl", {
        vpcId: vpcId(stack),
        ingress: [{ ...all, ...change }],
        egress: [all],
      });
    },
    unknown: "a network ACL entry is not understood",
  })),
  {
    what: "declares the isolated terminals to be work terminals, too",
    edit: (stack) => stack.exports({ declared: { workTerminalCidrs: ["198.51.100.0/24", "192.0.2.0/25"] } }),
    unknown: "is declared as work and as isolated terminals",
  },
]);

const natUsers = each({ stack: "source", claim: "C13" }, [
  {
    what: "runs a task in a private subnet every hour",
    edit: (stack) => {
      hourlyTask(stack, subnet(stack, "private-1"));
    },
  },
  {
    what: "schedules a task in a private subnet",
    edit: (stack) => {
      scheduledTask(stack, subnet(stack, "private-2"));
    },
  },
  {
    what: "runs an instance in a private subnet",
    edit: (stack) => {
      const vpcSecurityGroupIds = [group(stack, "source-squid")];
      const box = { subnetId: subnet(stack, "private-1"), vpcSecurityGroupIds, privateIp: "10.0.64.9" };
      stack.add("ec2.Instance", "box", box);
    },
  },
  {
    what: "runs an instance in a private subnet from the target's stack",
    stack: "target",
    edit: (target, source) => {
      const box = { subnetId: subnet(source, "private-1"), vpcSecurityGroupIds: [] };
      target.add("ec2.Instance", "box", box);
    },
    unknown: "is of the stack prd and concerns subnet-",
  },
  {
    what: "runs another service in a private subnet",
    edit: (stack) => {
      const { outputs } = stack.find("ecs.Service", "source-proxy");
      stack.add("ecs.Service", "other", { ...outputs, name: "other", loadBalancers: [] });
    },
  },
]);

const unknownTypes = [
  ...unread("source", "C7", [
    "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment",
  ]),
  ...unread("source", "C8", [
    "aws:elb/loadBalancer:LoadBalancer",
    "aws:ec2/vpcEndpointService:VpcEndpointService",
    "aws:globalaccelerator/endpointGroup:EndpointGroup",
  ]),
  ...unread("source", "C13", ["aws:autoscaling/group:Group", "aws:eks/cluster:Cluster"]),
];

export const sourceNetwork: readonly Weakening[] = [
  ...ingress,
  ...routes,
  ...groups,
  ...endpoints,
  ...natUsers,
  ...unknownTypes,
];
