/** EC2's route tables: which way a subnet's packets go. */
import { contains, overlaps, parseIpv4, type Cidr } from "../../../facts/ipv4";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { perAccount } from "../perAccount";
import { Table } from "../table";
import { requireIpv4Block, requireIpv6Block } from "./cidr";
import { NatGateways } from "./natGateways";
import { Subnets } from "./subnets";
import { Vpcs } from "./vpcs";

/** Where a route leads: within the VPC, or to the gateway with this id. */
export interface RouteTarget {
  kind: "local" | "internetGateway" | "natGateway";
  /** The VPC's id for "local". */
  id: string;
}

/** One IPv4 route. */
export interface Route {
  destination: Cidr;
  target: RouteTarget;
}

/** A route table of one of the account's VPCs. */
export interface RouteTable {
  id: string;
  vpcId: string;
  routes: Route[];
  /** Destinations other than IPv4 blocks: IPv6 blocks, and prefix lists of gateway endpoints. */
  otherDestinations: Set<string>;
}

/** What every form of a route leads to, and properties that name what the account does not have. */
export interface RouteTargetInputs {
  gatewayId?: string | undefined;
  natGatewayId?: string | undefined;
  [property: string]: unknown;
}

/** Properties of a route that name what the account does not have. */
const notRehearsed = [
  "carrierGatewayId",
  "coreNetworkArn",
  "destinationPrefixListId",
  "egressOnlyGatewayId",
  "instanceId",
  "localGatewayId",
  "networkInterfaceId",
  "odbNetworkArn",
  "transitGatewayId",
  "vpcEndpointId",
  "vpcPeeringConnectionId",
] as const;

/** The route tables of one account. */
export class RouteTables {
  static readonly of = perAccount((aws) => new RouteTables(aws));

  readonly tables = new Table<RouteTable>("route table", "InvalidRouteTableID.NotFound");
  /** Table by associated subnet. */
  readonly associations = new Map<string, RouteTable>();

  private constructor(readonly aws: AccountContext) {}

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
      const nat = NatGateways.of(this.aws).get(target.id);
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
    const table = this.get(routeTableId);
    if (table.vpcId !== vpcId) {
      throw new AwsError(
        "InvalidParameter",
        `Route table ${routeTableId} is not in ${vpcId} but in ${table.vpcId}`,
      );
    }
    noteDestination(table, prefixListId);
  }

  /** A table by id. A VPC's main table exists from the VPC's first use on. */
  get(id: string): RouteTable {
    const vpc = this.tables.has(id) ? undefined : Vpcs.of(this.aws).withMainRouteTable(id);
    if (vpc) this.add(id, vpc.id);
    return this.tables.get(id);
  }

  #tableOf(subnetId: string): RouteTable {
    const { vpcId } = Subnets.of(this.aws).get(subnetId);
    return this.associations.get(subnetId) ?? this.get(Vpcs.of(this.aws).get(vpcId).mainRouteTableId);
  }

  /** Adds a table with the route within its VPC. */
  add(id: string, vpcId: string): RouteTable {
    const destination = Vpcs.of(this.aws).get(vpcId).block;
    const table: RouteTable = {
      id,
      vpcId,
      routes: [{ destination, target: { kind: "local", id: vpcId } }],
      otherDestinations: new Set(),
    };
    this.tables.add(id, table);
    return table;
  }

  /** Adds a route to a table; refused when it is not one, or when its target is not there for the table's VPC. */
  addRoute(
    table: RouteTable,
    inputs: RouteTargetInputs,
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

  #target(table: RouteTable, { gatewayId, natGatewayId }: RouteTargetInputs): RouteTarget {
    const [id, second] = [gatewayId, natGatewayId].filter((given) => given !== undefined);
    if (id === undefined || second !== undefined) {
      throw new AwsError("InvalidParameterCombination", "A route needs exactly one target");
    }
    const target: RouteTarget = { kind: id === natGatewayId ? "natGateway" : "internetGateway", id };
    const vpcId =
      target.kind === "natGateway"
        ? NatGateways.of(this.aws).get(id).vpcId
        : Vpcs.of(this.aws).vpcOfInternetGateway(id);
    if (vpcId !== table.vpcId) {
      throw new AwsError(
        "InvalidParameterValue",
        `route table ${table.id} and network gateway ${id} belong to different networks (${table.vpcId} and ${vpcId ?? "none"})`,
      );
    }
    return target;
  }
}

/** Notes a destination other than an IPv4 block; RouteAlreadyExists when the table has it. */
function noteDestination(table: RouteTable, destination: string): void {
  if (table.otherDestinations.has(destination)) throw alreadyExists(table, destination);
  table.otherDestinations.add(destination);
}

/** The error for a destination that a table has a route for. */
function alreadyExists(table: RouteTable, destination: string): AwsError {
  return new AwsError(
    "RouteAlreadyExists",
    `The route identified by ${destination} already exists in ${table.id}.`,
  );
}
