/** An account's network to create things in, for the tests of its services. */
import { Account } from "../../../rehearsal/aws/account";
import { AvailabilityZones } from "../../../rehearsal/aws/network/availabilityZones";
import { Images, type Image } from "../../../rehearsal/aws/compute/images";
import { Instances, type InstanceProfiles } from "../../../rehearsal/aws/compute/instances";
import { Listeners, type Certificates } from "../../../rehearsal/aws/loadBalancing/listeners";
import { LoadBalancers } from "../../../rehearsal/aws/loadBalancing/loadBalancers";
import { NatGateways } from "../../../rehearsal/aws/network/natGateways";
import { ResolverFirewall } from "../../../rehearsal/aws/network/resolverFirewall";
import { RouteTables } from "../../../rehearsal/aws/network/routeTables";
import { SecurityGroups } from "../../../rehearsal/aws/network/securityGroups";
import { Subnets } from "../../../rehearsal/aws/network/subnets";
import { TargetGroups } from "../../../rehearsal/aws/loadBalancing/targetGroups";
import { Volumes } from "../../../rehearsal/aws/storage/volumes";
import { VpcEndpoints } from "../../../rehearsal/aws/network/vpcEndpoints";
import { Vpcs } from "../../../rehearsal/aws/network/vpcs";
import {
  AwsError,
  type AccountContext,
  type Created,
  type Properties,
  type Service,
} from "../../../rehearsal/aws/service";

export const certificateArn =
  "arn:aws:acm:ap-northeast-1:111111111111:certificate/11111111-1111-4111-8111-111111111111";

/** What the network gets from outside. */
interface NetworkOptions {
  /** IAM's instance profiles. */
  profiles: InstanceProfiles;
  /** The certificates that listeners may use. */
  certificates: Certificates;
  /** Public addresses that the account is given, in this order. @default 203.0.113.10 to .254 */
  addresses?: readonly string[];
  /** Machine images besides the official GitLab ones. @default [] */
  images?: readonly Image[];
}

/** The services of an account's network, each knowing those it refers to. */
class Network {
  readonly zones: AvailabilityZones;
  readonly vpcs: Vpcs;
  readonly subnets: Subnets;
  readonly natGateways: NatGateways;
  readonly routeTables: RouteTables;
  readonly securityGroups: SecurityGroups;
  readonly endpoints: VpcEndpoints;
  readonly images: Images;
  readonly instances: Instances;
  readonly volumes: Volumes;
  readonly loadBalancers: LoadBalancers;
  readonly targetGroups: TargetGroups;
  readonly listeners: Listeners;
  readonly resolverFirewall: ResolverFirewall;
  readonly services: readonly Service[];

  constructor(context: AccountContext, { profiles, certificates, addresses, images }: NetworkOptions) {
    this.zones = new AvailabilityZones(context);
    this.vpcs = new Vpcs(context);
    this.subnets = new Subnets(context, this.zones, this.vpcs);
    this.natGateways = new NatGateways(context, this.vpcs, this.subnets, addresses);
    this.routeTables = new RouteTables(context, this.vpcs, this.subnets, this.natGateways);
    this.securityGroups = new SecurityGroups(context, this.vpcs);
    this.endpoints = new VpcEndpoints(
      context,
      this.vpcs,
      this.subnets,
      this.securityGroups,
      this.routeTables,
    );
    this.images = new Images(context, images);
    this.instances = new Instances(
      context,
      this.vpcs,
      this.subnets,
      this.securityGroups,
      this.natGateways,
      this.images,
      profiles,
    );
    this.volumes = new Volumes(context, this.zones, this.instances);
    this.loadBalancers = new LoadBalancers(
      context,
      this.vpcs,
      this.subnets,
      this.securityGroups,
      this.natGateways,
    );
    this.targetGroups = new TargetGroups(context, this.vpcs, this.subnets, this.instances);
    this.listeners = new Listeners(context, this.loadBalancers, this.targetGroups, certificates);
    this.resolverFirewall = new ResolverFirewall(context, this.vpcs);
    this.services = [
      this.zones,
      this.vpcs,
      this.subnets,
      this.natGateways,
      this.routeTables,
      this.securityGroups,
      this.endpoints,
      this.images,
      this.instances,
      this.volumes,
      this.loadBalancers,
      this.targetGroups,
      this.listeners,
      this.resolverFirewall,
    ];
  }
}

const defaults: NetworkOptions = {
  profiles: { instanceProfile: (name) => (name === "gitlab" ? { name } : undefined) },
  certificates: { hasCertificate: (arn) => arn === certificateArn },
};

export class NetworkUnderTest {
  readonly network: Network;

  constructor(options: Partial<NetworkOptions> = {}, region = "ap-northeast-1") {
    const account = new Account({ accountId: "111111111111", region, seed: "test" });
    this.network = new Network(account, { ...defaults, ...options });
  }

  async create(type: string, name: string, inputs: Properties): Promise<Created> {
    const kind = this.network.services.map((s) => s.kinds[type]).find((k) => k !== undefined);
    if (!kind) throw new Error(`no kind ${type}`);
    return kind.create({ type, name, inputs });
  }

  async id(type: string, name: string, inputs: Properties): Promise<string> {
    return (await this.create(type, name, inputs)).id;
  }

  /** The error with which a creation is refused, "code: message". */
  async refusal(type: string, name: string, inputs: Properties): Promise<string> {
    try {
      await this.create(type, name, inputs);
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
    return "not refused";
  }

  call(token: string, inputs: Properties): Properties {
    const run = this.network.services.map((s) => s.functions?.[token]).find((f) => f !== undefined);
    if (!run) throw new Error(`no function ${token}`);
    return run(inputs);
  }

  vpc(name = "net", cidrBlock = "10.0.0.0/16", more: Properties = {}): Promise<string> {
    return this.id("aws:ec2/vpc:Vpc", name, { cidrBlock, ...more });
  }

  subnet(
    vpcId: string,
    name: string,
    cidrBlock: string,
    availabilityZone = "ap-northeast-1a",
  ): Promise<string> {
    return this.id("aws:ec2/subnet:Subnet", name, { vpcId, cidrBlock, availabilityZone });
  }

  internetGateway(vpcId: string, name = "net"): Promise<string> {
    return this.id("aws:ec2/internetGateway:InternetGateway", name, { vpcId });
  }

  /** A route table with one default route, associated with the subnet. */
  async defaultRoute(vpcId: string, subnetId: string, name: string, target: Properties): Promise<string> {
    const routeTableId = await this.id("aws:ec2/routeTable:RouteTable", name, { vpcId });
    await this.create("aws:ec2/routeTableAssociation:RouteTableAssociation", name, {
      routeTableId,
      subnetId,
    });
    await this.create("aws:ec2/route:Route", name, {
      routeTableId,
      destinationCidrBlock: "0.0.0.0/0",
      ...target,
    });
    return routeTableId;
  }

  async natGateway(subnetId: string, name: string): Promise<string> {
    const allocationId = await this.id("aws:ec2/eip:Eip", name, {});
    return this.id("aws:ec2/natGateway:NatGateway", name, { subnetId, allocationId });
  }

  securityGroup(vpcId: string, name: string, more: Properties = {}): Promise<string> {
    return this.id("aws:ec2/securityGroup:SecurityGroup", name, { vpcId, name, ...more });
  }
}
