/** Weakened networks. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { referenceTo, type Editor, type Weakening } from "./weakening";

const gitlab = (stack: Editor) => stack.find(aws.ec2.Instance, "source-gitlab");
const gitlabGroup = (stack: Editor) => stack.find(aws.ec2.SecurityGroup, "source-gitlab");
const isolatedVpc = (stack: Editor) => stack.find(aws.ec2.Vpc, "target-isolated");
const isolatedRoutes = (stack: Editor) => stack.find(aws.ec2.RouteTable, "target-isolated-routes");

/** Everything, by everyone. */
const openPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

export const networkWeakenings: readonly Weakening[] = [
  {
    what: "lets the Internet reach GitLab's load balancer",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.vpc.SecurityGroupIngressRule, "source-ingress-in-web-198.51.100.0-24", {
        cidrIpv4: "0.0.0.0/0",
      });
    },
    rule: "no-world-open-ingress",
    says: ["source-ingress-in-web-198.51.100.0-24", "0.0.0.0/0"],
  },
  {
    what: "lets half of the Internet reach the pull endpoint",
    stack: "target",
    weaken: (stack) => {
      stack.change(aws.vpc.SecurityGroupIngressRule, "target-pull-endpoint-from-192.0.2.0-24", {
        cidrIpv4: "128.0.0.0/1",
      });
    },
    rule: "no-world-open-ingress",
    says: ["target-pull-endpoint-from-192.0.2.0-24", "128.0.0.0/1"],
  },
  {
    what: "opens ssh to the world in the security group itself",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ec2.SecurityGroup, "source-ingress", {
        ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }],
      });
    },
    rule: "no-world-open-ingress",
    says: ["source-ingress", "0.0.0.0/0", "ingress[0]"],
  },
  {
    what: "opens ssh to the world of IPv6 by the older rule resource",
    stack: "source",
    weaken: (stack) => {
      const group = stack.find(aws.ec2.SecurityGroup, "source-ingress");
      const rule = { type: "ingress", protocol: "tcp", fromPort: 22, toPort: 22, ipv6CidrBlocks: ["::/0"] };
      stack.add(aws.ec2.SecurityGroupRule, "ssh", rule, { securityGroupId: group });
    },
    rule: "no-world-open-ingress",
    says: ["ssh", "::/0"],
  },
  {
    what: "gives GitLab a public address",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ec2.Instance, "source-gitlab", { associatePublicIpAddress: true });
    },
    rule: "gitlab-has-no-public-address",
    says: ["source-gitlab", "associatePublicIpAddress true"],
  },
  {
    what: "associates an Elastic IP with GitLab",
    stack: "source",
    weaken: (stack) => {
      stack.add(
        aws.ec2.EipAssociation,
        "direct",
        { allocationId: "eipalloc-1" },
        { instanceId: gitlab(stack) },
      );
    },
    rule: "gitlab-has-no-elastic-ip",
    says: ["direct", "source-gitlab"],
  },
  {
    what: "routes GitLab's subnet to a NAT gateway",
    stack: "source",
    weaken: (stack) => {
      stack.add(
        aws.ec2.Route,
        "shortcut",
        { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-0123456789abcdef0" },
        { routeTableId: stack.find(aws.ec2.RouteTable, "source-network-isolated-1") },
      );
    },
    rule: "gitlab-has-no-route-out",
    says: ["source-gitlab", "shortcut", "0.0.0.0/0", "natGatewayId"],
  },
  {
    what: "puts GitLab into a private subnet, which has a route out",
    stack: "source",
    weaken: (stack) => {
      const subnet = stack.find(aws.ec2.Subnet, "source-network-private-1");
      stack.refer(aws.ec2.Instance, "source-gitlab", "subnetId", subnet);
    },
    rule: "gitlab-has-no-route-out",
    says: ["source-gitlab", "source-network-private-1", "0.0.0.0/0"],
  },
  {
    what: "lets GitLab out to the Internet by https",
    stack: "source",
    weaken: (stack) => {
      const rule = { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" };
      stack.add(aws.vpc.SecurityGroupEgressRule, "https", rule, { securityGroupId: gitlabGroup(stack) });
    },
    rule: "gitlab-egress-stays-inside",
    says: ["https", "0.0.0.0/0"],
  },
  {
    what: "lets GitLab out to a neighbouring private network in the security group itself",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ec2.SecurityGroup, "source-gitlab", {
        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/16", "10.99.0.0/16"] }],
      });
    },
    rule: "gitlab-egress-stays-inside",
    says: ["source-gitlab", "to 10.99.0.0/16 in egress[0]"],
  },
  {
    what: "lets GitLab out to S3's prefix list by the older rule resource",
    stack: "source",
    weaken: (stack) => {
      const rule = {
        type: "egress",
        protocol: "tcp",
        fromPort: 443,
        toPort: 443,
        prefixListIds: ["pl-61a54008"],
      };
      stack.add(aws.ec2.SecurityGroupRule, "s3", rule, { securityGroupId: gitlabGroup(stack) });
    },
    rule: "gitlab-egress-stays-inside",
    says: ["s3", "pl-61a54008"],
  },
  {
    what: "takes the policy off the Systems Manager endpoint",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ec2.VpcEndpoint, "source-ssm", { policy: undefined });
    },
    rule: "vpc-endpoints-are-pinned",
    says: ["source-ssm", "no policy"],
  },
  {
    what: "adds an S3 endpoint that anyone's buckets can be reached by",
    stack: "source",
    weaken: (stack) => {
      stack.add(aws.ec2.VpcEndpoint, "buckets", {
        serviceName: "com.amazonaws.ap-northeast-1.s3",
        vpcEndpointType: "Gateway",
        policy: openPolicy,
        tagsAll: { pj: "mirror", env: "dev", owner: "you" },
      });
    },
    rule: "vpc-endpoints-are-pinned",
    says: ["buckets", "every account", "aws:ResourceAccount"],
  },
  {
    what: "puts an Internet gateway into the isolated VPC",
    stack: "target",
    weaken: (stack) => {
      stack.add(aws.ec2.InternetGateway, "way-out", {}, { vpcId: isolatedVpc(stack) });
    },
    rule: "isolated-vpc-has-no-gateway",
    says: ["way-out", "Internet gateway", "target-isolated"],
  },
  {
    what: "peers the isolated VPC with another one",
    stack: "target",
    weaken: (stack) => {
      const peering = { vpcId: "vpc-0000000000000000f" };
      stack.add(aws.ec2.VpcPeeringConnection, "peering", peering, { peerVpcId: isolatedVpc(stack) });
    },
    rule: "isolated-vpc-has-no-gateway",
    says: ["peering", "target-isolated"],
  },
  {
    what: "attaches the isolated VPC to a transit gateway",
    stack: "target",
    weaken: (stack) => {
      const attachment = { transitGatewayId: "tgw-0123456789abcdef0" };
      stack.add(aws.ec2transitgateway.VpcAttachment, "transit", attachment, { vpcId: isolatedVpc(stack) });
    },
    rule: "isolated-vpc-has-no-gateway",
    says: ["transit", "transit gateway", "target-isolated"],
  },
  {
    what: "sends the isolated VPC's DNS questions elsewhere",
    stack: "target",
    weaken: (stack) => {
      const subnet = stack.find(aws.ec2.Subnet, "target-isolated-subnet-ap-northeast-1a");
      stack.add(
        aws.route53.ResolverEndpoint,
        "forwarder",
        { direction: "OUTBOUND", ipAddresses: [{ subnetId: referenceTo(subnet) }] },
        { ipAddresses: subnet },
      );
    },
    rule: "isolated-vpc-has-no-gateway",
    says: ["forwarder", "outbound resolver endpoint"],
  },
  {
    what: "adds a NAT route to the isolated VPC's table",
    stack: "target",
    weaken: (stack) => {
      const route = { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-0123456789abcdef0" };
      stack.add(aws.ec2.Route, "leak", route, { routeTableId: isolatedRoutes(stack) });
    },
    rule: "isolated-vpc-has-no-route",
    says: ["leak", "0.0.0.0/0", "natGatewayId"],
  },
  {
    what: "writes a route into the isolated VPC's table itself",
    stack: "target",
    weaken: (stack) => {
      stack.change(aws.ec2.RouteTable, "target-isolated-routes", {
        routes: [{ cidrBlock: "10.0.0.0/8", transitGatewayId: "tgw-0123456789abcdef0" }],
      });
    },
    rule: "isolated-vpc-has-no-route",
    says: ["target-isolated-routes", "10.0.0.0/8", "transitGatewayId"],
  },
  {
    what: "puts a route into the isolated VPC's main table",
    stack: "target",
    weaken: (stack) => {
      const vpc = isolatedVpc(stack);
      const routeTableId = vpc.outputs.mainRouteTableId ?? pulumi.runtime.unknownValue;
      const route = { routeTableId, destinationIpv6CidrBlock: "::/0" };
      stack.add(aws.ec2.Route, "main", route, { routeTableId: vpc });
    },
    rule: "isolated-vpc-has-no-route",
    says: ["main", "::/0"],
  },
  {
    what: "lets the isolated VPC's resolver answer when its firewall does not",
    stack: "target",
    weaken: (stack) => {
      stack.change(aws.route53.ResolverFirewallConfig, "target-isolated-dns-fail-closed", {
        firewallFailOpen: "ENABLED",
      });
    },
    rule: "isolated-vpc-resolver-is-closed",
    says: ["target-isolated", "firewallFailOpen ENABLED"],
  },
  {
    what: "lets the isolated VPC look up any name of amazonaws.com",
    stack: "target",
    weaken: (stack) => {
      stack.change(aws.route53.ResolverFirewallDomainList, "target-isolated-dns-endpoint-names", {
        domains: ["*.amazonaws.com."],
      });
    },
    rule: "isolated-vpc-resolver-is-closed",
    says: ["target-isolated", "*.amazonaws.com."],
  },
  {
    what: "takes away the rule that blocks all other names",
    stack: "target",
    weaken: (stack) => {
      stack.remove(aws.route53.ResolverFirewallRule, "target-isolated-dns-block-all");
    },
    rule: "isolated-vpc-resolver-is-closed",
    says: ["target-isolated", "any name"],
  },
];
