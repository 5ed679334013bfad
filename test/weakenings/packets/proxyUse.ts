/** What lets others than GitLab use the proxy: C15. */
import type { Editor } from "../editor";
import { each } from "../weakening";
import {
  allow,
  group,
  idOf,
  makeBalancer,
  makeGroup,
  makeHost,
  publicBalancer,
  subnet,
  VPC,
  vpcId,
} from "./parts";

export const proxyUseAttacks = each({ stack: "source", claim: "C15" }, [
  {
    what: "makes the proxy's load balancer public and opens it",
    edit: (stack) => {
      stack.change("lb.LoadBalancer", "source-proxy", { internal: false });
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: "203.0.113.0/24" }, 3128);
    },
  },
  ...["0.0.0.0/0", VPC, "10.0.64.0/20"].map((cidr) => ({
    what: `opens the proxy's load balancer to ${cidr}`,
    edit: (stack: Editor) => {
      allow(stack, "Ingress", group(stack, "proxy"), { cidr }, 3128);
    },
  })),
  ...["0.0.0.0/0", "10.0.0.0/20"].map((cidr) => ({
    what: `opens squid itself to ${cidr}`,
    edit: (stack: Editor) => {
      allow(stack, "Ingress", group(stack, "squid"), { cidr }, 3128);
    },
  })),
  {
    what: "opens the proxy's load balancer to its own subnet",
    edit: (stack) => {
      const { cidrBlock } = stack.find("ec2.Subnet", "source-network-private-1").outputs;
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: String(cidrBlock) }, 3128);
    },
  },
  {
    what: "takes the security group off the proxy's load balancer",
    edit: (stack) => {
      stack.change("lb.LoadBalancer", "source-proxy", { securityGroups: [] });
    },
  },
  {
    what: "opens the proxy to a peer",
    edit: (stack) => {
      const peering = { vpcId: vpcId(stack), peerVpcId: "vpc-9" };
      stack.add("ec2.VpcPeeringConnection", "peer", peering, "pcx-1");
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: "172.16.0.0/12" }, 3128);
    },
  },
  {
    what: "opens the proxy to work terminals",
    edit: (stack) => {
      stack.change("lb.LoadBalancer", "source-proxy", { internal: false });
      allow(stack, "Ingress", group(stack, "proxy"), { cidr: "198.51.100.0/24" }, 3128);
    },
  },
  {
    what: "opens the proxy to another host's group",
    edit: (stack) => {
      const own = makeGroup(stack, "box", [], [{ from: 3128, cidrs: [VPC] }]);
      makeHost(stack, "box", subnet(stack, "isolated-2"), [own]);
      allow(stack, "Ingress", group(stack, "proxy"), { group: own }, 3128);
    },
  },
  {
    what: "puts another host into GitLab's group",
    edit: (stack) => {
      makeHost(stack, "box", subnet(stack, "isolated-2"), [group(stack, "gitlab")]);
    },
  },
  {
    what: "puts a second load balancer before squid, for everybody",
    edit: (stack) => {
      const { outputs } = stack.find("ecs.Service", "source-proxy");
      const arn = publicBalancer(stack, "outer", { type: "ip", id: "10.0.64.200", port: 3128 });
      const targetGroupArn = arn.replace("loadbalancer/net", "targetgroup");
      const more = { targetGroupArn, containerName: "squid", containerPort: 3128 };
      const loadBalancers = [...(outputs.loadBalancers as unknown[]), more];
      stack.change("ecs.Service", "source-proxy", { loadBalancers });
      allow(stack, "Ingress", group(stack, "squid"), { group: "sg-outer" }, 3128);
      stack.remove("lb.TargetGroupAttachment", "outer");
    },
  },
  {
    what: "puts a load balancer for all of the VPC before the address of the proxy's",
    edit: (stack) => {
      const mapping = { subnetId: subnet(stack, "private-1"), privateIpv4Address: "10.0.64.77" };
      stack.change("lb.LoadBalancer", "source-proxy", { subnetMappings: [mapping] });
      const own = makeGroup(stack, "inner", [{ from: 3128, cidrs: [VPC] }], [{ from: 3128, cidrs: [VPC] }]);
      makeBalancer(stack, "inner", {
        type: "network",
        internal: true,
        subnet: subnet(stack, "private-2"),
        groups: [own],
        port: 3128,
        target: { type: "ip", id: "10.0.64.77", port: 3128 },
      });
      allow(stack, "Ingress", group(stack, "proxy"), { group: own }, 3128);
    },
  },
  {
    what: "puts a public load balancer before the proxy's",
    edit: (stack) => {
      const id = idOf(stack, "lb.LoadBalancer", "source-proxy");
      publicBalancer(stack, "outer", { type: "alb", id, port: 3128 });
      allow(stack, "Ingress", group(stack, "proxy"), { group: "sg-outer" }, 3128);
    },
  },
]);
