/** Networks that leave claims open. */
import type { Editor } from "../editor";
import { each } from "../weakening";
import {
  allow,
  anotherTask,
  ANYTHING,
  gitlab,
  group,
  isolatedAcl,
  makeHost,
  makeRoute,
  nat,
  open,
  publicBalancer,
  rewriteSquid,
  shut,
  sourceFirewall,
  subnet,
  table,
  VPC,
  vpcId,
} from "./parts";

/** What leaves claims open. */
export const networkUnmodelled = each({ stack: "source", claim: "C1" }, [
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
