/** Hostile edits of the isolated VPC: gateways, routes, endpoints and the resolver's rules. */
import fc from "fast-check";
import type { Editor } from "../../../weakenings/editor";
import type { Edit } from "./edit";

import { endpointPolicies } from "./endpointPolicies";

const ZONES = ["ap-northeast-1a", "ap-northeast-1c"];
const idOf = (stack: Editor, type: string, name: string) => String(stack.find(type, name).id);
const vpcOf = (stack: Editor) => idOf(stack, "ec2.Vpc", "target-isolated");
const subnetsOf = (stack: Editor) =>
  ZONES.map((zone) => idOf(stack, "ec2.Subnet", `target-isolated-subnet-${zone}`));

function ensure(stack: Editor, type: string, id: string, properties: () => Record<string, unknown>): string {
  if (!stack.resources.some((one) => one.id === id)) stack.add(type, id, properties(), id);
  return id;
}

function fresh(stack: Editor, word: string): string {
  return `${word}-${stack.resources.length}`;
}

const GATEWAYS: Readonly<Record<string, (stack: Editor) => readonly [property: string, id: string]>> = {
  "an Internet gateway": (stack) => {
    const properties = () => ({ vpcId: vpcOf(stack) });
    return ["gatewayId", ensure(stack, "aws:ec2/internetGateway:InternetGateway", "igw-1", properties)];
  },
  "an Internet gateway that is attached later": (stack) => {
    ensure(stack, "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment", "igw-2-attached", () => ({
      vpcId: vpcOf(stack),
      internetGatewayId: "igw-2",
    }));
    return ["gatewayId", ensure(stack, "aws:ec2/internetGateway:InternetGateway", "igw-2", () => ({}))];
  },
  "a VPN gateway": (stack) => {
    const properties = () => ({ vpcId: vpcOf(stack) });
    return ["gatewayId", ensure(stack, "aws:ec2/vpnGateway:VpnGateway", "vgw-1", properties)];
  },
  "a peering": (stack) => {
    const properties = () => ({ vpcId: "vpc-9", peerVpcId: vpcOf(stack) });
    const type = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection";
    return ["vpcPeeringConnectionId", ensure(stack, type, "pcx-1", properties)];
  },
  "a transit gateway": (stack) => {
    ensure(stack, "aws:ec2transitgateway/vpcAttachment:VpcAttachment", "tgw-attach-1", () => ({
      vpcId: vpcOf(stack),
      transitGatewayId: "tgw-1",
      subnetIds: subnetsOf(stack),
    }));
    return ["transitGatewayId", "tgw-1"];
  },
};

const gateway = fc.constantFrom(...Object.keys(GATEWAYS));
const attached: fc.Arbitrary<Edit> = gateway.map((name) => ({
  what: `attaches ${name} to the isolated VPC`,
  edit: (stack) => {
    GATEWAYS[name]?.(stack);
  },
}));

const routed: fc.Arbitrary<Edit> = fc
  .record({
    name: gateway,
    destination: fc.constantFrom("0.0.0.0/0", "192.0.2.0/24", "192.0.2.0/25", "192.0.2.0/23", "10.99.0.0/16"),
    table: fc.constantFrom("own", "main"),
    inline: fc.boolean(),
  })
  .map(({ name, destination, table, inline }) => ({
    what: `routes ${destination} in the isolated VPC's ${table} table to ${name}${inline ? " (inline)" : ""}`,
    edit: (stack) => {
      const [property, id] = GATEWAYS[name]?.(stack) ?? ["", ""];
      const { outputs, inputs, id: own } = stack.find("ec2.RouteTable", "target-isolated-routes");
      const main = stack.find("ec2.Vpc", "target-isolated").outputs["mainRouteTableId"];
      if (inline && table === "own") {
        const routes = [...[outputs["routes"] ?? []].flat(), { cidrBlock: destination, [property]: id }];
        for (const properties of [inputs, outputs]) properties["routes"] = routes;
      } else {
        const routeTableId = table === "own" ? own : main;
        const properties = { routeTableId, destinationCidrBlock: destination, [property]: id };
        stack.add("aws:ec2/route:Route", fresh(stack, "route"), properties);
      }
    },
  }));

const dissociated: fc.Arbitrary<Edit> = fc.constantFrom(...ZONES).map((zone) => ({
  what: `leaves the subnet in ${zone} to the main table`,
  edit: (stack) => {
    const all = stack.resources;
    const at = all.findIndex(({ urn }) =>
      urn.endsWith(`RouteTableAssociation::target-isolated-routes-${zone}`),
    );
    if (at >= 0) all.splice(at, 1);
  },
}));

const endpoint: fc.Arbitrary<Edit> = fc
  .record({
    service: fc.constantFrom("s3", "sqs", "logs", "ssm", "dynamodb"),
    isGateway: fc.boolean(),
    policy: endpointPolicies("222222222222"),
  })
  .map(({ service, isGateway, policy }) => {
    const gateway = isGateway && ["s3", "dynamodb"].includes(service);
    return {
      what: `adds ${gateway ? "a gateway" : "an interface"} endpoint for ${service}: ${policy}`,
      edit: (stack) => {
        const id = fresh(stack, "vpce");
        const at = gateway
          ? {
              vpcEndpointType: "Gateway",
              routeTableIds: [idOf(stack, "ec2.RouteTable", "target-isolated-routes")],
            }
          : {
              vpcEndpointType: "Interface",
              subnetIds: subnetsOf(stack),
              securityGroupIds: [idOf(stack, "ec2.SecurityGroup", "target-pull-endpoint-group")],
            };
        const serviceName = `com.amazonaws.ap-northeast-1.${service}`;
        const properties = { vpcId: vpcOf(stack), serviceName, policy, ...at };
        stack.add("aws:ec2/vpcEndpoint:VpcEndpoint", id, properties, id);
      },
    };
  });

const resolverRule: fc.Arbitrary<Edit> = fc
  .record({
    action: fc.constantFrom("ALLOW", "BLOCK", "ALERT"),
    domain: fc.constantFrom(
      "*.",
      "*.amazonaws.com.",
      "data.attacker.example.com.",
      "*.example.com.",
      "example.org.",
    ),
    priority: fc.constantFrom(50, 150, 250),
  })
  .map(({ action, domain, priority }) => ({
    what: `has the resolver ${action} ${domain} at ${priority}`,
    edit: (stack) => {
      const [list, name] = [fresh(stack, "rslvr-fdl"), fresh(stack, "rule")];
      const listed = { name: list, domains: [domain] };
      stack.add("aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList", list, listed, list);
      stack.add("aws:route53/resolverFirewallRule:ResolverFirewallRule", name, {
        name,
        action,
        firewallDomainListId: list,
        firewallRuleGroupId: idOf(stack, "route53.ResolverFirewallRuleGroup", "target-isolated-dns-rules"),
        firewallDomainRedirectionAction: "INSPECT_REDIRECTION_DOMAIN",
        priority,
        ...(action === "BLOCK" && { blockResponse: "NXDOMAIN" }),
      });
    },
  }));

const resolver: fc.Arbitrary<Edit> = fc
  .constantFrom("fails open", "has no firewall", "blocks nothing at last")
  .map((change) => ({
    what: `has a resolver that ${change}`,
    edit: (stack) => {
      const gone = (name: string) => {
        const all = stack.resources;
        const at = all.findIndex(({ urn }) => urn.endsWith(`::target-isolated-dns-${name}`));
        if (at >= 0) all.splice(at, 1);
      };
      if (change === "fails open")
        stack.change("route53.ResolverFirewallConfig", "target-isolated-dns-fail-closed", {
          firewallFailOpen: "ENABLED",
        });
      else gone(change === "has no firewall" ? "association" : "block-all");
    },
  }));

/** One edit of the isolated VPC. */
export const isolationEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 1, arbitrary: attached },
  { weight: 3, arbitrary: routed },
  { weight: 1, arbitrary: dissociated },
  { weight: 3, arbitrary: endpoint },
  { weight: 3, arbitrary: resolverRule },
  { weight: 1, arbitrary: resolver },
);
