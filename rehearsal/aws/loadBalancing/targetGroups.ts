/** Elastic Load Balancing's target groups for network load balancers, and what is registered in them. */
import { z } from "zod";
import { parseIpv4 } from "../../../facts/ipv4";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { Instances } from "../compute/instances";
import { named } from "../names";
import { Subnets } from "../network/subnets";
import { Vpcs } from "../network/vpcs";
import { perAccount } from "../perAccount";
import { byAnyInput } from "../replacement";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { elbNameLength, elbNameProblem } from "./elbNames";
import { healthCheckOf, healthCheckSchema } from "./healthChecks";

/** A registered target: an instance id or an IPv4 address, and its port. */
export interface Target {
  id: string;
  port: number;
}

/** A target group of the account. */
export interface TargetGroup {
  arn: string;
  name: string;
  vpcId: string;
  targetType: "instance" | "ip";
  protocol: string;
  port: number;
  /** Whether targets see the client's address instead of the load balancer's. */
  preserveClientIp: boolean;
  proxyProtocolV2: boolean;
  targets: Target[];
  /** The load balancer that sends to it; there can be one only. */
  loadBalancerArn: string | undefined;
}

/** The target groups of one account. */
export class TargetGroups {
  static readonly of = perAccount((aws) => new TargetGroups(aws));

  /** By ARN. */
  readonly table = new Table<TargetGroup>("target group", "TargetGroupNotFound");

  private constructor(readonly aws: AccountContext) {}

  /** The group with this ARN; TargetGroupNotFound without one. */
  get(arn: string): TargetGroup {
    return this.table.get(arn);
  }

  /**
   * Registers targets, as ECS does for its tasks. A target that does not fit the group's type and VPC is refused with
   * InvalidTarget or ValidationError; registering a target again changes nothing.
   */
  registerTargets(targetGroupArn: string, targets: readonly Target[]): void {
    const group = this.get(targetGroupArn);
    for (const target of targets) {
      if (group.targetType === "instance") this.#requireInstance(group, target.id);
      else this.#requireAddress(group, target.id);
      if (!group.targets.some((known) => known.id === target.id && known.port === target.port)) {
        group.targets.push({ ...target });
      }
    }
  }

  #requireInstance(group: TargetGroup, instanceId: string): void {
    const instance = Instances.of(this.aws).find(instanceId);
    if (!instance) throw new AwsError("InvalidTarget", `The following targets do not exist: '${instanceId}'`);
    if (instance.vpcId !== group.vpcId) {
      throw new AwsError(
        "InvalidTarget",
        `The following targets are not in the target group VPC '${group.vpcId}': '${instanceId}'`,
      );
    }
  }

  #requireAddress(group: TargetGroup, address: string): void {
    if (parseIpv4(address) === undefined) {
      throw new AwsError("ValidationError", `The IP address '${address}' is not a valid IPv4 address`);
    }
    if (!Subnets.of(this.aws).at(group.vpcId, address)) {
      throw new AwsError(
        "ValidationError",
        `The IP address '${address}' is not within a subnet of the target group's VPC '${group.vpcId}'`,
      );
    }
  }
}

const port = z.number().int().min(1).max(65_535);
// The provider keeps this one as a text, so that "not given" differs from false.
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

const targetGroupInputs = z.looseObject({
  ...tagged.shape,
  ...named,
  // Functions and load balancers as targets are not part of the stand-in, nor are application load balancers.
  targetType: z.enum(["instance", "ip"]).default("instance"),
  protocol: z.enum(["TCP", "TLS", "UDP", "TCP_UDP"]),
  port,
  vpcId: z.string(),
  preserveClientIp: flag.optional(),
  proxyProtocolV2: z.boolean().default(false),
  healthCheck: healthCheckSchema.prefault({}),
  deregistrationDelay: z.number().int().min(0).max(3600).default(300),
});
type TargetGroupInputs = z.infer<typeof targetGroupInputs>;

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
export const targetGroup = resource({
  type: "aws:lb/targetGroup:TargetGroup",
  inputs: targetGroupInputs,
  replaces: ["name", "namePrefix", "port", "protocol", "vpcId", "targetType"],
  longestName: elbNameLength,
  checks: [
    ["ValidationError", ({ name }) => elbNameProblem(name, "Target group")],
    [
      "DuplicateTargetGroupName",
      ({ aws, name }) =>
        TargetGroups.of(aws)
          .table.values()
          .some((group) => group.name === name) && `A target group with the same name '${name}' exists`,
    ],
    ({ aws, inputs }) => Vpcs.of(aws).get(inputs.vpcId),
    [
      "InvalidConfigurationRequest",
      ({ inputs: { proxyProtocolV2, protocol } }) =>
        proxyProtocolV2 &&
        !isStream(protocol) &&
        `proxy_protocol_v2.enabled is supported for the protocols TCP and TLS, not for ${protocol}`,
    ],
    [
      "InvalidConfigurationRequest",
      ({ inputs: { preserveClientIp, protocol } }) =>
        preserveClientIp === false &&
        !isStream(protocol) &&
        `preserve_client_ip.enabled can be changed for the protocols TCP and TLS only, not for ${protocol}`,
    ],
    ({ inputs }) => healthCheckOf(inputs.healthCheck),
  ],
  id: ({ aws, creation, name }) =>
    aws.arn(
      "elasticloadbalancing",
      `targetgroup/${name}/${aws.digest("target group", creation.name).slice(0, 16)}`,
    ),
  arn: ({ id }) => id,
  keep: ({ aws, inputs, name, arn }) =>
    TargetGroups.of(aws).table.add(arn, {
      arn,
      name,
      vpcId: inputs.vpcId,
      targetType: inputs.targetType,
      protocol: inputs.protocol,
      port: inputs.port,
      preserveClientIp: preservesClientIp(inputs),
      proxyProtocolV2: inputs.proxyProtocolV2,
      targets: [],
      loadBalancerArn: undefined,
    }),
  outputs: ({ inputs, id, arn }) => ({
    ...notAsked,
    id,
    arnSuffix: arn.slice(arn.indexOf("targetgroup/")),
    healthCheck: healthCheckOf(inputs.healthCheck),
    loadBalancerArns: [],
    preserveClientIp: String(preservesClientIp(inputs)),
  }),
});

function isStream(protocol: TargetGroupInputs["protocol"]): boolean {
  return protocol === "TCP" || protocol === "TLS";
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html */
function preservesClientIp({ preserveClientIp, protocol, targetType }: TargetGroupInputs): boolean {
  return preserveClientIp ?? (!isStream(protocol) || targetType === "instance");
}

/**
 * What the provider reads back of attributes that a request leaves alone. Those that a group of the protocol does not
 * have are empty.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
 */
const notAsked = {
  connectionTermination: false,
  ipAddressType: "ipv4",
  loadBalancingAlgorithmType: "",
  loadBalancingAnomalyMitigation: "",
  loadBalancingCrossZoneEnabled: "use_load_balancer_configuration",
  protocolVersion: "",
  stickiness: { cookieDuration: 0, cookieName: "", enabled: false, type: "source_ip" },
  targetFailovers: [],
  targetGroupHealth: {
    dnsFailover: { minimumHealthyTargetsCount: "1", minimumHealthyTargetsPercentage: "off" },
    unhealthyStateRouting: { minimumHealthyTargetsCount: 1, minimumHealthyTargetsPercentage: "off" },
  },
  targetHealthStates: [{ enableUnhealthyConnectionTermination: true, unhealthyDrainingInterval: 0 }],
};

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html */
export const targetGroupAttachment = resource({
  type: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  inputs: z.looseObject({ targetGroupArn: z.string(), targetId: z.string(), port: port.optional() }),
  replaces: byAnyInput,
  checks: [({ aws, inputs }) => TargetGroups.of(aws).get(inputs.targetGroupArn)],
  id: ({ aws, creation, inputs }) =>
    `${inputs.targetGroupArn}-${aws.digest("attachment", creation.name).slice(0, 26)}`,
  keep: ({ aws, inputs: { targetGroupArn, targetId, port: ownPort } }) => {
    const groups = TargetGroups.of(aws);
    const target = { id: targetId, port: ownPort ?? groups.get(targetGroupArn).port };
    groups.registerTargets(targetGroupArn, [target]);
  },
  outputs: ({ id }) => ({ id }),
});
