/** Hostile edits of the source's network: each production is one edge that packets may take, in one of the forms that Pulumi has for it. */
import fc from "fast-check";
import type { Editor } from "../../../weakenings/editor";
import type { Edit } from "./edit";
import { requireCidr, formatAddress } from "../../../../facts/ipv4";

import { endpointPolicies } from "./endpointPolicies";

const SUBNETS: Readonly<Record<string, string>> = {
  "public-1": "10.0.0.0/19",
  "private-1": "10.0.32.0/19",
  "isolated-1": "10.0.64.0/19",
  "public-2": "10.0.128.0/19",
  "private-2": "10.0.160.0/19",
  "isolated-2": "10.0.192.0/19",
  extra: "10.0.224.0/24",
};

const vpcOf = (stack: Editor) => String(stack.find("ec2.Vpc", "source-network").id);

function idOf(stack: Editor, type: string, name: string): string {
  return String(stack.find(type, name).id);
}

/** Adds a resource unless it is there. */
function ensure(stack: Editor, type: string, id: string, properties: () => Record<string, unknown>): string {
  if (!stack.resources.some((one) => one.id === id)) stack.add(type, id, properties(), id);
  return id;
}

function fresh(stack: Editor, word: string): string {
  return `${word}-${stack.resources.length}`;
}

// Few of each, so that edits meet.
const group = fc.constantFrom("gitlab", "gitlab", "squid", "proxy", "ingress", "endpoints", "a", "a", "b");
const subnet = fc.constantFrom(...Object.keys(SUBNETS), "isolated-1", "private-1", "public-1");
const table = fc.constantFrom(
  "public-1",
  "private-1",
  "isolated-1",
  "isolated-1",
  "isolated-2",
  "extra",
  "main",
);

function groupId(stack: Editor, name: string): string {
  if (name !== "a" && name !== "b") return idOf(stack, "ec2.SecurityGroup", `source-${name}`);
  const properties = () => ({ vpcId: vpcOf(stack), ingress: [], egress: [] });
  return ensure(stack, "aws:ec2/securityGroup:SecurityGroup", `sg-${name}`, properties);
}

function subnetId(stack: Editor, name: string): string {
  if (name !== "extra") return idOf(stack, "ec2.Subnet", `source-network-${name}`);
  ensure(stack, "aws:ec2/routeTableAssociation:RouteTableAssociation", "rtbassoc-extra", () => ({
    subnetId: "subnet-extra",
    routeTableId: tableId(stack, "extra"),
  }));
  return ensure(stack, "aws:ec2/subnet:Subnet", "subnet-extra", () => ({
    vpcId: vpcOf(stack),
    cidrBlock: SUBNETS["extra"],
    mapPublicIpOnLaunch: false,
    availabilityZone: "ap-northeast-1a",
  }));
}

function tableId(stack: Editor, name: string): string {
  const vpcId = vpcOf(stack);
  const main = String(stack.find("ec2.Vpc", "source-network").outputs["defaultRouteTableId"]);
  if (name === "main")
    return ensure(stack, "aws:ec2/defaultRouteTable:DefaultRouteTable", main, () => ({
      defaultRouteTableId: main,
      vpcId,
      routes: [],
    }));
  if (name !== "extra") return idOf(stack, "ec2.RouteTable", `source-network-${name}`);
  return ensure(stack, "aws:ec2/routeTable:RouteTable", "rtb-extra", () => ({ vpcId, routes: [] }));
}

// Security groups.

interface Ports {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
}

const ports: fc.Arbitrary<Ports> = fc.constantFrom(
  { protocol: "-1", fromPort: 0, toPort: 0 },
  { protocol: "tcp", fromPort: 0, toPort: 65535 },
  ...[22, 80, 443, 3128].map((port) => ({ protocol: "tcp", fromPort: port, toPort: port })),
  { protocol: "6", fromPort: 79, toPort: 81 },
  { protocol: "udp", fromPort: 53, toPort: 53 },
  { protocol: "icmp", fromPort: -1, toPort: -1 },
  { protocol: "icmp", fromPort: 8, toPort: -1 },
);
const range = fc.constantFrom(
  "0.0.0.0/0",
  "0.0.0.0/0",
  "10.0.0.0/16",
  "10.0.32.0/19",
  "10.99.0.0/16",
  "93.184.216.0/24",
  "198.51.100.0/24",
  "198.51.100.0/23",
  "52.219.0.0/16",
  "128.0.0.0/1",
);
type Peer = { readonly cidr: string } | { readonly group: string } | { readonly self: true };
const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.record({ cidr: range }),
  fc.record({ group }),
  fc.constant({ self: true as const }),
);
const way = fc.constantFrom("ingress" as const, "egress" as const);
const form = fc.constantFrom("inline" as const, "older" as const, "newer" as const);

interface Rule {
  readonly way: "ingress" | "egress";
  readonly group: string;
  readonly peer: Peer;
  readonly ports: Ports;
  readonly form: "inline" | "older" | "newer";
}

function addRule(stack: Editor, { way, group, peer, ports, form }: Rule): void {
  const id = groupId(stack, group);
  const other = "group" in peer ? groupId(stack, peer.group) : id;
  const { protocol, fromPort, toPort } = ports;
  if (form === "inline") {
    const found = stack.resources.find((one) => one.id === id);
    const before = [found?.outputs[way]].flat();
    const who =
      "cidr" in peer
        ? { cidrBlocks: [peer.cidr] }
        : "self" in peer
          ? { self: true }
          : { securityGroups: [other] };
    const rules = [...before.filter((one) => one !== undefined), { ...ports, ...who }];
    for (const properties of [found?.inputs, found?.outputs]) if (properties) properties[way] = rules;
  } else if (form === "older") {
    const who =
      "cidr" in peer
        ? { cidrBlocks: [peer.cidr] }
        : "self" in peer
          ? { self: true }
          : { sourceSecurityGroupId: other };
    const properties = { securityGroupId: id, type: way, ...ports, ...who };
    stack.add("aws:ec2/securityGroupRule:SecurityGroupRule", fresh(stack, "rule"), properties);
  } else {
    const type = way === "ingress" ? "Ingress" : "Egress";
    const who = "cidr" in peer ? { cidrIpv4: peer.cidr } : { referencedSecurityGroupId: other };
    const at = protocol === "-1" ? {} : { fromPort, toPort };
    stack.add(`aws:vpc/securityGroup${type}Rule:SecurityGroup${type}Rule`, fresh(stack, "rule"), {
      securityGroupId: id,
      ipProtocol: protocol,
      ...at,
      ...who,
    });
  }
}

function ruleText({ way, group, peer, ports: { protocol, fromPort, toPort }, form }: Rule): string {
  const who = "cidr" in peer ? peer.cidr : "self" in peer ? "itself" : `group ${peer.group}`;
  return `${way} of group ${group} for ${who} by ${protocol} ${fromPort}-${toPort} (${form})`;
}

const rule: fc.Arbitrary<Edit> = fc.record({ way, group, peer, ports, form }).map((one) => ({
  what: `adds ${ruleText(one)}`,
  edit: (stack) => {
    addRule(stack, one);
  },
}));

/** Both halves of what lets one group talk to another. */
const pair: fc.Arbitrary<Edit> = fc
  .record({ from: group, to: group, ports, form })
  .map(({ from, to, ports, form }) => ({
    what: `lets group ${from} talk to group ${to} by ${JSON.stringify(ports)} (${form})`,
    edit: (stack) => {
      addRule(stack, { way: "egress", group: from, peer: { group: to }, ports, form });
      addRule(stack, { way: "ingress", group: to, peer: { group: from }, ports, form });
    },
  }));

const opened: fc.Arbitrary<Edit> = fc
  .record({ way, group, cidr: range, form })
  .map(({ way, group, cidr, form }) => ({
    what: `opens ${way} of group ${group} for ${cidr} (${form})`,
    edit: (stack) => {
      addRule(stack, { way, group, peer: { cidr }, ports: { protocol: "-1", fromPort: 0, toPort: 0 }, form });
    },
  }));

// Routes and gateways.

const TARGETS: Readonly<Record<string, (stack: Editor) => readonly [property: string, id: string]>> = {
  "the Internet gateway": (stack) => ["gatewayId", idOf(stack, "ec2.InternetGateway", "source-network")],
  "NAT gateway 1": (stack) => ["natGatewayId", idOf(stack, "ec2.NatGateway", "source-network-1")],
  "NAT gateway 2": (stack) => ["natGatewayId", idOf(stack, "ec2.NatGateway", "source-network-2")],
  "a private NAT gateway": (stack) => ["natGatewayId", privateNat(stack)],
  "a peering": (stack) => ["vpcPeeringConnectionId", peering(stack)],
  "a transit gateway": (stack) => ["transitGatewayId", transit(stack, "private-1")],
  "a VPN gateway": (stack) => ["gatewayId", vpn(stack)],
  "host a": (stack) => ["networkInterfaceId", `eni-${router(stack, "a")}`],
  "GitLab's interface": (stack) => [
    "networkInterfaceId",
    String(stack.find("ec2.Instance", "source-gitlab").outputs["primaryNetworkInterfaceId"]),
  ],
  "somebody's interface": () => ["networkInterfaceId", "eni-0123456789abcdef0"],
  "somebody's endpoint": () => ["vpcEndpointId", "vpce-0123456789abcdef0"],
};
/** What may take the place of a local route, or be more specific than it. */
const LOCAL_TARGETS = [
  "NAT gateway 1",
  "host a",
  "GitLab's interface",
  "somebody's interface",
  "somebody's endpoint",
];

function privateNat(stack: Editor): string {
  return ensure(stack, "aws:ec2/natGateway:NatGateway", "nat-private", () => ({
    subnetId: subnetId(stack, "private-1"),
    connectivityType: "private",
    vpcId: vpcOf(stack),
  }));
}

function peering(stack: Editor): string {
  const type = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection";
  return ensure(stack, type, "pcx-1", () => ({ vpcId: vpcOf(stack), peerVpcId: "vpc-9" }));
}

function transit(stack: Editor, at: string): string {
  ensure(stack, "aws:ec2transitgateway/vpcAttachment:VpcAttachment", "tgw-attach-1", () => ({
    vpcId: vpcOf(stack),
    transitGatewayId: "tgw-1",
    subnetIds: [subnetId(stack, at)],
  }));
  return "tgw-1";
}

function vpn(stack: Editor): string {
  return ensure(stack, "aws:ec2/vpnGateway:VpnGateway", "vgw-1", () => ({ vpcId: vpcOf(stack) }));
}

const routeTo = (destinations: readonly string[], targets: readonly string[]): fc.Arbitrary<Edit> =>
  fc
    .record({
      table,
      destination: fc.constantFrom(...destinations),
      target: fc.constantFrom(...targets),
      inline: fc.boolean(),
    })
    .map(({ table, destination, target, inline }) => ({
      what: `routes ${destination} in table ${table} to ${target}${inline ? " (inline)" : ""}`,
      edit: (stack) => {
        const routeTableId = tableId(stack, table);
        const [property, id] = TARGETS[target]?.(stack) ?? ["", ""];
        withoutRoute(stack, routeTableId, destination);
        const found = stack.resources.find((one) => one.id === routeTableId);
        if (inline && found !== undefined) {
          const routes = [...[found.outputs["routes"]].flat(), { cidrBlock: destination, [property]: id }];
          for (const properties of [found.inputs, found.outputs]) properties["routes"] = routes;
        } else {
          const properties = { routeTableId, destinationCidrBlock: destination, [property]: id };
          stack.add("aws:ec2/route:Route", fresh(stack, "route"), properties);
        }
      },
    }));

/** A table has one route for a destination. */
function withoutRoute(stack: Editor, table: string, destination: string): void {
  const all = stack.resources;
  const at = all.findIndex(
    ({ type, outputs }) =>
      type === "aws:ec2/route:Route" &&
      outputs["routeTableId"] === table &&
      outputs["destinationCidrBlock"] === destination,
  );
  if (at >= 0) all.splice(at, 1);
  const found = all.find(({ id }) => id === table);
  for (const properties of [found?.inputs, found?.outputs]) {
    if (properties === undefined) continue;
    const routes = [properties["routes"] ?? []].flat() as { cidrBlock?: string }[];
    properties["routes"] = routes.filter(({ cidrBlock }) => cidrBlock !== destination);
  }
}

const FAR = ["0.0.0.0/0", "0.0.0.0/0", "10.99.0.0/16", "93.184.216.0/24", "52.219.0.0/16", "128.0.0.0/1"];
const NEAR = ["10.0.0.0/16", "10.0.32.0/19", "10.0.64.0/19", "10.0.0.0/19"];
const route = fc.oneof(
  { weight: 3, arbitrary: routeTo(FAR, Object.keys(TARGETS)) },
  { weight: 1, arbitrary: routeTo(NEAR, LOCAL_TARGETS) },
);

const gateway: fc.Arbitrary<Edit> = fc
  .constantFrom("peering", "transit gateway", "VPN gateway")
  .chain((kind) =>
    subnet.map((at) => ({
      what: `attaches a ${kind} in subnet ${at}`,
      edit: (stack) => {
        if (kind === "peering") peering(stack);
        else if (kind === "transit gateway") transit(stack, at);
        else vpn(stack);
      },
    })),
  );

const association: fc.Arbitrary<Edit> = fc.record({ subnet, table }).map(({ subnet, table }) => ({
  what: `associates subnet ${subnet} with table ${table}`,
  edit: (stack) => {
    const [subnetIdentifier, routeTableId] = [subnetId(stack, subnet), tableId(stack, table)];
    const found = stack.resources.find(
      ({ type, outputs }) =>
        type.endsWith(":RouteTableAssociation") && outputs["subnetId"] === subnetIdentifier,
    );
    const properties = { subnetId: subnetIdentifier, routeTableId };
    if (found === undefined)
      stack.add("aws:ec2/routeTableAssociation:RouteTableAssociation", fresh(stack, "assoc"), properties);
    else for (const one of [found.inputs, found.outputs]) Object.assign(one, properties);
  },
}));

const noAssociation: fc.Arbitrary<Edit> = fc
  .constantFrom("isolated-1", "private-1", "public-1")
  .map((name) => ({
    what: `takes the table's association off subnet ${name}`,
    edit: (stack) => {
      const id = subnetId(stack, name);
      tableId(stack, "main");
      const all = stack.resources;
      const at = all.findIndex(
        ({ type, outputs }) => type.endsWith(":RouteTableAssociation") && outputs["subnetId"] === id,
      );
      if (at >= 0) all.splice(at, 1);
    },
  }));

const mainTable: fc.Arbitrary<Edit> = table.map((name) => ({
  what: `makes table ${name} the main one`,
  edit: (stack) => {
    const routeTableId = tableId(stack, name);
    const vpcId = vpcOf(stack);
    for (const one of stack.resources) {
      if (one.type.endsWith(":Vpc") && one.id === vpcId)
        for (const properties of [one.inputs, one.outputs])
          if ("mainRouteTableId" in properties) properties["mainRouteTableId"] = routeTableId;
    }
    ensure(stack, "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", "rtbassoc-main", () => ({
      vpcId,
      routeTableId,
    }));
    const found = stack.resources.find(({ id }) => id === "rtbassoc-main");
    for (const properties of [found?.inputs, found?.outputs])
      if (properties) properties["routeTableId"] = routeTableId;
  },
}));

// Network ACLs.

const entry: fc.Arbitrary<Entry> = fc.record({
  ruleNo: fc.constantFrom(50, 100, 150, 200),
  action: fc.constantFrom("allow", "deny"),
  protocol: fc.constantFrom("-1", "-1", "6", "17", "1"),
  cidrBlock: fc.constantFrom(
    "0.0.0.0/0",
    "0.0.0.0/0",
    "0.0.0.0/1",
    "10.0.0.0/16",
    "10.99.0.0/16",
    "93.184.216.0/24",
  ),
  fromPort: fc.constantFrom(0, 22, 80, 443, 1024),
  toPort: fc.constantFrom(79, 443, 65535),
  icmpType: fc.constantFrom(-1, 0, 8),
});
const acl: fc.Arbitrary<Edit> = fc
  .record({
    subnets: fc.uniqueArray(subnet, { minLength: 1, maxLength: 2 }),
    ingress: fc.uniqueArray(entry, { maxLength: 3, selector: ({ ruleNo }) => ruleNo }),
    egress: fc.uniqueArray(entry, { maxLength: 3, selector: ({ ruleNo }) => ruleNo }),
    openAtLast: fc.boolean(),
    ofTheirOwn: fc.boolean(),
  })
  .map(({ subnets, ingress, egress, openAtLast, ofTheirOwn }) => ({
    what: `puts an ACL before subnets ${subnets.join()}: in ${JSON.stringify(ingress)}, out ${JSON.stringify(egress)}${openAtLast ? ", then all" : ""}${ofTheirOwn ? " (rules of their own)" : ""}`,
    edit: (stack) => {
      const last = {
        ruleNo: 900,
        action: "allow",
        protocol: "-1",
        cidrBlock: "0.0.0.0/0",
        fromPort: 0,
        toPort: 0,
        icmpType: 0,
      };
      const [all, out] = [ingress, egress].map((entries) =>
        [...entries, ...(openAtLast ? [last] : [])].map(consistent),
      );
      const subnetIds = subnets.map((name) => subnetId(stack, name));
      const id = fresh(stack, "acl");
      const own = { vpcId: vpcOf(stack), subnetIds };
      for (const other of stack.resources)
        if (other.type.endsWith(":NetworkAcl"))
          for (const properties of [other.inputs, other.outputs])
            properties["subnetIds"] = [properties["subnetIds"]]
              .flat()
              .filter((one) => !subnetIds.includes(String(one)));
      const inline = ofTheirOwn ? { ingress: [], egress: [] } : { ingress: all, egress: out };
      stack.add("aws:ec2/networkAcl:NetworkAcl", id, { ...own, ...inline }, id);
      if (!ofTheirOwn) return;
      for (const [egress, entries] of [
        [false, all],
        [true, out],
      ] as const)
        for (const { ruleNo, action, ...rest } of entries ?? [])
          stack.add("aws:ec2/networkAclRule:NetworkAclRule", fresh(stack, "entry"), {
            ...rest,
            networkAclId: id,
            ruleNumber: ruleNo,
            ruleAction: action,
            egress,
          });
    },
  }));

interface Entry {
  readonly ruleNo: number;
  readonly action: string;
  readonly protocol: string;
  readonly cidrBlock: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly icmpType: number;
}

/** As AWS takes it: from does not exceed to, and only ICMP has types. */
function consistent({ fromPort, toPort, icmpType, protocol, ...rest }: Entry): Entry {
  if (protocol === "1") return { ...rest, protocol, fromPort: 0, toPort: 0, icmpType };
  if (protocol === "-1") return { ...rest, protocol, fromPort: 0, toPort: 0, icmpType: 0 };
  const [from, to] = [Math.min(fromPort, toPort), Math.max(fromPort, toPort)];
  return { ...rest, protocol, fromPort: from, toPort: to, icmpType: 0 };
}

// What stands there.

/** Host a or b; made with group of the same name where it is not there. */
function host(stack: Editor, name: string): string {
  return ensure(stack, "aws:ec2/instance:Instance", `i-${name}`, () => ({
    subnetId: subnetId(stack, "private-1"),
    vpcSecurityGroupIds: [groupId(stack, name)],
    privateIp: name === "a" ? "10.0.40.9" : "10.0.41.9",
    associatePublicIpAddress: false,
    primaryNetworkInterfaceId: `eni-i-${name}`,
  }));
}

/** The host, made to take packets that are for others. */
function router(stack: Editor, name: string): string {
  const id = host(stack, name);
  const found = stack.resources.find((one) => one.id === id);
  for (const properties of [found?.inputs, found?.outputs])
    if (properties) properties["sourceDestCheck"] = false;
  return id;
}

const someGroups = fc.uniqueArray(group, { minLength: 1, maxLength: 2 });

interface Placed {
  readonly name: string;
  readonly subnet: string;
  readonly groups: readonly string[];
  readonly isPublic: boolean | null;
}

function place(stack: Editor, { name, subnet, groups, isPublic }: Placed): void {
  const id = host(stack, name);
  const first = requireCidr(SUBNETS[subnet] ?? "").first;
  const properties = {
    subnetId: subnetId(stack, subnet),
    vpcSecurityGroupIds: groups.map((one) => groupId(stack, one)),
    privateIp: formatAddress(first + (name === "a" ? 9 : 10)),
    ...(isPublic === null ? {} : { associatePublicIpAddress: isPublic }),
  };
  const found = stack.resources.find((one) => one.id === id);
  for (const one of [found?.inputs, found?.outputs]) if (one) Object.assign(one, properties);
}

const name = fc.constantFrom("a", "b");
const instance: fc.Arbitrary<Edit> = fc
  .record({ name, subnet, groups: someGroups, isPublic: fc.option(fc.boolean()) })
  .map((placed) => ({
    what: `stands host ${placed.name} in subnet ${placed.subnet} with groups ${placed.groups.join()}${placed.isPublic === true ? " and a public address" : ""}`,
    edit: (stack) => {
      place(stack, placed);
    },
  }));

/** A host with a group of its own that GitLab and another host talk to or are talked to by: what ways are made of. */
const scene: fc.Arbitrary<Edit> = fc
  .record({
    name,
    subnet,
    isPublic: fc.boolean(),
    gitlab: fc.constantFrom("reaches it", "is reached by it", "is apart"),
    other: fc.constantFrom("reaches it", "is reached by it", "is apart"),
    outside: fc.constantFrom("reaches it", "is reached by it", "is apart"),
    cidr: range,
    ports,
    form,
  })
  .map(({ name, subnet, isPublic, gitlab, other, outside, cidr, ports, form }) => ({
    what: `stands host ${name} in subnet ${subnet}${isPublic ? " with a public address" : ""}, where GitLab ${gitlab}, the other host ${other}, ${cidr} ${outside}, by ${JSON.stringify(ports)} (${form})`,
    edit: (stack) => {
      place(stack, { name, subnet, groups: [name], isPublic });
      const link = (from: string, to: string) => {
        addRule(stack, { way: "egress", group: from, peer: { group: to }, ports, form });
        addRule(stack, { way: "ingress", group: to, peer: { group: from }, ports, form });
      };
      for (const [who, how] of [
        ["gitlab", gitlab],
        [name === "a" ? "b" : "a", other],
      ] as const) {
        if (how === "reaches it") link(who, name);
        if (how === "is reached by it") link(name, who);
      }
      if (outside !== "is apart")
        addRule(stack, {
          way: outside === "reaches it" ? "ingress" : "egress",
          group: name,
          peer: { cidr },
          ports,
          form,
        });
    },
  }));

const service: fc.Arbitrary<Edit> = fc
  .record({
    subnets: fc.uniqueArray(subnet, { minLength: 1, maxLength: 2 }),
    groups: someGroups,
    isPublic: fc.boolean(),
  })
  .map(({ subnets, groups, isPublic }) => ({
    what: `runs another service in subnets ${subnets.join()} with groups ${groups.join()}${isPublic ? " and public addresses" : ""}`,
    edit: (stack) => {
      const { type, outputs } = stack.find("ecs.Service", "source-proxy");
      const id = fresh(stack, "arn:aws:ecs:ap-northeast-1:111111111111:service/x");
      const networkConfiguration = {
        subnets: subnets.map((one) => subnetId(stack, one)),
        securityGroups: groups.map((one) => groupId(stack, one)),
        assignPublicIp: isPublic,
      };
      const properties = { ...outputs, name: fresh(stack, "x"), loadBalancers: [], networkConfiguration };
      stack.add(type, fresh(stack, "service"), properties, id);
    },
  }));

const lambda: fc.Arbitrary<Edit> = fc
  .record({ subnets: fc.uniqueArray(subnet, { minLength: 1, maxLength: 2 }), groups: someGroups })
  .map(({ subnets, groups }) => ({
    what: `runs a function in subnets ${subnets.join()} with groups ${groups.join()}`,
    edit: (stack) => {
      const name = fresh(stack, "function");
      const arn = `arn:aws:lambda:ap-northeast-1:111111111111:function:${name}`;
      const role = String(stack.find("iam.Role", "source-proxy").outputs["arn"]);
      const vpcConfig = {
        subnetIds: subnets.map((one) => subnetId(stack, one)),
        securityGroupIds: groups.map((one) => groupId(stack, one)),
      };
      stack.add("aws:lambda/function:Function", name, { name, arn, role, vpcConfig }, name);
    },
  }));

const HOSTS = ["gitlab", "a", "b"];

function hostId(stack: Editor, name: string): string {
  return name === "gitlab" ? idOf(stack, "ec2.Instance", "source-gitlab") : host(stack, name);
}

function addressOf(stack: Editor, name: string): string {
  const id = hostId(stack, name);
  return String(stack.resources.find((one) => one.id === id)?.outputs["privateIp"]);
}

const publicAddress: fc.Arbitrary<Edit> = fc
  .record({ name: fc.constantFrom(...HOSTS), form: fc.constantFrom("eip", "association") })
  .map(({ name, form }) => ({
    what: `gives an Elastic IP to ${name} (${form})`,
    edit: (stack) => {
      const [instance, id] = [hostId(stack, name), fresh(stack, "eipalloc")];
      const more = form === "eip" ? { instance } : {};
      stack.add("aws:ec2/eip:Eip", id, { publicIp: "203.0.113.99", domain: "vpc", ...more }, id);
      if (form === "association")
        stack.add("aws:ec2/eipAssociation:EipAssociation", fresh(stack, "eip"), {
          allocationId: id,
          instanceId: instance,
        });
    },
  }));

const moved: fc.Arbitrary<Edit> = fc
  .record({ name: fc.constantFrom("gitlab", "proxy"), subnet: fc.option(subnet), more: fc.option(group) })
  .map(({ name, subnet, more }) => ({
    what: `moves ${name}${subnet === null ? "" : ` to subnet ${subnet}`}${more === null ? "" : ` and adds group ${more}`}`,
    edit: (stack) => {
      if (name === "gitlab") {
        const { vpcSecurityGroupIds } = stack.find("ec2.Instance", "source-gitlab").outputs;
        stack.change("ec2.Instance", "source-gitlab", {
          ...(subnet !== null && {
            subnetId: subnetId(stack, subnet),
            privateIp: formatAddress(requireCidr(SUBNETS[subnet] ?? "").first + 77),
          }),
          ...(more !== null && {
            vpcSecurityGroupIds: [...[vpcSecurityGroupIds].flat(), groupId(stack, more)],
          }),
        });
      } else {
        const { networkConfiguration } = stack.find("ecs.Service", "source-proxy").outputs;
        const before = networkConfiguration as { subnets: string[]; securityGroups: string[] };
        stack.change("ecs.Service", "source-proxy", {
          networkConfiguration: {
            ...before,
            ...(subnet !== null && { subnets: [subnetId(stack, subnet)] }),
            ...(more !== null && { securityGroups: [...before.securityGroups, groupId(stack, more)] }),
          },
        });
      }
    },
  }));

// Load balancers.

interface Balancing {
  readonly internal: boolean;
  readonly kind: string;
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  readonly port: number;
  readonly targetType: string;
  readonly target: string;
  readonly targetPort: number;
  readonly preserve: boolean;
  readonly isUdp: boolean;
}

const balancing: fc.Arbitrary<Balancing> = fc.record({
  internal: fc.boolean(),
  kind: fc.constantFrom("network", "network", "application"),
  subnets: fc.uniqueArray(subnet, { minLength: 1, maxLength: 2 }),
  groups: fc.uniqueArray(group, { maxLength: 2 }),
  port: fc.constantFrom(22, 80, 443, 8080),
  targetType: fc.constantFrom("instance", "ip"),
  target: fc.constantFrom("gitlab", "gitlab", "a", "b", "10.99.0.5"),
  targetPort: fc.constantFrom(22, 80, 443),
  preserve: fc.boolean(),
  isUdp: fc.constantFrom(false, false, false, true),
});

/** @returns the ARN */
function addBalancer(stack: Editor, given: Balancing, behind?: { arn: string; port: number }): string {
  const { internal, kind, subnets, groups, port, targetType, target, targetPort, preserve, isUdp } = given;
  const name = fresh(stack, "balancer");
  const arn = `arn:aws:elasticloadbalancing:ap-northeast-1:111111111111:loadbalancer/${kind === "network" ? "net" : "app"}/${name}/1`;
  stack.add(
    "aws:lb/loadBalancer:LoadBalancer",
    name,
    {
      arn,
      name,
      internal,
      loadBalancerType: kind,
      ipAddressType: "ipv4",
      subnets: subnets.map((one) => subnetId(stack, one)),
      securityGroups: groups.map((one) => groupId(stack, one)),
    },
    arn,
  );
  const layer4 = isUdp && behind === undefined ? "UDP" : "TCP";
  const protocol = kind === "network" ? layer4 : "HTTP";
  const groupArn = `arn:aws:elasticloadbalancing:ap-northeast-1:111111111111:targetgroup/${name}/1`;
  const isAddress = target.includes(".");
  const type = behind !== undefined ? "alb" : isAddress ? "ip" : targetType;
  const properties = {
    arn: groupArn,
    name,
    protocol,
    targetType: type,
    vpcId: vpcOf(stack),
    port: behind?.port ?? targetPort,
    ...(kind === "network" && { preserveClientIp: String(preserve) }),
  };
  stack.add("aws:lb/targetGroup:TargetGroup", name, properties, groupArn);
  const targetId =
    behind?.arn ?? (isAddress ? target : type === "ip" ? addressOf(stack, target) : hostId(stack, target));
  stack.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", name, {
    targetGroupArn: groupArn,
    targetId,
    port: behind?.port ?? targetPort,
  });
  const listener = {
    loadBalancerArn: arn,
    port,
    protocol,
    defaultActions: [{ order: 1, type: "forward", targetGroupArn: groupArn }],
  };
  stack.add("aws:lb/listener:Listener", name, listener, `${groupArn}/listener`);
  return arn;
}

const balancer: fc.Arbitrary<Edit> = balancing.map((one) => ({
  what: `balances ${JSON.stringify(one)}`,
  edit: (stack) => {
    addBalancer(stack, one);
  },
}));

const chain: fc.Arbitrary<Edit> = fc
  .record({ first: balancing, second: balancing })
  .map(({ first, second }) => ({
    what: `balances ${JSON.stringify(first)} before an application balancer ${JSON.stringify(second)}`,
    edit: (stack) => {
      const inner = { ...second, kind: "application" };
      const arn = addBalancer(stack, inner);
      addBalancer(stack, { ...first, kind: "network" }, { arn, port: inner.port });
    },
  }));

// Endpoints.

const policy = endpointPolicies("111111111111");

const endpoint: fc.Arbitrary<Edit> = fc
  .record({
    service: fc.constantFrom("s3", "sqs", "logs", "git-codecommit", "dynamodb"),
    isGateway: fc.boolean(),
    subnet,
    group,
    tables: fc.uniqueArray(table, { minLength: 1, maxLength: 2 }),
    policy,
  })
  .map(({ service, isGateway, subnet, group, tables, policy }) => {
    const gateway = isGateway && ["s3", "dynamodb"].includes(service);
    return {
      what: `adds an endpoint for ${service} ${gateway ? `to tables ${tables.join()}` : `in subnet ${subnet} with group ${group}`}: ${policy}`,
      edit: (stack) => {
        const id = fresh(stack, "vpce");
        const at = gateway
          ? { vpcEndpointType: "Gateway", routeTableIds: tables.map((one) => tableId(stack, one)) }
          : {
              vpcEndpointType: "Interface",
              subnetIds: [subnetId(stack, subnet)],
              securityGroupIds: [groupId(stack, group)],
            };
        const serviceName = `com.amazonaws.ap-northeast-1.${service}`;
        stack.add(
          "aws:ec2/vpcEndpoint:VpcEndpoint",
          id,
          { vpcId: vpcOf(stack), serviceName, policy, ...at },
          id,
        );
      },
    };
  });

const endpointPolicy: fc.Arbitrary<Edit> = fc
  .record({ name: fc.constantFrom("ssm", "ssmmessages"), policy })
  .map(({ name, policy }) => ({
    what: `gives the ${name} endpoint the policy ${policy}`,
    edit: (stack) => {
      stack.change("ec2.VpcEndpoint", `source-${name}`, { policy });
    },
  }));

/** One edit of the source's network. */
export const networkEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: rule },
  { weight: 4, arbitrary: pair },
  { weight: 4, arbitrary: opened },
  { weight: 4, arbitrary: route },
  { weight: 1, arbitrary: gateway },
  { weight: 2, arbitrary: association },
  { weight: 1, arbitrary: noAssociation },
  { weight: 1, arbitrary: mainTable },
  { weight: 2, arbitrary: acl },
  { weight: 4, arbitrary: instance },
  { weight: 10, arbitrary: scene },
  { weight: 1, arbitrary: service },
  { weight: 2, arbitrary: lambda },
  { weight: 2, arbitrary: publicAddress },
  { weight: 2, arbitrary: moved },
  { weight: 3, arbitrary: balancer },
  { weight: 2, arbitrary: chain },
  { weight: 2, arbitrary: endpoint },
  { weight: 1, arbitrary: endpointPolicy },
);
