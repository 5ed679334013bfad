/** Elastic Load Balancing's listeners, and the way from a load balancer's name to its targets. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { stateOfCertificate } from "../identity/acm";
import { perAccount } from "../perAccount";
import { resource, type Request } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { LoadBalancers, type LoadBalancer } from "./loadBalancers";
import { TargetGroups, type TargetGroup } from "./targetGroups";

/** A listener of a load balancer. */
export interface Listener {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: string;
  /** Set for TLS. */
  certificateArn: string | undefined;
  targetGroupArns: string[];
}

/** A listener with its target groups, which hold the registered targets. */
export interface ListenerRoute {
  listener: Listener;
  targetGroups: TargetGroup[];
}

/** The listeners of one account. */
export class Listeners {
  static readonly of = perAccount((aws) => new Listeners(aws));

  /** By ARN. */
  readonly table = new Table<Listener>("listener", "ListenerNotFound");

  private constructor(readonly aws: AccountContext) {}

  /** What answers at a DNS name and port: the load balancer and its listener there, if there are any. */
  at(dnsName: string, port: number): ({ loadBalancer: LoadBalancer } & ListenerRoute) | undefined {
    const loadBalancer = LoadBalancers.of(this.aws).byDnsName(dnsName);
    if (!loadBalancer) return undefined;
    const listener = this.ofLoadBalancer(loadBalancer.arn).find((one) => one.port === port);
    if (!listener) return undefined;
    const targetGroups = listener.targetGroupArns.map((arn) => TargetGroups.of(this.aws).get(arn));
    return { loadBalancer, listener, targetGroups };
  }

  /** A load balancer's listeners, in the order in which they were made. */
  ofLoadBalancer(loadBalancerArn: string): Listener[] {
    return this.table.values().filter((listener) => listener.loadBalancerArn === loadBalancerArn);
  }
}

/**
 * What a listener of each protocol may forward to.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
 */
const compatibleTargets: Readonly<Record<string, readonly string[]>> = {
  TCP: ["TCP", "TCP_UDP"],
  TLS: ["TCP", "TLS"],
  UDP: ["UDP", "TCP_UDP"],
  TCP_UDP: ["TCP_UDP"],
};

const actionSchema = z.looseObject({
  type: z.enum(["forward", "redirect", "fixed-response"]),
  targetGroupArn: z.string().optional(),
  forward: z
    .looseObject({
      targetGroups: z
        .array(z.looseObject({ arn: z.string() }))
        .min(1)
        .max(5),
    })
    .optional(),
});

const listenerInputs = z.looseObject({
  ...tagged.shape,
  loadBalancerArn: z.string(),
  port: z.number().int().min(1).max(65_535),
  protocol: z.string().default(""),
  certificateArn: z.string().optional(),
  sslPolicy: z
    .string()
    .regex(/^ELBSecurityPolicy-[A-Za-z0-9-]+$/)
    .optional(),
  tcpIdleTimeoutSeconds: z.number().int().min(60).max(6000).optional(),
  alpnPolicy: z.enum(["None", "HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred"]).optional(),
  defaultActions: z.array(actionSchema).min(1),
});
type ListenerRequest = Request<z.infer<typeof listenerInputs>>;

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html */
export const listener = resource({
  type: "aws:lb/listener:Listener",
  inputs: listenerInputs,
  replaces: ["loadBalancerArn"],
  checks: [
    ({ aws, inputs }) => LoadBalancers.of(aws).get(inputs.loadBalancerArn),
    [
      "ValidationError",
      ({ inputs: { protocol } }) =>
        !(protocol in compatibleTargets) &&
        `Listener protocol '${protocol}' must be one of '${Object.keys(compatibleTargets).join(", ")}' for network load balancers`,
    ],
    requireCertificate,
    [
      "DuplicateListener",
      ({ aws, inputs: { loadBalancerArn, port } }) =>
        Listeners.of(aws)
          .ofLoadBalancer(loadBalancerArn)
          .some((one) => one.port === port) &&
        `A listener already exists on this port for this load balancer '${loadBalancerArn}': ${port}`,
    ],
    (request) => {
      for (const group of targetGroupsOf(request)) requireFitting(request, group);
    },
  ],
  id: ({ aws, creation, inputs }) =>
    `${inputs.loadBalancerArn.replace(":loadbalancer/", ":listener/")}/${aws.digest("listener", creation.name).slice(0, 16)}`,
  arn: ({ id }) => id,
  keep: (request) => {
    const { aws, inputs, arn } = request;
    const targetGroups = targetGroupsOf(request);
    for (const group of targetGroups) group.loadBalancerArn = inputs.loadBalancerArn;
    Listeners.of(aws).table.add(arn, {
      arn,
      loadBalancerArn: inputs.loadBalancerArn,
      port: inputs.port,
      protocol: inputs.protocol,
      certificateArn: inputs.certificateArn,
      targetGroupArns: targetGroups.map((group) => group.arn),
    });
  },
  outputs: ({ inputs, id }) => ({
    id,
    defaultActions: inputs.defaultActions.map((action, i) => ({ order: i + 1, ...action })),
    // The API's default where none is given; the console offers a newer one.
    sslPolicy: inputs.sslPolicy ?? (inputs.protocol === "TLS" ? "ELBSecurityPolicy-2016-08" : ""),
    // Only a TCP listener has it.
    // @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
    tcpIdleTimeoutSeconds: inputs.protocol === "TCP" ? (inputs.tcpIdleTimeoutSeconds ?? 350) : 0,
  }),
});

function requireCertificate({ aws, inputs }: ListenerRequest): void {
  const { certificateArn, sslPolicy, alpnPolicy, protocol } = inputs;
  if (protocol === "TLS") {
    if (certificateArn === undefined)
      throw new AwsError("ValidationError", `A certificate must be specified for ${protocol} listeners`);
    const state = stateOfCertificate(aws, certificateArn);
    if (state === undefined)
      throw new AwsError("CertificateNotFound", `Certificate '${certificateArn}' not found`);
    if (state === "pending")
      throw new AwsError(
        "UnsupportedCertificate",
        `The certificate '${certificateArn}' must have a fully-qualified domain name, a supported signature, and a supported key size`,
      );
  } else if (certificateArn !== undefined || sslPolicy !== undefined || alpnPolicy !== undefined) {
    throw new AwsError(
      "ValidationError",
      `Certificates, SSL policies and ALPN policies cannot be specified for ${protocol} listeners`,
    );
  }
}

function targetGroupsOf({ aws, inputs }: ListenerRequest): TargetGroup[] {
  return inputs.defaultActions.flatMap(({ type, targetGroupArn, forward }) => {
    if (type !== "forward") {
      throw new AwsError(
        "InvalidLoadBalancerAction",
        `Action type '${type}' is not valid for network load balancers`,
      );
    }
    const arns = new Set(forward?.targetGroups.map((group) => group.arn));
    if (targetGroupArn !== undefined) arns.add(targetGroupArn);
    if (arns.size === 0) throw new AwsError("ValidationError", "A forward action needs a target group");
    return [...arns].map((arn) => TargetGroups.of(aws).get(arn));
  });
}

function requireFitting({ aws, inputs }: ListenerRequest, group: TargetGroup): void {
  const { arn, vpcId } = LoadBalancers.of(aws).get(inputs.loadBalancerArn);
  if (!compatibleTargets[inputs.protocol]?.includes(group.protocol)) {
    throw new AwsError(
      "IncompatibleProtocols",
      `A ${inputs.protocol} listener cannot forward to the ${group.protocol} target group '${group.arn}'`,
    );
  }
  if (group.vpcId !== vpcId) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      `The target group '${group.arn}' is in ${group.vpcId}, the load balancer in ${vpcId}`,
    );
  }
  if (group.loadBalancerArn !== undefined && group.loadBalancerArn !== arn) {
    throw new AwsError(
      "TargetGroupAssociationLimit",
      `The following target groups cannot be associated with more than one load balancer: ${group.arn}`,
    );
  }
}
