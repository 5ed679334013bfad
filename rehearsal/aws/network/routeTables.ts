/** EC2's route tables: which way a subnet's packets go. */
import { crc32 } from "node:zlib";
import type { z } from "zod";
import { contains, overlaps, parseIpv4 } from "../../../facts/ipv4";
import { requireIpv4Block, requireIpv6Block } from "./cidr";
import type { NatGateways } from "./natGateways";
import {
  alreadyExists,
  associationSchema,
  noteDestination,
  notRehearsed,
  routeSchema,
  routeTableSchema,
  targetsSchema,
  type RouteTable,
  type RouteTarget,
} from "./routes";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import type { Subnets } from "./subnets";
import { tagOutputs } from "../tags";
import type { Vpcs } from "./vpcs";

export class RouteTables implements Service {
  readonly #tables = new Table<RouteTable>("route table", "InvalidRouteTableID.NotFound");
  /** Table by associated subnet. */
  readonly #associations = new Map<string, RouteTable>();

  constructor(
    private readonly context: AccountContext,
    private readonly vpcs: Vpcs,
    private readonly subnets: Subnets,
    private readonly natGateways: NatGateways,
  ) {}

  readonly kinds = {
    "aws:ec2/routeTable:RouteTable": kind(routeTableSchema, (inputs, creation) =>
      this.#createTable(inputs, creation),
    ),
    "aws:ec2/route:Route": kind(routeSchema, (inputs) => this.#createRoute(inputs)),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": kind(associationSchema, (inputs, creation) =>
      this.#associate(inputs, creation),
    ),
  };

  /**
   * Where a packet from a subnet to an IPv4 address goes, by longest prefix; undefined when it goes nowhere. What
   * gateway endpoints carry is not seen here, because their prefix lists are AWS's own: ask VpcEndpoints.endpointsOf.
   */
  routeFor(subnetId: string, destinationIp: string): RouteTarget | undefined {
    const address = parseIpv4(destinationIp);
    if (address === undefined) {
      throw new AwsError("InvalidParameterValue", `"${destinationIp}" is not an IPv4 address`);
    }
    return this.#tableOf(subnetId)
      .routes.filter((route) => contains(route.destination, { first: address, last: address }))
      .sort((a, b) => b.destination.prefix - a.destination.prefix)[0]?.target;
  }

  /**
   * The public addresses that packets from a subnet to the Internet can come from: those of every NAT gateway that
   * the subnet has a route to, if the NAT gateway's own subnet leads on to an Internet gateway. None for a subnet with
   * a route to an Internet gateway itself: there, each network interface has its own address or cannot get out.
   */
  publicAddressesOf(subnetId: string): string[] {
    const addresses = this.#tableOf(subnetId).routes.flatMap(({ destination, target }) => {
      if (target.kind !== "natGateway") return [];
      const nat = this.natGateways.get(target.id);
      const leadsOn = this.#tableOf(nat.subnetId).routes.some(
        (onward) => onward.target.kind === "internetGateway" && overlaps(onward.destination, destination),
      );
      return leadsOn ? nat.publicIps : [];
    });
    return [...new Set(addresses)];
  }

  /**
   * Notes the route of a gateway endpoint. Refused when the table is unknown, in another VPC, or already has a route
   * for the service's prefix list.
   */
  addGatewayEndpoint(routeTableId: string, vpcId: string, prefixListId: string): void {
    const table = this.#table(routeTableId);
    if (table.vpcId !== vpcId) {
      throw new AwsError(
        "InvalidParameter",
        `Route table ${routeTableId} is not in ${vpcId} but in ${table.vpcId}`,
      );
    }
    noteDestination(table, prefixListId);
  }

  /** A table by id. A VPC's main table exists from the VPC's first use on. */
  #table(id: string): RouteTable {
    const vpc = this.#tables.has(id) ? undefined : this.vpcs.withMainRouteTable(id);
    if (vpc) this.#addTable(id, vpc.id);
    return this.#tables.get(id);
  }

  #tableOf(subnetId: string): RouteTable {
    const { vpcId } = this.subnets.get(subnetId);
    return this.#associations.get(subnetId) ?? this.#table(this.vpcs.get(vpcId).mainRouteTableId);
  }

  #addTable(id: string, vpcId: string): RouteTable {
    const destination = this.vpcs.get(vpcId).block;
    const table: RouteTable = {
      id,
      vpcId,
      routes: [{ destination, target: { kind: "local", id: vpcId } }],
      otherDestinations: new Set(),
    };
    this.#tables.add(id, table);
    return table;
  }

  #createTable(inputs: z.infer<typeof routeTableSchema>, creation: Creation): Created {
    const tagging = tagOutputs(inputs);
    const id = this.context.newId("rtb", creation.name);
    const table = this.#addTable(id, this.vpcs.get(inputs.vpcId).id);
    for (const route of inputs.routes) this.#addRoute(table, route, route.cidrBlock, route.ipv6CidrBlock);
    return {
      id,
      outputs: {
        ...inputs,
        id,
        arn: this.context.arn("ec2", `route-table/${id}`),
        ownerId: this.context.accountId,
        propagatingVgws: [],
        region: this.context.region,
        ...tagging,
      },
    };
  }

  #createRoute(inputs: z.infer<typeof routeSchema>): Created {
    const table = this.#table(inputs.routeTableId);
    this.#addRoute(table, inputs, inputs.destinationCidrBlock, inputs.destinationIpv6CidrBlock);
    // The provider makes the id, from the table and the destination.
    const id = `r-${inputs.routeTableId}${crc32(inputs.destinationCidrBlock ?? inputs.destinationIpv6CidrBlock ?? "")}`;
    return {
      id,
      outputs: {
        ...inputs,
        id,
        instanceId: "",
        instanceOwnerId: "",
        networkInterfaceId: "",
        origin: "CreateRoute",
        region: this.context.region,
        state: "active",
      },
    };
  }

  #addRoute(
    table: RouteTable,
    inputs: z.infer<typeof targetsSchema>,
    ipv4: string | undefined,
    ipv6: string | undefined,
  ): void {
    const foreign = notRehearsed.find((property) => inputs[property] !== undefined);
    if (foreign)
      throw new AwsError(
        "UnsupportedOperation",
        `this account has nothing that a route's ${foreign} could name`,
      );
    const target = this.#target(table, inputs);
    if ((ipv4 === undefined) === (ipv6 === undefined)) {
      throw new AwsError("InvalidParameterCombination", "A route needs exactly one destination");
    }
    if (ipv6 !== undefined) {
      requireIpv6Block(ipv6, "destinationIpv6CidrBlock");
      noteDestination(table, ipv6);
    }
    if (ipv4 !== undefined) {
      const destination = requireIpv4Block(ipv4, "destinationCidrBlock");
      if (table.routes.some((route) => route.destination.text === destination.text)) {
        throw alreadyExists(table, destination.text);
      }
      table.routes.push({ destination, target });
    }
  }

  #target(table: RouteTable, { gatewayId, natGatewayId }: z.infer<typeof targetsSchema>): RouteTarget {
    const [id, second] = [gatewayId, natGatewayId].filter((given) => given !== undefined);
    if (id === undefined || second !== undefined) {
      throw new AwsError("InvalidParameterCombination", "A route needs exactly one target");
    }
    const target: RouteTarget = { kind: id === natGatewayId ? "natGateway" : "internetGateway", id };
    const vpcId =
      target.kind === "natGateway" ? this.natGateways.get(id).vpcId : this.vpcs.vpcOfInternetGateway(id);
    if (vpcId !== table.vpcId) {
      throw new AwsError(
        "InvalidParameterValue",
        `route table ${table.id} and network gateway ${id} belong to different networks (${table.vpcId} and ${vpcId ?? "none"})`,
      );
    }
    return target;
  }

  #associate(inputs: z.infer<typeof associationSchema>, creation: Creation): Created {
    const table = this.#table(inputs.routeTableId);
    if (inputs.subnetId === undefined || inputs.gatewayId !== undefined) {
      throw new AwsError("UnsupportedOperation", "this account associates route tables with a subnetId only");
    }
    const subnet = this.subnets.get(inputs.subnetId);
    if (subnet.vpcId !== table.vpcId) {
      throw new AwsError(
        "InvalidParameterValue",
        `route table ${table.id} and subnet ${subnet.id} belong to different networks`,
      );
    }
    const earlier = this.#associations.get(subnet.id);
    if (earlier) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `the specified association for route table ${table.id} conflicts with an existing association of ${subnet.id} with ${earlier.id}`,
      );
    }
    this.#associations.set(subnet.id, table);
    const id = this.context.newId("rtbassoc", creation.name);
    return { id, outputs: { ...inputs, id, region: this.context.region } };
  }
}
