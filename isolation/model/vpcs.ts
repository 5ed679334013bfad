/** Reads VPCs, subnets, routes, gateways, addresses and network ACLs. */
import type {
  ElasticIp,
  Gateway,
  NatGateway,
  Network,
  NetworkAcl,
  NetworkAclEntry,
  PartlyKnownRoute,
  Route,
  RouteTable,
  RouteTargetKind,
  Subnet,
  Vpc,
} from "./deployment";
import { readPorts, readProtocol } from "./securityGroups";
import type { Properties, StackResource } from "./snapshot";
import { propertiesOf, type Stack } from "./stack";
import { EIP, IGW, INSTANCE, NACLS, NAT, ROUTE_TABLES, SUBNETS, VPCS, VPC_ENDPOINT, ec2 } from "./types";

/** What connects a VPC with something else, and the properties that name the VPCs. */
export const GATEWAYS: readonly (readonly [type: string, kind: Gateway["kind"], vpcs: readonly string[]])[] =
  [
    [IGW, "internet gateway", ["vpcId"]],
    [ec2("EgressOnlyInternetGateway"), "egress-only gateway", ["vpcId"]],
    [ec2("VpnGateway"), "virtual private gateway", ["vpcId"]],
    [ec2("VpcPeeringConnection"), "peering", ["vpcId", "peerVpcId"]],
    [ec2("CarrierGateway"), "carrier gateway", ["vpcId"]],
    ["aws:ec2transitgateway/vpcAttachment:VpcAttachment", "transit gateway", ["vpcId"]],
  ];

/** The properties by which a route says what it leads to. */
export const ROUTE_TARGETS: Readonly<Record<string, RouteTargetKind>> = {
  gatewayId: "gateway",
  natGatewayId: "nat gateway",
  egressOnlyGatewayId: "egress-only gateway",
  transitGatewayId: "transit gateway",
  vpcPeeringConnectionId: "peering",
  networkInterfaceId: "network interface",
  vpcEndpointId: "endpoint",
  carrierGatewayId: "carrier gateway",
  localGatewayId: "local gateway",
  coreNetworkArn: "core network",
  odbNetworkArn: "odb network",
};

const DESTINATIONS = ["destinationCidrBlock", "cidrBlock", "destinationIpv6CidrBlock", "ipv6CidrBlock"];

function idOf(stack: Stack, resource: StackResource): string | undefined {
  return resource.id ?? stack.text(resource, "id");
}

export function readVpcs(stack: Stack): Vpc[] {
  const main = byOwner(stack, "MainRouteTableAssociation", "vpcId", VPCS, "routeTableId", ROUTE_TABLES);
  return stack.of(...VPCS).map((vpc) => ({
    urn: vpc.urn,
    name: vpc.name,
    id: idOf(stack, vpc),
    cidrBlocks: cidrs(stack, vpc),
    resolvesNames: stack.flag(vpc, "enableDnsSupport", propertiesOf(vpc), true),
    mainRouteTable: main.get(vpc.urn) ?? stack.reference(vpc, "mainRouteTableId", ROUTE_TABLES),
    defaultSecurityGroup: stack.reference(vpc, "defaultSecurityGroupId", [
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    ]),
  }));
}

export function readSubnets(stack: Stack): Subnet[] {
  const tables = byOwner(stack, "RouteTableAssociation", "subnetId", SUBNETS, "routeTableId", ROUTE_TABLES);
  const acls = byOwner(stack, "NetworkAclAssociation", "subnetId", SUBNETS, "networkAclId", NACLS);
  for (const acl of stack.of(...NACLS)) {
    for (const subnet of stack.references(acl, "subnetIds", SUBNETS)) {
      if ((acls.get(subnet) ?? acl.urn) !== acl.urn)
        stack.gap(acl, `${subnet} has another network ACL, too: which one holds is not known`);
      acls.set(subnet, acl.urn);
    }
  }
  return stack.of(...SUBNETS).map((subnet) => ({
    urn: subnet.urn,
    name: subnet.name,
    id: idOf(stack, subnet),
    vpc: needed(stack, subnet, "vpcId", VPCS),
    cidrBlocks: cidrs(stack, subnet),
    availabilityZone: stack.text(subnet, "availabilityZone"),
    mapsPublicIp: stack.flag(subnet, "mapPublicIpOnLaunch"),
    routeTable: tables.get(subnet.urn),
    networkAcl: acls.get(subnet.urn),
  }));
}

export function readRouteTables(stack: Stack): Pick<Network, "routeTables" | "partlyKnownRoutes"> {
  const shown = new Set(stack.of(...ROUTE_TABLES).map(({ urn }) => urn));
  const routes = new Map<string, Route[]>();
  const partlyKnownRoutes: PartlyKnownRoute[] = [];
  for (const route of stack.of(ec2("Route"))) {
    const table = needed(stack, route, "routeTableId", ROUTE_TABLES);
    const { whole, partly } = readRoute(stack, route, propertiesOf(route));
    const of = shown.has(table) ? [table] : tablesNotShown(stack, route);
    if (shown.has(table)) routes.set(table, [...(routes.get(table)?.splice(0) ?? []), ...whole]);
    else partlyKnownRoutes.push(...whole.map((one) => ({ ...one, of })));
    partlyKnownRoutes.push(...partly.map((one) => ({ ...one, of })));
  }
  const gateways = stack.of(ec2("RouteTableAssociation")).map((association) => ({
    table: stack.reference(association, "routeTableId", ROUTE_TABLES),
    gateway: stack.reference(association, "gatewayId", [IGW, ec2("VpnGateway")]),
  }));
  const routeTables = stack.of(...ROUTE_TABLES).map((table): RouteTable => {
    const propagatedFrom = stack.candidates(table, "propagatingVgws", [ec2("VpnGateway")]);
    if (propagatedFrom.length > 0) stack.gap(table, "takes over routes that no state shows");
    const read = stack
      .objects(table, "routes")
      .map((route, i) => readRoute(stack, table, route, { property: "routes", i }));
    partlyKnownRoutes.push(
      ...read.flatMap(({ partly }) => partly.map((one) => ({ ...one, of: [table.urn] }))),
    );
    const own = [...read.flatMap(({ whole }) => whole), ...(routes.get(table.urn) ?? [])];
    const distinct = new Map(own.map((route) => [JSON.stringify([route.destination, route.target]), route]));
    const destinations = new Set(
      [...distinct.values()].map(({ destination }) => JSON.stringify(destination)),
    );
    if (destinations.size < distinct.size)
      stack.gap(table, "has two routes to one destination: which one holds is not known");
    return {
      urn: table.urn,
      name: table.name,
      vpc: table.type.includes("default") ? defaultVpc(stack, table) : needed(stack, table, "vpcId", VPCS),
      routes: [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, route]) => route),
      propagatedFrom,
      gateways: gateways.flatMap(({ table: of, gateway }) => (of === table.urn ? (gateway ?? []) : [])),
    };
  });
  return { routeTables, partlyKnownRoutes };
}

/** A VPC's first table needs no resource: then its id, or what that was computed from, says whose it is. */
function tablesNotShown(stack: Stack, route: StackResource): string[] {
  return stack
    .candidates(route, "routeTableId", [...ROUTE_TABLES, ...VPCS])
    .map((table) => vpcOfTable(stack, table) ?? table);
}

function vpcOfTable(stack: Stack, table: string): string | undefined {
  return stack
    .of(...VPCS)
    .find(({ outputs }) => [outputs.mainRouteTableId, outputs.defaultRouteTableId].includes(table))?.urn;
}

function defaultVpc(stack: Stack, table: StackResource): string {
  const [id] = stack.candidates(table, "defaultRouteTableId", VPCS);
  if (id?.startsWith("urn:")) return id;
  const vpc = [id, table.id].flatMap((one) => (one === undefined ? [] : (vpcOfTable(stack, one) ?? [])))[0];
  return vpc ?? needed(stack, table, "vpcId", VPCS);
}

/** @param where of a route that a table's resource holds, the property and the index */
function readRoute(
  stack: Stack,
  resource: StackResource,
  route: Properties,
  where?: { readonly property: string; readonly i: number },
): { whole: Route[]; partly: Omit<PartlyKnownRoute, "of">[] } {
  if (route.gatewayId === "local") return { whole: [], partly: [] };
  const cidr = DESTINATIONS.map((name) => stack.text(resource, name, route)).find(
    (text) => text !== undefined,
  );
  const prefixList = stack.text(resource, "destinationPrefixListId", route);
  const destination = cidr !== undefined ? { cidr } : prefixList !== undefined ? { prefixList } : undefined;
  const types = [
    IGW,
    NAT,
    VPC_ENDPOINT,
    ...GATEWAYS.map(([type]) => type),
    ec2("NetworkInterface"),
    INSTANCE,
  ];
  const given = Object.entries(ROUTE_TARGETS).filter(([name]) => (route[name] ?? "") !== "");
  const [target] = given.flatMap(([name, kind]) => {
    const to = stack.reference(resource, name, types, { from: route, property: where?.property ?? name });
    return to === undefined ? [] : [{ kind, to }];
  });
  const written = {
    urn: resource.urn,
    ...(where !== undefined && { place: `${where.property}[${where.i}]` }),
    ...(route.state === "blackhole" && { isBlackhole: true }),
  };
  if (destination !== undefined && target !== undefined)
    return { whole: [{ ...written, destination, target }], partly: [] };
  stack.gap(resource, `a route's ${destination === undefined ? "destination" : "target"} is not known`);
  const [kind] = given.map(([, one]) => one);
  return {
    whole: [],
    partly: [
      {
        ...written,
        ...(destination !== undefined && { destination }),
        ...(kind !== undefined && { target: { kind } }),
      },
    ],
  };
}

export function readGateways(stack: Stack): Gateway[] {
  const attached = byOwner(stack, "InternetGatewayAttachment", "internetGatewayId", [IGW], "vpcId", VPCS);
  return GATEWAYS.flatMap(([type, kind, properties]) =>
    stack.of(type).map((gateway) => {
      const more = attached.get(gateway.urn);
      const vpcs = properties.flatMap((name) => stack.reference(gateway, name, VPCS) ?? []);
      return {
        urn: gateway.urn,
        name: gateway.name,
        id: idOf(stack, gateway),
        kind,
        vpcs: [...new Set([...vpcs, ...(more === undefined ? [] : [more])])].sort(),
      };
    }),
  );
}

export function readNatGateways(stack: Stack): NatGateway[] {
  return stack.of(NAT).map((nat) => {
    const main = stack.reference(nat, "allocationId", [EIP]);
    const connectivity = stack.text(nat, "connectivityType") ?? "public";
    return {
      urn: nat.urn,
      name: nat.name,
      id: idOf(stack, nat),
      subnet: needed(stack, nat, "subnetId", SUBNETS),
      elasticIps: [
        ...(main === undefined ? [] : [main]),
        ...stack.references(nat, "secondaryAllocationIds", [EIP]),
      ],
      publicIp: stack.text(nat, "publicIp"),
      connectivity: connectivity === "private" ? "private" : "public",
    };
  });
}

/** An address of a NAT gateway is not another holder's: a refreshed state names the gateway's own interface there. */
export function readElasticIps(stack: Stack): ElasticIp[] {
  const hosts = [INSTANCE, ec2("NetworkInterface")];
  const ofNat = new Set(stack.of(NAT).map((nat) => stack.text(nat, "networkInterfaceId")));
  const instances = byOwner(stack, "EipAssociation", "allocationId", [EIP], "instanceId", hosts);
  const interfaces = byOwner(stack, "EipAssociation", "allocationId", [EIP], "networkInterfaceId", hosts);
  return stack.of(EIP).map((eip) => {
    const own = stack.reference(eip, "networkInterface", hosts);
    return {
      urn: eip.urn,
      name: eip.name,
      id: idOf(stack, eip),
      publicIp: stack.text(eip, "publicIp"),
      associatedWith:
        instances.get(eip.urn) ??
        interfaces.get(eip.urn) ??
        stack.reference(eip, "instance", hosts) ??
        (ofNat.has(own) ? undefined : own),
    };
  });
}

export function readNetworkAcls(stack: Stack): NetworkAcl[] {
  const rules = stack.of(ec2("NetworkAclRule")).map((rule) => ({
    acl: needed(stack, rule, "networkAclId", NACLS),
    egress: stack.flag(rule, "egress"),
    entries: readEntry(stack, rule, propertiesOf(rule), "ruleNumber", "ruleAction", "protocol"),
  }));
  return stack.of(...NACLS).map((acl) => {
    const entries = (name: "ingress" | "egress") => {
      const held = stack
        .objects(acl, name)
        .flatMap((entry) => readEntry(stack, acl, entry, "ruleNo", "action", "protocol"));
      const own = rules
        .filter((rule) => rule.acl === acl.urn && rule.egress === (name === "egress"))
        .flatMap((rule) => rule.entries);
      // What an ACL holds takes the place of rules of their own; a refreshed state repeats these.
      const isRepeated = (one: NetworkAclEntry) => held.some((other) => isAlike(one, other));
      if (held.length > 0 && !own.every(isRepeated))
        stack.gap(acl, "has entries beside rules of their own: which ones hold is not known");
      return [...held, ...own].sort((a, b) => a.number - b.number);
    };
    const vpc = stack
      .of(...VPCS)
      .find(({ outputs }) => outputs.defaultNetworkAclId === acl.id && acl.id !== undefined);
    return {
      urn: acl.urn,
      vpc: vpc?.urn ?? needed(stack, acl, "vpcId", VPCS),
      ingress: entries("ingress"),
      egress: entries("egress"),
    };
  });
}

function isAlike(one: NetworkAclEntry, other: NetworkAclEntry): boolean {
  return JSON.stringify({ ...one, urn: "" }) === JSON.stringify({ ...other, urn: "" });
}

function readEntry(
  stack: Stack,
  resource: StackResource,
  entry: Properties,
  ...[numberName, actionName, protocolName]: readonly [string, string, string]
): NetworkAclEntry[] {
  const number = stack.number(resource, numberName, entry);
  const action = stack.text(resource, actionName, entry)?.toLowerCase();
  const ranges = ["cidrBlock", "ipv6CidrBlock"].flatMap((name) => stack.text(resource, name, entry) ?? []);
  const ports = readPorts(stack, resource, entry, protocolName);
  if (
    number === undefined ||
    (action !== "allow" && action !== "deny") ||
    ranges.length === 0 ||
    ports === undefined
  ) {
    stack.gap(resource, "a network ACL entry is not understood");
    return [];
  }
  if (action === "deny" && isOfOneIcmpType(stack, resource, entry)) return [];
  return ranges.map((cidr) => ({ urn: resource.urn, number, allow: action === "allow", ports, cidr }));
}

/**
 * Whether an entry is about one type or code of ICMP alone. A Deny of that kind stops next to nothing: the other types carry
 * data as well, so it counts for none. An Allow of that kind is taken for all of ICMP.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IcmpTypeCode.html
 */
function isOfOneIcmpType(stack: Stack, resource: StackResource, entry: Properties): boolean {
  const protocol = readProtocol(stack, resource, entry, "protocol");
  if (protocol !== "icmp" && protocol !== "icmpv6") return false;
  return ["icmpType", "icmpCode"].some((name) => stack.number(resource, name, entry) !== -1);
}

/** Which thing an association gives to an owner. */
function byOwner(
  stack: Stack,
  name: string,
  ...[owner, owners, thing, things]: readonly [string, readonly string[], string, readonly string[]]
): Map<string, string> {
  const found = new Map<string, string>();
  for (const resource of stack.of(ec2(name))) {
    const from = stack.reference(resource, owner, owners);
    const to = stack.reference(resource, thing, things);
    if (from === undefined || to === undefined) continue;
    if ((found.get(from) ?? to) !== to)
      stack.gap(resource, `${from} has another ${thing}, too: which one holds is not known`);
    found.set(from, to);
  }
  return found;
}

function cidrs(stack: Stack, resource: StackResource): string[] {
  return ["cidrBlock", "ipv6CidrBlock"].flatMap((name) => stack.text(resource, name) ?? []);
}

/** A reference without which nothing can be said; a gap and an empty one where it is missing. */
export function needed(
  stack: Stack,
  resource: StackResource,
  name: string,
  types: readonly string[],
): string {
  const reference = stack.reference(resource, name, types);
  if (reference === undefined) stack.gap(resource, `${name} is not known`);
  return reference ?? "";
}
