/**
 * What becomes of one packet in the source's VPC, step by step, as AWS describes it: groups, network ACLs, the longest prefix, and
 * what each kind of target leads to. Written without a look at how the prover decides, naive on purpose: it is the specification
 * that the prover's sets are compared with.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
import { contains, formatAddress, parseCidr, parseIpv4 } from "../../../../facts/ipv4";
import { number, objects, text, texts, type Properties, type State } from "./state";

/** One packet's destination. Of ICMP, the port is the type. */
export interface Packet {
  readonly to: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly port: number;
}

/** What has an address in the VPC. */
export interface Interface {
  readonly name: string;
  readonly kind: "gitlab" | "proxy" | "host" | "function" | "balancer" | "endpoint" | "nat gateway";
  readonly subnet: string;
  /** None of a balancer or NAT gateway without groups, which filters nothing. */
  readonly groups: readonly string[];
  readonly addresses: readonly string[];
  readonly isPublic: boolean;
  /** The id or ARN of what it belongs to. */
  readonly id: string;
  readonly eni: string;
  /** Whether it takes packets that are for others. */
  readonly passesOn?: boolean;
}

/** Who sends: somebody in the VPC, or only an address of somebody outside. */
export interface Sender {
  readonly address: string;
  readonly groups: readonly string[];
}

/** Where a packet comes to. */
export type Arrival =
  | { readonly at: "interface"; readonly interface: Interface; readonly sender: Sender }
  /** By an Internet gateway, as the sender itself or as a NAT gateway. */
  | { readonly at: "Internet"; readonly by: "own address" | "NAT gateway" }
  /** By a gateway, peering or interface that leads to what the stack does not show. */
  | { readonly at: "elsewhere"; readonly by: string };

const PROTOCOLS: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp" };

/** A VPC and what stands in it. */
export class Vpc {
  readonly id: string;
  readonly cidr: string;
  readonly interfaces: readonly Interface[];

  constructor(
    readonly state: State,
    /** The name of the VPC. */
    name: string,
  ) {
    const [vpc] = state.of("Vpc").filter((one) => one.name === name);
    if (vpc?.id === undefined) throw new Error(`there is no VPC ${name}`);
    this.id = vpc.id;
    this.cidr = text(vpc.outputs, "cidrBlock");
    this.mainTable = text(vpc.outputs, "mainRouteTableId");
    this.mainAcl = text(vpc.outputs, "defaultNetworkAclId");
    this.interfaces = [
      ...this.instances(),
      ...this.services(),
      ...this.functions(),
      ...this.balancers(),
      ...this.endpoints(),
      ...this.natGateways(),
    ];
  }

  private readonly mainTable: string;
  private readonly mainAcl: string;

  /** @returns the places that a packet comes to; none where something drops it */
  send(from: Interface, sender: Sender, packet: Packet): Arrival[] {
    const { subnet } = from;
    return this.receivers(packet.to).flatMap((receiver) => {
      if (from.groups.length > 0 && !this.admits("egress", from.groups, packet, this.seen(packet, receiver)))
        return [];
      if (receiver?.subnet === subnet) return this.receive(receiver, sender, packet, subnet);
      if (!this.passesAcl("egress", subnet, packet, packet.to)) return [];
      const service = this.gatewayEndpoint(subnet, packet.to);
      if (service !== undefined) return [{ at: "interface", interface: service, sender }];
      const target = this.routeOf(subnet, packet.to);
      if (target === undefined) return [];
      if ("local" in target)
        return receiver === undefined ? [] : this.receive(receiver, sender, packet, subnet);
      if (target.kind === "gatewayId" && this.isInternetGateway(target.to))
        return from.isPublic && !isPrivate(packet.to) ? [{ at: "Internet", by: "own address" }] : [];
      if (target.kind === "natGatewayId") return this.translate(target.to, sender, packet, subnet);
      if (target.kind === "networkInterfaceId") return this.handOver(target.to, sender, packet, subnet);
      // A gateway that nothing attaches to this VPC leads nowhere.
      if (!this.leadsSomewhere(target)) return [];
      return [{ at: "elsewhere", by: `${target.kind} ${target.to}` }];
    });
  }

  /** What somebody outside reaches: public addresses by an Internet gateway, all by what is joined to the VPC otherwise. */
  fromOutside(address: string, receiver: Interface, packet: Packet): Arrival[] {
    const sender = { address, groups: [] };
    const byInternet = receiver.isPublic && this.hasInternetGateway();
    return byInternet || this.isJoined() ? this.receive(receiver, sender, packet, undefined) : [];
  }

  /** Whether what somebody asks for by a packet gets back to him: groups let it, ACLs and routes may not. */
  answers(from: Interface, address: string, { protocol, port }: Packet): boolean {
    const back = { to: address, protocol, port: protocol === "icmp" ? (port === 8 ? 0 : port) : 50_000 };
    const receivers = this.interfaces.filter(({ addresses }) => addresses.includes(address));
    if (receivers.some(({ subnet }) => subnet === from.subnet)) return true;
    if (!this.passesAcl("egress", from.subnet, back, address)) return false;
    const target = this.routeOf(from.subnet, address);
    if (target === undefined) return false;
    if ("local" in target)
      return receivers.some(({ subnet }) => this.passesAcl("ingress", subnet, back, from.addresses[0] ?? ""));
    if (target.kind === "gatewayId" && this.isInternetGateway(target.to)) return from.isPublic;
    return target.kind !== "natGatewayId" && this.leadsSomewhere(target);
  }

  /** Whether other networks are joined to the VPC by a peering, a transit gateway or a VPN. */
  isJoined(): boolean {
    const peered = this.state
      .of("VpcPeeringConnection")
      .some(({ outputs }) => [outputs["vpcId"], outputs["peerVpcId"]].includes(this.id));
    return peered || this.attached("VpcAttachment", "VpnGateway").length > 0;
  }

  /** The hosts' interfaces in a balancer's target groups, and the port there. */
  targets(balancer: Interface, packet: Packet): { address: string; port: number; preserves: boolean }[] {
    return this.state
      .of("Listener")
      .filter(({ outputs }) => {
        const protocol = text(outputs, "protocol");
        const carries = protocol.includes("UDP") ? ["udp", protocol.includes("TCP") ? "tcp" : ""] : ["tcp"];
        return (
          text(outputs, "loadBalancerArn") === balancer.id &&
          number(outputs, "port") === packet.port &&
          carries.includes(packet.protocol)
        );
      })
      .flatMap(({ outputs }) =>
        objects(outputs, "defaultActions").flatMap((action) => this.behind(text(action, "targetGroupArn"))),
      );
  }

  private behind(group: string): { address: string; port: number; preserves: boolean }[] {
    const found = this.state.of("TargetGroup").find(({ outputs }) => text(outputs, "arn") === group);
    if (found === undefined) return [];
    const port = number(found.outputs, "port");
    const preserves = text(found.outputs, "preserveClientIp") !== "false";
    const attached = this.state
      .of("TargetGroupAttachment")
      .filter(({ outputs }) => text(outputs, "targetGroupArn") === group)
      .map(({ outputs }) => ({ to: text(outputs, "targetId"), port: number(outputs, "port") || port }));
    const services = this.state.of("Service").flatMap(({ id = "", outputs }) =>
      objects(outputs, "loadBalancers")
        .filter((balancer) => text(balancer, "targetGroupArn") === group)
        .map((balancer) => ({ to: id, port: number(balancer, "containerPort") })),
    );
    return [...attached, ...services].flatMap(({ to, port: at }) => {
      const own = this.interfaces.filter(({ id }) => id === to).flatMap(({ addresses }) => addresses);
      const addresses = parseIpv4(to) === undefined ? own : [to];
      return addresses.map((address) => ({ address, port: at, preserves }));
    });
  }

  /** Whose address it is; undefined, of somebody or something that stands elsewhere. */
  private receivers(address: string): (Interface | undefined)[] {
    const found = this.interfaces.filter(({ addresses }) => addresses.includes(address));
    return found.length === 0 ? [undefined] : found;
  }

  private seen({ to }: Packet, receiver: Interface | undefined): Sender {
    return { address: to, groups: receiver?.groups ?? [] };
  }

  private receive(
    receiver: Interface,
    sender: Sender,
    packet: Packet,
    fromSubnet: string | undefined,
  ): Arrival[] {
    if (receiver.kind === "function" || receiver.kind === "nat gateway") return [];
    if (fromSubnet !== receiver.subnet && !this.passesAcl("ingress", receiver.subnet, packet, sender.address))
      return [];
    if (receiver.groups.length > 0 && !this.admits("ingress", receiver.groups, packet, sender)) return [];
    return [{ at: "interface", interface: receiver, sender }];
  }

  private translate(nat: string, sender: Sender, packet: Packet, fromSubnet: string): Arrival[] {
    const gateway = this.interfaces.find(({ kind, id }) => kind === "nat gateway" && id === nat);
    const [address] = gateway?.addresses ?? [];
    if (gateway === undefined || address === undefined) return [];
    const { subnet } = gateway;
    if (fromSubnet !== subnet && !this.passesAcl("ingress", subnet, packet, sender.address)) return [];
    const [receiver] = this.receivers(packet.to);
    const translated = { address, groups: [] };
    if (receiver?.subnet === subnet) return this.receive(receiver, translated, packet, subnet);
    if (!this.passesAcl("egress", subnet, packet, packet.to)) return [];
    const target = this.routeOf(subnet, packet.to);
    if (target === undefined) return [];
    if ("local" in target)
      return receiver === undefined ? [] : this.receive(receiver, translated, packet, subnet);
    if (target.kind === "gatewayId" && this.isInternetGateway(target.to))
      return gateway.isPublic && !isPrivate(packet.to) ? [{ at: "Internet", by: "NAT gateway" }] : [];
    return this.leadsSomewhere(target) && target.kind !== "natGatewayId"
      ? [{ at: "elsewhere", by: `${target.kind} ${target.to}` }]
      : [];
  }

  /** A host that takes packets for others. */
  private handOver(eni: string, sender: Sender, packet: Packet, fromSubnet: string): Arrival[] {
    const next = this.interfaces.find((one) => one.eni === eni);
    if (next === undefined) return [{ at: "elsewhere", by: `networkInterfaceId ${eni}` }];
    return next.passesOn ? this.receive(next, sender, packet, fromSubnet) : [];
  }

  private leadsSomewhere({ kind, to }: { kind: string; to: string }): boolean {
    if (kind === "gatewayId") return this.attached("VpnGateway").includes(to);
    if (kind === "vpcPeeringConnectionId")
      return this.state.of("VpcPeeringConnection").some(({ id }) => id === to);
    if (kind === "transitGatewayId")
      return this.state
        .of("VpcAttachment")
        .some(({ outputs }) => text(outputs, "transitGatewayId") === to && outputs["vpcId"] === this.id);
    return true;
  }

  /** A gateway endpoint's routes are those of its service's addresses, in the tables that it is given. */
  private gatewayEndpoint(subnet: string, to: string): Interface | undefined {
    const [name] = Object.entries(SERVICES).find(([, range]) => isIn(to, range)) ?? [];
    const found = this.state
      .of("VpcEndpoint")
      .find(
        ({ outputs }) =>
          text(outputs, "vpcEndpointType") === "Gateway" &&
          text(outputs, "serviceName").endsWith(`.${name}`) &&
          texts(outputs, "routeTableIds").includes(this.tableOf(subnet)),
      );
    if (found === undefined) return undefined;
    const nowhere = { subnet: "", groups: [], addresses: [], isPublic: false, eni: "" };
    return { ...nowhere, name: found.name, kind: "endpoint", id: found.id ?? "" };
  }

  private tableOf(subnet: string): string {
    const [association] = this.state
      .of("RouteTableAssociation")
      .filter(({ outputs }) => text(outputs, "subnetId") === subnet);
    const [main] = this.state
      .of("MainRouteTableAssociation")
      .filter(({ outputs }) => outputs["vpcId"] === this.id);
    return (
      text(association?.outputs ?? {}, "routeTableId") ||
      text(main?.outputs ?? {}, "routeTableId") ||
      this.mainTable
    );
  }

  private routeOf(subnet: string, to: string): { local: true } | { kind: string; to: string } | undefined {
    const table = this.tableOf(subnet);
    const inline = this.state.of("RouteTable", "DefaultRouteTable").filter(({ id }) => id === table);
    const written = [
      ...this.state.of("Route").filter(({ outputs }) => text(outputs, "routeTableId") === table),
      ...inline.flatMap(({ outputs }) => objects(outputs, "routes").map((route) => ({ outputs: route }))),
    ].map(({ outputs }) => outputs);
    const matching = written.filter((route) => isIn(to, rangeOf(route)));
    const longest = matching.sort((a, b) => prefixOf(b) - prefixOf(a))[0];
    // A route for the VPC's own range takes the place of the local one.
    if (isIn(to, this.cidr) && (longest === undefined || prefixOf(longest) < prefixLength(this.cidr)))
      return { local: true };
    if (longest === undefined) return undefined;
    const kind = TARGETS.find((name) => text(longest, name) !== "") ?? "";
    const target = text(longest, kind);
    return target === "local" ? { local: true } : { kind, to: target };
  }

  private passesAcl(way: "ingress" | "egress", subnet: string, packet: Packet, peer: string): boolean {
    const acls = this.state.of("NetworkAcl", "DefaultNetworkAcl");
    const byAssociation = this.state
      .of("NetworkAclAssociation")
      .find(({ outputs }) => text(outputs, "subnetId") === subnet);
    const acl =
      acls.find(({ outputs }) => texts(outputs, "subnetIds").includes(subnet)) ??
      acls.find(({ id }) => id === text(byAssociation?.outputs ?? {}, "networkAclId")) ??
      acls.find(({ id }) => id === this.mainAcl);
    if (acl === undefined) return true;
    const rules = this.state
      .of("NetworkAclRule")
      .filter(
        ({ outputs }) =>
          text(outputs, "networkAclId") === acl.id && (outputs["egress"] === true) === (way === "egress"),
      )
      .map(({ outputs }) => outputs);
    const entries = [...objects(acl.outputs, way), ...rules].sort((a, b) => order(a) - order(b));
    const first = entries.find(
      (entry) =>
        isIn(peer, text(entry, "cidrBlock")) &&
        covers(text(entry, "protocol"), packet, {
          from: number(entry, "fromPort"),
          to: number(entry, "toPort"),
          icmp: entry["icmpType"] === undefined ? -1 : number(entry, "icmpType"),
        }),
    );
    return (text(first ?? {}, "action") || text(first ?? {}, "ruleAction")) === "allow";
  }

  private admits(
    way: "ingress" | "egress",
    groups: readonly string[],
    packet: Packet,
    peer: Sender,
  ): boolean {
    return this.rules(way, groups).some(
      ({ rule, group }) =>
        covers(text(rule, "ipProtocol") || text(rule, "protocol"), packet, {
          from: number(rule, "fromPort"),
          to: number(rule, "toPort"),
          icmp: number(rule, "fromPort"),
        }) && meets(rule, group, peer),
    );
  }

  private rules(way: "ingress" | "egress", groups: readonly string[]): { rule: Properties; group: string }[] {
    const inline = this.state
      .of("SecurityGroup", "DefaultSecurityGroup")
      .filter(({ id }) => groups.includes(id ?? ""))
      .flatMap(({ id = "", outputs }) => objects(outputs, way).map((rule) => ({ rule, group: id })));
    const own = this.state
      .of("SecurityGroupRule", way === "ingress" ? "SecurityGroupIngressRule" : "SecurityGroupEgressRule")
      .filter(({ outputs }) => groups.includes(text(outputs, "securityGroupId")))
      .filter(({ type, outputs }) => !type.endsWith(":SecurityGroupRule") || outputs["type"] === way)
      .map(({ outputs }) => ({ rule: outputs, group: text(outputs, "securityGroupId") }));
    return [...inline, ...own];
  }

  private hasInternetGateway(): boolean {
    return this.internetGateways().length > 0;
  }

  private isInternetGateway(id: string): boolean {
    return this.internetGateways().includes(id);
  }

  private internetGateways(): string[] {
    const later = this.state
      .of("InternetGatewayAttachment")
      .filter(({ outputs }) => outputs["vpcId"] === this.id)
      .map(({ outputs }) => text(outputs, "internetGatewayId"));
    return [...this.attached("InternetGateway"), ...later];
  }

  private attached(...types: readonly string[]): string[] {
    return this.state
      .of(...types)
      .flatMap(({ id = "", outputs }) => (outputs["vpcId"] === this.id ? [id] : []));
  }

  private instances(): Interface[] {
    return this.state.of("Instance").map((instance) => {
      const { id = "", outputs } = instance;
      const eni = text(outputs, "primaryNetworkInterfaceId");
      const mapped = this.state.of("Subnet").find((subnet) => subnet.id === outputs["subnetId"])?.outputs[
        "mapPublicIpOnLaunch"
      ];
      const elastic = [...this.state.of("Eip"), ...this.state.of("EipAssociation")].some((one) =>
        ["instance", "instanceId", "networkInterface", "networkInterfaceId"].some((name) =>
          [id, eni].includes(text(one.outputs, name) || "-"),
        ),
      );
      return {
        name: instance.name,
        kind: instance.name === "source-gitlab" ? "gitlab" : "host",
        subnet: text(outputs, "subnetId"),
        groups: texts(outputs, "vpcSecurityGroupIds"),
        addresses: texts(outputs, "privateIp"),
        isPublic: (outputs["associatePublicIpAddress"] ?? mapped) === true || elastic,
        id,
        eni,
        passesOn: outputs["sourceDestCheck"] === false,
      };
    });
  }

  private services(): Interface[] {
    return this.state.of("Service").flatMap((service) => {
      const [network = {}] = objects(service.outputs, "networkConfiguration");
      return texts(network, "subnets").map((subnet, i) => ({
        name: service.name,
        kind: service.name === "source-proxy" ? ("proxy" as const) : ("host" as const),
        subnet,
        groups: texts(network, "securityGroups"),
        addresses: this.some(subnet, service.name, i),
        isPublic: network["assignPublicIp"] === true,
        id: service.id ?? "",
        eni: "",
      }));
    });
  }

  private functions(): Interface[] {
    return this.state.of("Function").flatMap((lambda) => {
      const [network = {}] = objects(lambda.outputs, "vpcConfig");
      return texts(network, "subnetIds").map((subnet, i) => ({
        name: lambda.name,
        kind: "function" as const,
        subnet,
        groups: texts(network, "securityGroupIds"),
        addresses: this.some(subnet, lambda.name, i),
        isPublic: false,
        id: lambda.id ?? "",
        eni: "",
      }));
    });
  }

  private balancers(): Interface[] {
    return this.state.of("LoadBalancer").flatMap((balancer) =>
      texts(balancer.outputs, "subnets").map((subnet, i) => ({
        name: balancer.name,
        kind: "balancer" as const,
        subnet,
        groups: texts(balancer.outputs, "securityGroups"),
        addresses: this.some(subnet, balancer.name, i),
        isPublic: balancer.outputs["internal"] !== true,
        id: balancer.id ?? "",
        eni: "",
      })),
    );
  }

  private endpoints(): Interface[] {
    return this.state
      .of("VpcEndpoint")
      .filter(({ outputs }) => outputs["vpcId"] === this.id)
      .flatMap((endpoint) =>
        texts(endpoint.outputs, "subnetIds").map((subnet, i) => ({
          name: endpoint.name,
          kind: "endpoint" as const,
          subnet,
          groups: texts(endpoint.outputs, "securityGroupIds"),
          addresses: this.some(subnet, endpoint.name, i),
          isPublic: false,
          id: endpoint.id ?? "",
          eni: "",
        })),
      );
  }

  private natGateways(): Interface[] {
    return this.state.of("NatGateway").map((nat) => ({
      name: nat.name,
      kind: "nat gateway" as const,
      subnet: text(nat.outputs, "subnetId"),
      groups: [],
      addresses: this.some(text(nat.outputs, "subnetId"), nat.name, 0),
      isPublic: text(nat.outputs, "connectivityType") !== "private",
      id: nat.id ?? "",
      eni: text(nat.outputs, "networkInterfaceId"),
    }));
  }

  /** An address of what gets any of its subnet: one that nobody else has. */
  private some(subnet: string, name: string, i: number): string[] {
    const found = this.state.of("Subnet").find(({ id }) => id === subnet);
    const range = parseCidr(text(found?.outputs ?? {}, "cidrBlock"));
    if (range === undefined) return [];
    const nth = Buffer.from(`${name}${i}`).reduce((sum, byte) => (sum * 31 + byte) % 151, 7);
    return [formatAddress(range.first + 100 + nth)];
  }
}

/** Some of the addresses of the services that have gateway endpoints. */
const SERVICES: Readonly<Record<string, string>> = { s3: "52.219.0.0/16", dynamodb: "52.94.0.0/22" };

const TARGETS = [
  "gatewayId",
  "natGatewayId",
  "egressOnlyGatewayId",
  "transitGatewayId",
  "vpcPeeringConnectionId",
  "networkInterfaceId",
  "vpcEndpointId",
];

function rangeOf(route: Properties): string {
  return text(route, "destinationCidrBlock") || text(route, "cidrBlock");
}

function prefixLength(cidr: string): number {
  return Number(cidr.split("/")[1] ?? 32);
}

function prefixOf(route: Properties): number {
  return prefixLength(rangeOf(route));
}

function order(entry: Properties): number {
  return number(entry, "ruleNumber") || number(entry, "ruleNo");
}

/** Whether an IPv4 address lies in a range. */
export function isIn(address: string, cidr: string): boolean {
  const [range, one] = [parseCidr(cidr), parseIpv4(address)];
  return range !== undefined && one !== undefined && contains(range, { first: one, last: one });
}

/** Whether an address is nobody's on the Internet, but may be somebody's in a network that is joined to the VPC. */
export function isPrivate(address: string): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((range) => isIn(address, range));
}

function covers(written: string, packet: Packet, ports: { from: number; to: number; icmp: number }): boolean {
  const protocol = PROTOCOLS[written] ?? written.toLowerCase();
  if (protocol === "-1") return true;
  if (protocol !== packet.protocol) return false;
  if (protocol === "icmp") return ports.icmp === -1 || ports.icmp === packet.port;
  return ports.from <= packet.port && packet.port <= ports.to;
}

/** Whether a rule of a group is about somebody. */
function meets(rule: Properties, group: string, { address, groups }: Sender): boolean {
  const ranges = [...texts(rule, "cidrIpv4"), ...texts(rule, "cidrBlocks")];
  const named = ["referencedSecurityGroupId", "sourceSecurityGroupId", "securityGroups"].flatMap((name) =>
    texts(rule, name),
  );
  if (rule["self"] === true) named.push(group);
  return ranges.some((range) => isIn(address, range)) || named.some((one) => groups.includes(one));
}
