/** What lets GitLab out by more than the proxy: C7. */
import type { Editor } from "../editor";
import { each } from "../weakening";
import {
  allow,
  ANYONE,
  ANYTHING,
  dropBox,
  group,
  isolatedAcl,
  makeBalancer,
  makeGroup,
  makeHost,
  makeRoute,
  publicBalancer,
  subnet,
  VPC,
} from "./parts";

export const egressAttacks = each({ stack: "source", claim: "C7" }, [
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
