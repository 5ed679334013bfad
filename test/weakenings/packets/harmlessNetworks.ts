/** Networks that must change no verdict, whatever the rules say of them. */
import type { Editor } from "../editor";
import { each } from "../weakening";
import {
  allow,
  ANYONE,
  ANYTHING,
  balancerBeforeGitlab,
  dropBox,
  group,
  idOf,
  isolatedAcl,
  makeBalancer,
  makeGroup,
  makeHost,
  makeRoute,
  open,
  otherGitEndpoint,
  publicBalancer,
  shut,
  sourceFirewall,
  subnet,
  table,
  VPC,
  vpcId,
} from "./parts";

const proxyName = (stack: Editor) => String(stack.find("lb.LoadBalancer", "source-proxy").outputs.dnsName);

/** What must change no verdict, whatever the rules say of it. */
export const networkHarmless = each({ stack: "source", claim: [] }, [
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
