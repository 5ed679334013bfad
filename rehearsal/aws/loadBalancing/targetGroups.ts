/** Elastic Load Balancing's target groups, and what is registered in them. */
import { z } from "zod";
import { parseIpv4 } from "../../../facts/ipv4";
import { elbNameLength, requireElbName } from "./elbNames";
import { healthCheckOf, healthCheckSchema } from "./healthChecks";
import type { Instances } from "../compute/instances";
import { physicalName } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Properties,
  type Service,
} from "../service";
import type { Subnets } from "../network/subnets";
import { tagged, tagOutputs } from "../tags";
import type { Vpcs } from "../network/vpcs";

/** Where a load balancer of each type can send to. */
export const targetProtocols = {
  application: ["HTTP", "HTTPS"],
  network: ["TCP", "TLS", "UDP", "TCP_UDP"],
} as const;

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
  protocol: (typeof targetProtocols)[keyof typeof targetProtocols][number];
  port: number;
  /** Whether targets see the client's address instead of the load balancer's. */
  preserveClientIp: boolean;
  proxyProtocolV2: boolean;
  targets: Target[];
  /** The load balancer that sends to it; there can be one only. */
  loadBalancerArn: string | undefined;
}

const port = z.number().int().min(1).max(65_535);
// The provider keeps this one as a text, so that "not given" can be told from false.
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

const targetGroupSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  // Functions and load balancers as targets are not part of the stand-in.
  targetType: z.enum(["instance", "ip"]).default("instance"),
  protocol: z.enum([...targetProtocols.application, ...targetProtocols.network]),
  port,
  vpcId: z.string(),
  preserveClientIp: flag.optional(),
  proxyProtocolV2: z.boolean().default(false),
  healthCheck: healthCheckSchema.prefault({}),
  deregistrationDelay: z.number().int().min(0).max(3600).default(300),
});

const attachmentSchema = z.looseObject({
  targetGroupArn: z.string(),
  targetId: z.string(),
  port: port.optional(),
});

/**
 * What the provider reads back of attributes that a request leaves alone. Those that a group of the protocol does not
 * have are empty.
 *
 * Source: ELB API reference, TargetGroupAttribute; terraform-provider-aws `internal/service/elbv2/target_group.go`.
 */
function balancingDefaults(isNetwork: boolean): Properties {
  return {
    connectionTermination: false,
    loadBalancingAlgorithmType: isNetwork ? "" : "round_robin",
    loadBalancingAnomalyMitigation: isNetwork ? "" : "off",
    loadBalancingCrossZoneEnabled: "use_load_balancer_configuration",
    protocolVersion: isNetwork ? "" : "HTTP1",
    stickiness: {
      cookieDuration: isNetwork ? 0 : 86_400,
      cookieName: "",
      enabled: false,
      type: isNetwork ? "source_ip" : "lb_cookie",
    },
    targetFailovers: [],
    targetGroupHealth: {
      dnsFailover: { minimumHealthyTargetsCount: "1", minimumHealthyTargetsPercentage: "off" },
      unhealthyStateRouting: { minimumHealthyTargetsCount: 1, minimumHealthyTargetsPercentage: "off" },
    },
    targetHealthStates: isNetwork
      ? [{ enableUnhealthyConnectionTermination: true, unhealthyDrainingInterval: 0 }]
      : [],
  };
}

export class TargetGroups implements Service {
  readonly #groups = new Table<TargetGroup>("target group", "TargetGroupNotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly vpcs: Vpcs,
    private readonly subnets: Subnets,
    private readonly instances: Instances,
  ) {}

  readonly kinds = {
    "aws:lb/targetGroup:TargetGroup": kind(targetGroupSchema, (inputs, creation) =>
      this.#create(inputs, creation),
    ),
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": kind(attachmentSchema, (inputs, creation) => {
      const group = this.get(inputs.targetGroupArn);
      this.registerTargets(group.arn, [{ id: inputs.targetId, port: inputs.port ?? group.port }]);
      const id = `${group.arn}-${this.context.digest("attachment", creation.name).slice(0, 26)}`;
      return { id, outputs: { ...inputs, id, region: this.context.region } };
    }),
  };

  /** The group with this ARN; TargetGroupNotFound without one. */
  get(arn: string): TargetGroup {
    return this.#groups.get(arn);
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

  #create(inputs: z.infer<typeof targetGroupSchema>, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, elbNameLength);
    requireElbName(name, "Target group");
    if (this.#groups.values().some((group) => group.name === name)) {
      throw new AwsError("DuplicateTargetGroupName", `A target group with the same name '${name}' exists`);
    }
    const vpc = this.vpcs.get(inputs.vpcId);
    const streams = inputs.protocol === "TCP" || inputs.protocol === "TLS";
    const datagrams = inputs.protocol === "UDP" || inputs.protocol === "TCP_UDP";
    if (inputs.proxyProtocolV2 && !streams) {
      throw new AwsError(
        "InvalidConfigurationRequest",
        `proxy_protocol_v2.enabled is supported for the protocols TCP and TLS, not for ${inputs.protocol}`,
      );
    }
    if (inputs.preserveClientIp !== undefined && !streams && !(datagrams && inputs.preserveClientIp)) {
      throw new AwsError(
        "InvalidConfigurationRequest",
        `preserve_client_ip.enabled can be changed for the protocols TCP and TLS only, not for ${inputs.protocol}`,
      );
    }
    const isNetwork = streams || datagrams;
    const healthCheck = healthCheckOf(inputs.protocol, inputs.healthCheck);
    // Defaults: ELB, "Edit target group attributes for your Network Load Balancer", client IP preservation.
    const preserveClientIp =
      inputs.preserveClientIp ?? (datagrams || (streams && inputs.targetType === "instance"));
    const tagging = tagOutputs(inputs);
    const suffix = `targetgroup/${name}/${this.context.digest("target group", creation.name).slice(0, 16)}`;
    const arn = this.context.arn("elasticloadbalancing", suffix);
    this.#groups.add(arn, {
      arn,
      name,
      vpcId: vpc.id,
      targetType: inputs.targetType,
      protocol: inputs.protocol,
      port: inputs.port,
      preserveClientIp,
      proxyProtocolV2: inputs.proxyProtocolV2,
      targets: [],
      loadBalancerArn: undefined,
    });
    return {
      id: arn,
      outputs: {
        ...inputs,
        id: arn,
        arn,
        arnSuffix: suffix,
        healthCheck,
        ...balancingDefaults(isNetwork),
        ipAddressType: "ipv4",
        loadBalancerArns: [],
        name,
        namePrefix: inputs.namePrefix ?? "",
        preserveClientIp: String(preserveClientIp),
        region: this.context.region,
        ...tagging,
      },
    };
  }

  #requireInstance(group: TargetGroup, instanceId: string): void {
    const instance = this.instances.find(instanceId);
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
    if (!this.subnets.at(group.vpcId, address)) {
      throw new AwsError(
        "ValidationError",
        `The IP address '${address}' is not within a subnet of the target group's VPC '${group.vpcId}'`,
      );
    }
  }
}
