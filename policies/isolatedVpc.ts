/** Rules for the isolated VPC: the pull endpoint is its only way out, and the room's own link where one is declared. */
import * as aws from "@pulumi/aws";
import type { PolicyResource, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import { parseRange } from "./support/addresses";
import { isIn, isInSubnet, isolatedVpcs, vpcSchema, type IsolatedVpc } from "./support/isolatedVpcs";
import { ifKnown } from "./support/known";
import { allOf, knownIds, message } from "./support/resources";
import { inlineRoutes, routesOf, wayOut, type WayOut } from "./support/routes";

const linkDefaults = { roomLink: [] as string[] };

const linkSchema = {
  roomLink: {
    type: "array" as const,
    items: { type: "string" as const },
    description: "Pulumi names of the resources that are the isolated room's own link, which are let be.",
    default: linkDefaults.roomLink,
  },
};

function linkSettings(args: StackValidationArgs): typeof linkDefaults {
  return { ...linkDefaults, ...args.getConfig<Partial<typeof linkDefaults>>() };
}

/** The types of resource that lead out of a VPC, by the property that says which one. */
function waysOut(args: StackValidationArgs): { resource: PolicyResource; property: string; what: string }[] {
  const of = (found: readonly { resource: PolicyResource }[], property: string, what: string) =>
    found.map(({ resource }) => ({ resource, property, what }));
  const { resources } = args;
  return [
    ...of(allOf(resources, aws.ec2.InternetGateway), "vpcId", "an Internet gateway"),
    ...of(allOf(resources, aws.ec2.InternetGatewayAttachment), "vpcId", "an Internet gateway"),
    ...of(allOf(resources, aws.ec2.EgressOnlyInternetGateway), "vpcId", "an egress-only Internet gateway"),
    ...of(allOf(resources, aws.ec2.CarrierGateway), "vpcId", "a carrier gateway"),
    ...of(allOf(resources, aws.ec2.NatGateway), "vpcId", "a NAT gateway"),
    ...of(allOf(resources, aws.ec2.VpcPeeringConnection), "vpcId", "a peering connection"),
    ...of(allOf(resources, aws.ec2.VpcPeeringConnection), "peerVpcId", "a peering connection"),
    ...of(allOf(resources, aws.ec2.VpnGateway), "vpcId", "a VPN gateway"),
    ...of(allOf(resources, aws.ec2.VpnGatewayAttachment), "vpcId", "a VPN gateway"),
    ...of(allOf(resources, aws.ec2transitgateway.VpcAttachment), "vpcId", "a transit gateway"),
    ...of(allOf(resources, aws.networkmanager.VpcAttachment), "vpcArn", "a core network"),
    ...of(
      allOf(resources, aws.vpclattice.ServiceNetworkVpcAssociation),
      "vpcIdentifier",
      "a service network",
    ),
    ...of(allOf(resources, aws.route53.ResolverRuleAssociation), "vpcId", "a resolver rule"),
  ];
}

/** The same for those that say a subnet. */
function waysOutOfSubnets(
  args: StackValidationArgs,
): { resource: PolicyResource; property: string; what: string }[] {
  const outbound = allOf(args.resources, aws.route53.ResolverEndpoint).filter(
    ({ props }) => ifKnown(() => props.direction) !== "INBOUND",
  );
  return [
    ...allOf(args.resources, aws.ec2.NatGateway).map(({ resource }) => ({
      ...{ resource, property: "subnetId", what: "a NAT gateway" },
    })),
    ...outbound.map(({ resource }) => ({
      resource,
      property: "ipAddresses",
      what: "an outbound resolver endpoint",
    })),
  ];
}

export const isolatedVpcHasNoGateway: StackValidationPolicy = {
  name: "isolated-vpc-has-no-gateway",
  description:
    "Nothing may connect the isolated VPC with another network but the pull endpoint and the room's own link.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Remove the connection. If it is the isolated room's own link, name it in this rule's roomLink.",
  configSchema: { properties: { ...vpcSchema, ...linkSchema } },
  validateStack(args, reportViolation) {
    const { roomLink } = linkSettings(args);
    for (const vpc of isolatedVpcs(args)) {
      const found = [
        ...waysOut(args).filter(({ resource, property }) => isIn(resource, property, vpc)),
        ...waysOutOfSubnets(args).filter(({ resource, property }) =>
          isInSubnet(resource, property, vpc, args),
        ),
      ];
      for (const { resource, what } of found) {
        if (roomLink.includes(resource.name)) continue;
        const fix = "Remove it; if it is the isolated room's own link, name it in this rule's roomLink.";
        reportViolation(message(resource, `is ${what} of the isolated ${vpc.label}`, fix), resource.urn);
      }
    }
  },
};

export const isolatedVpcHasNoRoute: StackValidationPolicy = {
  name: "isolated-vpc-has-no-route",
  description:
    "The isolated VPC's route tables may hold no route but the VPC's own and fixed ones to the room.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Remove the route. If it leads to the isolated room, name it in this rule's roomLink.",
  configSchema: { properties: { ...vpcSchema, ...linkSchema } },
  validateStack(args, reportViolation) {
    const { roomLink } = linkSettings(args);
    for (const vpc of isolatedVpcs(args)) {
      for (const route of routesIn(vpc, args)) {
        const isDeclared = roomLink.includes(route.resource.name);
        if (isDeclared && isFixed(route)) continue;
        const fix = isDeclared
          ? "Name the room's own ranges, /8 or narrower: the room's link has fixed routes."
          : "Remove it; if it leads to the isolated room, name it in this rule's roomLink.";
        const found = `holds a route ${route.towards} in the isolated ${vpc.label}`;
        reportViolation(message(route.resource, found, fix), route.resource.urn);
      }
    }
  },
};

function isFixed({ destination }: WayOut): boolean {
  const range = parseRange(destination ?? "");
  return range !== undefined && range.prefix >= 8;
}

/** The routes of the VPC's tables in this stack, and those that are put into its main table, which has no resource. */
function routesIn(vpc: IsolatedVpc, args: StackValidationArgs): WayOut[] {
  const tables = allOf(args.resources, aws.ec2.RouteTable).filter(({ resource }) =>
    isIn(resource, "vpcId", vpc),
  );
  const own = vpc.vpc?.resource;
  const mainTables = own
    ? ["mainRouteTableId", "defaultRouteTableId"].flatMap((name) => knownIds(own, name))
    : [];
  const isMain = (resource: PolicyResource, property: string) =>
    knownIds(resource, property).some((id) => mainTables.includes(id)) ||
    (own !== undefined && (resource.propertyDependencies[property] ?? []).includes(own));
  return [
    ...tables.flatMap((table) => routesOf(table, args.resources)),
    ...allOf(args.resources, aws.ec2.DefaultRouteTable)
      .filter(({ resource }) => isMain(resource, "defaultRouteTableId"))
      .flatMap(({ resource }) => inlineRoutes(resource)),
    ...allOf(args.resources, aws.ec2.Route)
      .filter(({ resource }) => isMain(resource, "routeTableId"))
      .flatMap(({ resource }) => wayOut(resource, resource.props, "")),
  ];
}
