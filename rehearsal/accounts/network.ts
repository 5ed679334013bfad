/** The network side of an account: EC2, Elastic Load Balancing and DNS Firewall, each service knowing those it refers to. */
import { AvailabilityZones } from "./availabilityZones";
import { Images, type Image } from "./images";
import { Instances, type InstanceProfiles } from "./instances";
import { Listeners, type Certificates } from "./listeners";
import { LoadBalancers } from "./loadBalancers";
import { NatGateways } from "./natGateways";
import { ResolverFirewall } from "./resolverFirewall";
import { RouteTables } from "./routeTables";
import { SecurityGroups } from "./securityGroups";
import type { AccountContext, Service } from "./service";
import { Subnets } from "./subnets";
import { TargetGroups } from "./targetGroups";
import { Volumes } from "./volumes";
import { VpcEndpoints } from "./vpcEndpoints";
import { Vpcs } from "./vpcs";

export interface NetworkOptions {
  /** IAM's instance profiles. */
  profiles: InstanceProfiles;
  /** The certificates that listeners may use. */
  certificates: Certificates;
  /** Public addresses that the account is given, in this order. @default 203.0.113.10 to .254 */
  addresses?: readonly string[];
  /** Machine images besides the official GitLab ones. @default [] */
  images?: readonly Image[];
}

export class Network {
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
  /** All of them. */
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
