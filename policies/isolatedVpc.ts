/** Rules for the isolated VPC: the pull endpoint is its only way out, and the room's own link where one is declared. */
import type { StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import type { Gateway, Reference, RouteTable } from "../isolation/model/deployment";
import type { StackResource } from "../isolation/model/snapshot";
import { propertiesOf } from "../isolation/model/stack";
import { NAT, SUBNETS, VPCS, ec2 } from "../isolation/model/types";
import { GATEWAYS } from "../isolation/model/vpcs";
import { parseRange } from "./support/addresses";
import { isolatedVpcs, vpcSchema, type IsolatedVpc } from "./support/isolatedVpcs";
import { checkEach, waitFor } from "./support/known";
import { message } from "./support/resources";
import { mayAddRoutes, partlyKnownRoutesOf, routesOf, type WayOut } from "./support/routes";
import { readStack, type ReadStack } from "./support/snapshot";

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

const NAMES: Readonly<Record<Gateway["kind"], string>> = {
  "internet gateway": "an Internet gateway",
  "egress-only gateway": "an egress-only Internet gateway",
  "virtual private gateway": "a VPN gateway",
  "transit gateway": "a transit gateway",
  peering: "a peering connection",
  "carrier gateway": "a carrier gateway",
  other: "a gateway",
};

const RESOLVER_ENDPOINT = "aws:route53/resolverEndpoint:ResolverEndpoint";

/** What connects a VPC with something else, and the properties that name the VPC or its subnets. */
const CONNECTIONS: readonly (readonly [type: string, properties: readonly string[], what: string])[] = [
  ...GATEWAYS.map(([type, kind, properties]) => [type, properties, NAMES[kind]] as const),
  [ec2("InternetGatewayAttachment"), ["vpcId"], NAMES["internet gateway"]],
  [ec2("VpnGatewayAttachment"), ["vpcId"], NAMES["virtual private gateway"]],
  [NAT, ["vpcId", "subnetId"], "a NAT gateway"],
  ["aws:networkmanager/vpcAttachment:VpcAttachment", ["vpcArn"], "a core network"],
  [
    "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation",
    ["vpcIdentifier"],
    "a service network",
  ],
  ["aws:route53/resolverRuleAssociation:ResolverRuleAssociation", ["vpcId"], "a resolver rule"],
  [RESOLVER_ENDPOINT, ["ipAddresses"], "an outbound resolver endpoint"],
];

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
    const read = readStack(args.resources);
    const isolated = isolatedVpcs(args, read);
    for (const [type, properties, what] of CONNECTIONS) {
      for (const resource of read.stack.of(type).filter((one) => !isInbound(one))) {
        const joined = properties.flatMap((name) =>
          read.stack.candidates(resource, name, [...VPCS, ...SUBNETS]),
        );
        for (const vpc of isolated.filter((one) => joined.some((to) => isPartOf(to, one, read)))) {
          if (roomLink.includes(resource.name)) continue;
          const fix = "Remove it; if it is the isolated room's own link, name it in this rule's roomLink.";
          const found = `is ${what} of the isolated ${vpc.label}`;
          reportViolation(message(resource, found, fix), resource.urn);
        }
      }
    }
    // Of a VPC that is not here only the id can be told.
    if (isolated.some(({ isInStack }) => isInStack)) waitFor(read.stack.gaps, read);
  },
};

/** A resolver endpoint that only answers. */
function isInbound(resource: StackResource): boolean {
  return resource.type === RESOLVER_ENDPOINT && propertiesOf(resource).direction === "INBOUND";
}

/** Whether a reference is the VPC, by its ARN too, or one of its subnets. */
function isPartOf(to: Reference, { reference }: IsolatedVpc, { stack }: ReadStack): boolean {
  if (to === reference) return true;
  const id = stack.resources.find(({ urn }) => urn === reference)?.id ?? reference;
  const subnet = stack.of(...SUBNETS).find(({ urn }) => urn === to);
  return (
    to.endsWith(`:vpc/${id}`) ||
    (subnet !== undefined && stack.candidates(subnet, "vpcId", VPCS).includes(reference))
  );
}

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
    const read = readStack(args.resources);
    checkEach(isolatedVpcs(args, read), (vpc) => {
      for (const route of routesIn(vpc, read)) {
        const isDeclared = roomLink.includes(route.resource.name);
        if (isDeclared && isFixed(route)) continue;
        const fix = isDeclared
          ? "Name the room's own ranges, /8 or narrower: the room's link has fixed routes."
          : "Remove it; if it leads to the isolated room, name it in this rule's roomLink.";
        const found = `holds a route ${route.towards} in the isolated ${vpc.label}`;
        reportViolation(message(route.resource, found, fix), route.resource.urn);
      }
      const tables = tablesOf(vpc, read).map(({ urn }) => urn);
      waitFor(
        read.side.gaps.filter((gap) => mayAddRoutes(gap, tables, read)),
        read,
      );
    });
    waitFor(read.stack.gaps, read);
  },
};

function isFixed({ destination }: WayOut): boolean {
  const range = parseRange(destination ?? "");
  return range !== undefined && range.prefix >= 8;
}

function tablesOf({ reference }: IsolatedVpc, { side }: ReadStack): RouteTable[] {
  return side.network.routeTables.filter(({ vpc }) => vpc === reference);
}

/** The routes of the VPC's tables in this stack, and those that are put into its main table, which has no resource. */
function routesIn(vpc: IsolatedVpc, read: ReadStack): WayOut[] {
  return [
    ...tablesOf(vpc, read).flatMap((table) => routesOf(table, read)),
    ...partlyKnownRoutesOf([vpc.reference], read),
  ];
}
