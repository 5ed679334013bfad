/** A stand-in AWS account: every service it has, behind the two calls a Pulumi provider makes. */
import { createHash } from "node:crypto";
import { Acm } from "./identity/acm";
import { AvailabilityZones } from "./network/availabilityZones";
import { CloudTrail } from "./management/cloudTrail";
import { CloudWatch } from "./management/cloudWatch";
import { CodeCommit } from "./storage/codeCommit";
import { Dlm } from "./storage/dlm";
import { Ecs } from "./compute/ecs";
import { EventBridge } from "./messaging/eventBridge";
import { Iam } from "./identity/iam";
import { Images, ownImage, type OwnImage } from "./compute/images";
import { Instances } from "./compute/instances";
import { Kms } from "./identity/kms";
import { Listeners } from "./loadBalancing/listeners";
import { LoadBalancers } from "./loadBalancing/loadBalancers";
import { Logs } from "./management/logs";
import { NatGateways } from "./network/natGateways";
import { RandomProvider } from "./utility/random";
import { ResolverFirewall } from "./network/resolverFirewall";
import { RouteTables } from "./network/routeTables";
import { S3 } from "./storage/s3";
import { Scheduler } from "./messaging/scheduler";
import { SecretsManager } from "./identity/secretsManager";
import { SecurityGroups } from "./network/securityGroups";
import {
  AwsError,
  type AccountContext,
  type Created,
  type Creation,
  type Properties,
  type Service,
} from "./service";
import { Ssm } from "./management/ssm";
import { SsmAssociations } from "./management/ssmAssociations";
import { Sns } from "./messaging/sns";
import { StepFunctions } from "./messaging/stepFunctions";
import { Sts } from "./identity/sts";
import { Subnets } from "./network/subnets";
import { TargetGroups } from "./loadBalancing/targetGroups";
import { Tls } from "./utility/tls";
import { Volumes } from "./storage/volumes";
import { VpcEndpoints } from "./network/vpcEndpoints";
import { Vpcs } from "./network/vpcs";

export interface AccountOptions {
  /** Twelve digits. */
  accountId: string;
  region: string;
  /** Whatever looks random (ids, passwords) follows from this text. */
  seed: string;
  /** The public addresses that Elastic IPs get, in this order. @default those of 203.0.113.0/24 */
  publicAddresses?: readonly string[];
  /** Availability zones that the account has besides the usual three. @default [] */
  availabilityZones?: readonly string[];
  /** Machine images that the account has of its own, besides GitLab's official ones. @default [] */
  images?: readonly OwnImage[];
  /** ARNs of issued certificates that the account has of its own. @default [] */
  certificateArns?: readonly string[];
  /** Whether the account's organization has a trail of all management events. @default false */
  hasOrganizationTrail?: boolean;
}

/** The AWS services of one account in one region, and the providers `random` and `tls` beside them. */
export class Account implements AccountContext {
  readonly accountId: string;
  readonly region: string;
  readonly #seed: string;
  readonly subnets: Subnets;
  readonly routeTables: RouteTables;
  readonly securityGroups: SecurityGroups;
  readonly vpcEndpoints: VpcEndpoints;
  readonly resolverFirewall: ResolverFirewall;
  readonly instances: Instances;
  readonly loadBalancers: LoadBalancers;
  readonly listeners: Listeners;
  readonly ecs: Ecs;
  readonly iam: Iam;
  readonly ssm: Ssm;
  readonly ssmAssociations: SsmAssociations;
  readonly secretsManager: SecretsManager;
  readonly sns: Sns;
  readonly eventBridge: EventBridge;
  readonly cloudTrail: CloudTrail;
  readonly cloudWatch: CloudWatch;
  readonly logs: Logs;
  readonly stepFunctions: StepFunctions;
  readonly codeCommit: CodeCommit;
  readonly #services: readonly Service[];
  /** How many resources were made, by type and name. */
  readonly #incarnations = new Map<string, number>();
  #incarnation = 0;

  constructor(options: AccountOptions) {
    this.accountId = options.accountId;
    this.region = options.region;
    this.#seed = options.seed;

    const zones = new AvailabilityZones(this, options.availabilityZones);
    const vpcs = new Vpcs(this);
    this.subnets = new Subnets(this, zones, vpcs);
    const natGateways = new NatGateways(this, vpcs, this.subnets, options.publicAddresses);
    this.routeTables = new RouteTables(this, vpcs, this.subnets, natGateways);
    this.securityGroups = new SecurityGroups(this, vpcs);
    this.vpcEndpoints = new VpcEndpoints(this, vpcs, this.subnets, this.securityGroups, this.routeTables);
    this.resolverFirewall = new ResolverFirewall(this, vpcs);

    this.iam = new Iam(this);
    const kms = new Kms(this, this.iam);
    this.ssm = new Ssm(this, kms);
    this.secretsManager = new SecretsManager(this, this.iam, kms);
    this.codeCommit = new CodeCommit(this, kms);
    this.logs = new Logs(this, kms);
    this.sns = new Sns(this, this.iam, kms);
    const s3 = new S3(this, this.iam);
    this.cloudTrail = new CloudTrail(this, s3, options.hasOrganizationTrail ?? false);
    this.cloudWatch = new CloudWatch(this, this.sns);
    this.stepFunctions = new StepFunctions(this, this.iam);
    this.eventBridge = new EventBridge(this, this.iam, this.sns, this.stepFunctions);

    const ownImages = options.images?.map((image) => ownImage(image, options.accountId));
    const images = new Images(this, ownImages);
    const interfaces = [this, vpcs, this.subnets, this.securityGroups, natGateways] as const;
    this.instances = new Instances(...interfaces, images, this.iam);
    this.ssmAssociations = new SsmAssociations(this, this.ssm);
    const acm = new Acm(this, options.certificateArns);
    this.loadBalancers = new LoadBalancers(...interfaces);
    const targetGroups = new TargetGroups(this, vpcs, this.subnets, this.instances);
    this.listeners = new Listeners(this, this.loadBalancers, targetGroups, acm);
    const { subnets, securityGroups } = this;
    this.ecs = new Ecs(this, this.iam, this.logs, { subnets, securityGroups, targetGroups });

    this.#services = [
      ...[zones, vpcs, subnets, natGateways, this.routeTables, securityGroups, this.vpcEndpoints],
      ...[this.resolverFirewall, this.iam, kms, this.ssm, this.secretsManager, this.codeCommit, images],
      ...[this.instances, new Volumes(this, zones, this.instances), acm, this.loadBalancers, targetGroups],
      ...[this.listeners, this.ecs, new Scheduler(this, this.iam, kms), new Dlm(this, this.iam, this.ssm)],
      ...[this.logs, this.cloudWatch, this.stepFunctions],
      ...[
        this.ssmAssociations,
        this.sns,
        this.eventBridge,
        s3,
        this.cloudTrail,
        new Sts(this),
        new RandomProvider(this),
        new Tls(this),
      ],
    ];
  }

  /**
   * Makes a resource of one of the account's types.
   * @param incarnation tells it from earlier ones of its type and name, which ids and made names follow from
   * @throws AwsError in AWS's words
   */
  async create(creation: Creation, incarnation = this.#nextIncarnation(creation)): Promise<Created> {
    const kind = this.#services.map((s) => s.kinds[creation.type]).find((k) => k !== undefined);
    if (!kind)
      throw new AwsError("InvalidResourceType", `this account has no resource type "${creation.type}"`);
    // Kinds ask for digests before they first await anything, so this is still theirs.
    this.#incarnation = incarnation;
    return kind.create(creation);
  }

  /** Pulumi lets two resources have one name under different parents, and a new one take an old one's place. */
  #nextIncarnation({ type, name }: Creation): number {
    const key = `${type} ${name}`;
    const next = this.#incarnations.get(key) ?? 0;
    this.#incarnations.set(key, next + 1);
    return next;
  }

  /** Answers a provider function. Throws an AwsError in AWS's words. */
  call(token: string, inputs: Properties): Properties {
    const fn = this.#services.map((s) => s.functions?.[token]).find((f) => f !== undefined);
    if (!fn) throw new AwsError("InvalidAction", `this account has no function "${token}"`);
    return fn(inputs);
  }

  digest(...parts: string[]): string {
    return createHash("sha256")
      .update(JSON.stringify([this.#seed, this.accountId, this.#incarnation, ...parts]))
      .digest("hex");
  }

  newId(prefix: string, name: string): string {
    return `${prefix}-${this.digest(prefix, name).slice(0, 17)}`;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.accountId}:${resource}`;
  }
}
