/** Follows packets breadth-first: from GitLab to outside, from outside to GitLab, from others out by the NAT addresses. */
import { parseCidr, formatAddress } from "../../../../facts/ipv4";
import { isIn, isPrivate, Vpc, type Arrival, type Interface, type Packet, type Sender } from "./packets";
import { unpinnedRequest } from "./endpoints";
import { objects, text, texts, type Properties, type State } from "./state";
import type { Way } from "./ways";

/** Where people reach GitLab from; all other addresses beyond the VPC are outside. */
const WORK_TERMINALS = "198.51.100.0/24";

/** The isolated terminals' room. */
const ROOM = "192.0.2.0/24";

/** Somewhere on the Internet, in a partner's network, in S3 and in DynamoDB. */
const ELSEWHERE = ["93.184.216.34", "10.99.0.5", "52.219.0.1", "52.94.0.1"];

/** Something that was reached, and by which packets. */
interface Reached {
  readonly interface: Interface;
  readonly path: string;
}

/** All packets that are worth a try: one for each end of each range that somebody wrote. */
class Samples {
  readonly packets: readonly Omit<Packet, "to">[];
  readonly outside: readonly string[];

  constructor(
    state: State,
    private readonly vpc: Vpc,
  ) {
    const written = [...RULES.flatMap((type) => state.of(type))].flatMap(({ outputs }) => [
      outputs,
      ...["ingress", "egress", "routes"].flatMap((name) => objects(outputs, name)),
    ]);
    const ports = written.flatMap((one) => ["fromPort", "toPort"].map((name) => Number(one[name] ?? 0)));
    const listeners = state.of("Listener", "TargetGroup").map(({ outputs }) => Number(outputs["port"]));
    const all = [...new Set([22, 80, 443, 444, 3128, 8080, ...ports, ...listeners])];
    this.packets = [
      ...all.filter((port) => port > 0).map((port) => ({ protocol: "tcp" as const, port })),
      ...[53, 443].map((port) => ({ protocol: "udp" as const, port })),
      ...[0, 3, 8].map((port) => ({ protocol: "icmp" as const, port })),
    ];
    const ranges = written.flatMap((one) => RANGES.flatMap((name) => texts(one, name)));
    const ends = ranges.flatMap((range) => {
      const parsed = parseCidr(range);
      return parsed === undefined ? [] : [parsed.first, parsed.last].map(formatAddress);
    });
    this.outside = [...new Set([...ELSEWHERE, ...ends])].filter(
      (address) => !isIn(address, vpc.cidr) && !isReserved(address),
    );
  }

  /** Addresses in the VPC. */
  get inside(): readonly string[] {
    return this.vpc.interfaces.flatMap(({ addresses }) => addresses);
  }
}

const RULES = [
  "SecurityGroup",
  "SecurityGroupRule",
  "SecurityGroupIngressRule",
  "SecurityGroupEgressRule",
  "Route",
  "RouteTable",
  "NetworkAcl",
  "NetworkAclRule",
];
const RANGES = ["cidrIpv4", "cidrBlocks", "cidrBlock", "destinationCidrBlock"];

function isReserved(address: string): boolean {
  return ["0.0.0.0/8", "224.0.0.0/3", "127.0.0.0/8"].some((range) => isIn(address, range));
}

/** What is found in the VPC of that name. */
export function waysOfPackets(state: State, name: string): Way[] {
  const walk = new Walk(state, new Vpc(state, name));
  return [...walk.outOfGitlab(), ...walk.outOfTheProxy(), ...walk.intoGitlab(), ...walk.byTheNat()];
}

/** C6: what an isolated terminal sends from any subnet of its VPC comes out, beside the room. */
export function waysOutOfIsolation(state: State, name: string): Way[] {
  return [...new Walk(state, new Vpc(state, name)).outOfIsolation(), ...waysByNames(state)];
}

/** C6: the resolver asks for names of strangers, unless the first rule that means them blocks. */
function waysByNames(state: State): Way[] {
  const groups = state.of("ResolverFirewallRuleGroupAssociation").sort(byPriority);
  const rules = groups.flatMap(({ outputs }) =>
    state
      .of("ResolverFirewallRule")
      .filter((rule) => rule.outputs["firewallRuleGroupId"] === outputs["firewallRuleGroupId"])
      .sort(byPriority),
  );
  const isOpen = state
    .of("ResolverFirewallConfig")
    .every(({ outputs }) => outputs["firewallFailOpen"] !== "DISABLED");
  const found = ["data.attacker.example.com.", "data.s3.amazonaws.com."].filter((query) => {
    const first = rules.find(({ outputs }) =>
      state
        .of("ResolverFirewallDomainList")
        .filter(({ id }) => id === outputs["firewallDomainListId"])
        .flatMap((list) => texts(list.outputs, "domains"))
        .some((domain) => isOfDomain(query, domain)),
    );
    return first?.outputs["action"] !== "BLOCK";
  });
  return [
    ...found.map((query): Way => ({ claim: "C6", says: `the resolver asks for ${query}` })),
    ...(isOpen ? [{ claim: "C6" as const, says: "the resolver answers while its firewall does not" }] : []),
  ];
}

function byPriority(a: { outputs: Properties }, b: { outputs: Properties }): number {
  return Number(a.outputs["priority"]) - Number(b.outputs["priority"]);
}

/** A list's domain means that name alone; with a star in front, all below it. */
function isOfDomain(query: string, domain: string): boolean {
  const dotted = domain.endsWith(".") ? domain : `${domain}.`;
  if (dotted === "*.") return true;
  return dotted.startsWith("*.") ? query.endsWith(dotted.slice(1)) : query === dotted;
}

class Walk {
  private readonly samples: Samples;

  constructor(
    private readonly state: State,
    private readonly vpc: Vpc,
  ) {
    this.samples = new Samples(state, vpc);
  }

  outOfIsolation(): Way[] {
    const own = { name: "a terminal", kind: "host" as const, groups: [], isPublic: true, id: "", eni: "" };
    return this.state
      .of("Subnet")
      .flatMap(({ id = "" }) =>
        ["10.1.0.77", "192.0.2.7"].map((address) => ({ ...own, subnet: id, addresses: [address] })),
      )
      .flatMap((from) =>
        this.sends(from).flatMap(({ arrival, says, packet }): Way[] => {
          const way = `an isolated terminal sends ${says}`;
          if (arrival.at !== "interface")
            return isIn(packet.to, ROOM) ? [] : [{ claim: "C6", says: `${way}, which comes out` }];
          const isPull = arrival.interface.name === "target-pull-endpoint";
          if (arrival.interface.kind !== "endpoint" || isPull) return [];
          return this.byEndpoint(arrival.interface, way).map((one) => ({ ...one, claim: "C6" }));
        }),
      );
  }

  /** C7: what GitLab sends comes outside, be it that a host that it reaches sends it on or is asked for it. */
  outOfGitlab(): Way[] {
    const found: Way[] = [];
    const seen = new Set<string>();
    const queue: Reached[] = this.of("gitlab").map((one) => ({ interface: one, path: "GitLab" }));
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { interface: from, path } = next;
      if (seen.has(keyOf(from))) continue;
      seen.add(keyOf(from));
      for (const { arrival, says } of this.sends(from)) {
        const way = `${path} sends ${says}`;
        if (arrival.at !== "interface") found.push({ claim: "C7", says: `${way}, which comes out` });
        else if (arrival.interface.kind === "host") queue.push({ interface: arrival.interface, path: way });
        else if (arrival.interface.kind === "endpoint")
          found.push(...this.byEndpoint(arrival.interface, way));
      }
      if (from.kind !== "host") continue;
      found.push(...this.fetched(from, path));
      for (const other of this.of("host"))
        if (this.fetches(other, from))
          queue.push({ interface: other, path: `${path}, where ${other.name} fetches it` });
    }
    return found;
  }

  /** C7: somebody outside asks a host for what it was sent, and the answer gets back to him. */
  private fetched(from: Interface, path: string): Way[] {
    return this.vpc.interfaces.flatMap((first) =>
      this.comesFromOutside(first, (address) => !isIn(address, WORK_TERMINALS))
        .filter(({ at, address, packet }) => at.id === from.id && this.vpc.answers(first, address, packet))
        .map(({ says }): Way => ({ claim: "C7", says: `${path}, where ${says} fetches it` })),
    );
  }

  private fetches(asking: Interface, from: Interface): boolean {
    return this.sends(asking).some(
      ({ arrival, packet }) =>
        arrival.at === "interface" &&
        arrival.interface.id === from.id &&
        this.vpc.answers(from, asking.addresses[0] ?? "", packet),
    );
  }

  /** C7: the proxy's container goes out by HTTPS alone. */
  outOfTheProxy(): Way[] {
    return this.of("proxy").flatMap((from) =>
      this.sends(from).flatMap(({ arrival, says, packet }) =>
        arrival.at === "interface" || (packet.protocol === "tcp" && packet.port === 443)
          ? []
          : [{ claim: "C7" as const, says: `the proxy sends ${says}, which comes out` }],
      ),
    );
  }

  /** C8: what somebody outside sends comes to GitLab, be it over hosts. */
  intoGitlab(): Way[] {
    const found: Way[] = [];
    const seen = new Set<string>();
    const queue: Reached[] = this.vpc.interfaces.flatMap((one) =>
      this.comesFromOutside(one, (address) => !isIn(address, WORK_TERMINALS)).map(({ at, says }) => ({
        interface: at,
        path: says,
      })),
    );
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { interface: at, path } = next;
      if (at.kind === "gitlab") found.push({ claim: "C8", says: `${path}, which is GitLab` });
      if (at.kind !== "host" || seen.has(keyOf(at))) continue;
      seen.add(keyOf(at));
      for (const { arrival, says } of this.sends(at))
        if (arrival.at === "interface")
          queue.push({ interface: arrival.interface, path: `${path}, and from there ${says}` });
    }
    return found;
  }

  /** C13: what anything but the proxy sends leaves by a NAT gateway. */
  byTheNat(): Way[] {
    const found = this.vpc.interfaces
      .filter(({ kind }) => ["gitlab", "host", "function"].includes(kind))
      .flatMap((from) =>
        this.sends(from)
          .filter(({ arrival }) => arrival.at === "Internet" && arrival.by === "NAT gateway")
          .map(({ says }): Way => ({ claim: "C13", says: `${from.name} sends ${says} by the NAT gateway` })),
      );
    return [...found, ...this.joinedByTheNat()];
  }

  /** C13: a transit gateway's packets take the routes of the subnet that it is attached in. */
  private joinedByTheNat(): Way[] {
    return this.state
      .of("VpcAttachment")
      .filter(({ outputs }) => outputs["vpcId"] === this.vpc.id)
      .flatMap(({ outputs }) => texts(outputs, "subnetIds"))
      .flatMap((subnet) => {
        const [name, id] = ["what is joined by the transit gateway", ""];
        const from: Interface = {
          name,
          kind: "host",
          subnet,
          groups: [],
          addresses: ["10.99.0.5"],
          isPublic: false,
          id,
          eni: "",
        };
        return this.sends(from)
          .filter(({ arrival }) => arrival.at === "Internet" && arrival.by === "NAT gateway")
          .map(({ says }): Way => ({ claim: "C13", says: `${name} sends ${says} by the NAT gateway` }));
      });
  }

  /** All that somebody in the VPC can send, with where it comes to; what balancers take is passed on. */
  private sends(from: Interface): { arrival: Arrival; says: string; packet: Packet }[] {
    const [address = "0.0.0.0"] = from.addresses;
    const sender: Sender = { address, groups: from.groups };
    return [...this.samples.inside, ...this.samples.outside]
      .filter((to) => !from.addresses.includes(to))
      .flatMap((to) => this.samples.packets.map((packet) => ({ ...packet, to })))
      .flatMap((packet) =>
        this.vpc.send(from, sender, packet).flatMap((arrival) => this.passedOn(arrival, packet, new Set())),
      );
  }

  /** What a packet from outside comes to. */
  private comesFromOutside(
    first: Interface,
    isMeant: (address: string) => boolean,
  ): { at: Interface; says: string; address: string; packet: Packet }[] {
    return this.samples.outside
      .filter((address) => isMeant(address) && (!isPrivate(address) || this.vpc.isJoined()))
      .flatMap((address) =>
        this.samples.packets.flatMap((rest) => {
          const packet = { ...rest, to: first.addresses[0] ?? "" };
          return this.vpc
            .fromOutside(address, first, packet)
            .flatMap((arrival) => this.passedOn(arrival, packet, new Set()))
            .flatMap(({ arrival, says }) =>
              arrival.at === "interface"
                ? [{ at: arrival.interface, says: `${address} sends ${says}`, address, packet }]
                : [],
            );
        }),
      );
  }

  /** Where a packet ends up; a balancer hands it to its targets, be it another balancer. */
  private passedOn(
    arrival: Arrival,
    packet: Packet,
    before: ReadonlySet<string>,
  ): { arrival: Arrival; says: string; packet: Packet }[] {
    const to = arrival.at === "interface" ? arrival.interface.name : packet.to;
    const says = `${packet.protocol}/${packet.port} to ${to}${arrival.at === "elsewhere" ? ` by ${arrival.by}` : ""}`;
    if (arrival.at !== "interface") return [{ arrival, says, packet }];
    const { interface: at, sender } = arrival;
    if (at.kind !== "balancer") return [{ arrival, says, packet }];
    if (before.has(at.id)) return [];
    const all = new Set([...before, at.id]);
    return this.vpc.targets(at, packet).flatMap(({ address, port, preserves }) => {
      const own: Sender = { address: at.addresses[0] ?? "", groups: at.groups };
      const seenAs = preserves ? { address: sender.address, groups: at.groups } : own;
      const next = { to: address, port, protocol: packet.protocol };
      return this.vpc
        .send(at, seenAs, next)
        .flatMap((one) => this.passedOn(one, next, all))
        .map((one) => ({ ...one, says: `${says}, which passes it as ${one.says}` }));
    });
  }

  private byEndpoint(endpoint: Interface, path: string): Way[] {
    const found = this.state.of("VpcEndpoint").find(({ id }) => id === endpoint.id);
    const request =
      found === undefined ? undefined : unpinnedRequest(found.outputs, text(found.outputs, "serviceName"));
    return request === undefined ? [] : [{ claim: "C7", says: `${path}, which lets ${request} through` }];
  }

  private of(kind: Interface["kind"]): Interface[] {
    return this.vpc.interfaces.filter((one) => one.kind === kind);
  }
}

function keyOf({ id, subnet }: Interface): string {
  return `${id} ${subnet}`;
}
