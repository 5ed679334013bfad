/** A stand-in AWS account: every service it has, behind the two calls a Pulumi provider makes. */
import { createHash } from "node:crypto";
import type { AccountContext, AccountOptions, Created, Creation, Properties } from "./accountContext";
import { Ecs } from "./compute/ecs";
import { Instances } from "./compute/instances";
import { Route53 } from "./dns/route53";
import { Iam } from "./identity/iam";
import { Organizations } from "./identity/organizations";
import { SecretsManager } from "./identity/secretsManager";
import { Listeners } from "./loadBalancing/listeners";
import { CloudTrail } from "./management/cloudTrail";
import { CloudWatch } from "./management/cloudWatch";
import { Logs } from "./management/logs";
import { Ssm } from "./management/ssm";
import { SsmAssociations } from "./management/ssmAssociations";
import { EventBridge } from "./messaging/eventBridge";
import { StepFunctions } from "./messaging/stepFunctions";
import { ResolverFirewall } from "./network/resolverFirewall";
import { RouteTables } from "./network/routeTables";
import { SecurityGroups } from "./network/securityGroups";
import { Subnets } from "./network/subnets";
import { VpcEndpoints } from "./network/vpcEndpoints";
import { lookUpOf, resourceOf } from "./registry";
import { CodeCommit } from "./storage/codeCommit";

/** One account in one region: what is made in it, and what it answers. */
class AnyAccount implements AccountContext {
  readonly accountId: string;
  readonly region: string;
  /** How many resources were made, by type and name. */
  readonly #incarnations = new Map<string, number>();
  #incarnation = 0;

  constructor(readonly options: AccountOptions) {
    this.accountId = options.accountId;
    this.region = options.region;
  }

  /**
   * Makes a resource of one of the account's types.
   * @param incarnation tells it from earlier ones of its type and name, which ids and made names follow from
   * @throws AwsError in AWS's words
   */
  async create(creation: Creation, incarnation = this.#nextIncarnation(creation)): Promise<Created> {
    const resource = resourceOf(creation.type);
    // Declarations ask for digests before they first await anything, so this is still theirs.
    this.#incarnation = incarnation;
    return resource.create(this, creation);
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
    return lookUpOf(token).answer(this, inputs);
  }

  digest(...parts: string[]): string {
    return createHash("sha256")
      .update(JSON.stringify([this.options.seed, this.accountId, this.#incarnation, ...parts]))
      .digest("hex");
  }

  newId(prefix: string, name: string): string {
    return `${prefix}-${this.digest(prefix, name).slice(0, 17)}`;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.accountId}:${resource}`;
  }
}

/** An account with the services that others than the stand-ins ask. */
export class Account extends AnyAccount {
  readonly cloudTrail = CloudTrail.of(this);
  readonly cloudWatch = CloudWatch.of(this);
  readonly codeCommit = CodeCommit.of(this);
  readonly ecs = Ecs.of(this);
  readonly eventBridge = EventBridge.of(this);
  readonly iam = Iam.of(this);
  readonly instances = Instances.of(this);
  readonly listeners = Listeners.of(this);
  readonly logs = Logs.of(this);
  readonly organizations = Organizations.of(this);
  readonly resolverFirewall = ResolverFirewall.of(this);
  readonly route53 = Route53.of(this);
  readonly routeTables = RouteTables.of(this);
  readonly secretsManager = SecretsManager.of(this);
  readonly securityGroups = SecurityGroups.of(this);
  readonly ssm = Ssm.of(this);
  readonly ssmAssociations = SsmAssociations.of(this);
  readonly stepFunctions = StepFunctions.of(this);
  readonly subnets = Subnets.of(this);
  readonly vpcEndpoints = VpcEndpoints.of(this);
}
