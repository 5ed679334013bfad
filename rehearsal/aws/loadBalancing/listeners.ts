/** Elastic Load Balancing's listeners, and the way from a load balancer's name to its targets. */
import { z } from "zod";
import type { LoadBalancer, LoadBalancers } from "./loadBalancers";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagged, tagOutputs } from "../tags";
import type { TargetGroup, TargetGroups } from "./targetGroups";

/** A listener of a load balancer. */
export interface Listener {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: string;
  /** Set for TLS and HTTPS. */
  certificateArn: string | undefined;
  /** Where it forwards to; empty when it answers by itself. */
  targetGroupArns: string[];
}

/** What a listener asks of ACM and IAM. */
export interface Certificates {
  hasCertificate(arn: string): boolean;
}

/** A listener with its target groups, which hold the registered targets. */
export interface ListenerRoute {
  listener: Listener;
  targetGroups: TargetGroup[];
}

/** What a listener of each protocol may forward to (ELB, "Listeners for your Network Load Balancers" and Application). */
const compatibleTargets: Record<string, readonly string[]> = {
  HTTP: ["HTTP", "HTTPS"],
  HTTPS: ["HTTP", "HTTPS"],
  TCP: ["TCP", "TCP_UDP"],
  TLS: ["TCP", "TLS"],
  UDP: ["UDP", "TCP_UDP"],
  TCP_UDP: ["TCP_UDP"],
};
const listenerProtocols = { application: ["HTTP", "HTTPS"], network: ["TCP", "TLS", "UDP", "TCP_UDP"] };

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

const listenerSchema = z.looseObject({
  ...tagged.shape,
  loadBalancerArn: z.string(),
  port: z.number().int().min(1).max(65_535),
  protocol: z.string().optional(),
  certificateArn: z.string().optional(),
  sslPolicy: z
    .string()
    .regex(/^ELBSecurityPolicy-[A-Za-z0-9-]+$/)
    .optional(),
  tcpIdleTimeoutSeconds: z.number().int().min(60).max(6000).optional(),
  alpnPolicy: z.enum(["None", "HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred"]).optional(),
  defaultActions: z.array(actionSchema).min(1),
});

type ListenerInputs = z.infer<typeof listenerSchema>;

export class Listeners implements Service {
  readonly #listeners = new Table<Listener>("listener", "ListenerNotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly loadBalancers: LoadBalancers,
    private readonly targetGroups: TargetGroups,
    private readonly certificates: Certificates,
  ) {}

  readonly kinds = {
    "aws:lb/listener:Listener": kind(listenerSchema, (inputs, creation) => this.#create(inputs, creation)),
  };

  /** A load balancer's listeners with their target groups, in the order they were made. */
  routesOf(loadBalancerArn: string): ListenerRoute[] {
    return this.#of(loadBalancerArn).map((listener) => ({
      listener,
      targetGroups: listener.targetGroupArns.map((arn) => this.targetGroups.get(arn)),
    }));
  }

  /** Who answers at a DNS name and port: the load balancer and its listener there, if there are any. */
  at(dnsName: string, port: number): ({ loadBalancer: LoadBalancer } & ListenerRoute) | undefined {
    const loadBalancer = this.loadBalancers.byDnsName(dnsName);
    if (!loadBalancer) return undefined;
    const route = this.routesOf(loadBalancer.arn).find(({ listener }) => listener.port === port);
    return route && { loadBalancer, ...route };
  }

  #of(loadBalancerArn: string): Listener[] {
    return this.#listeners.values().filter((listener) => listener.loadBalancerArn === loadBalancerArn);
  }

  #create(inputs: ListenerInputs, creation: Creation): Created {
    const loadBalancer = this.loadBalancers.get(inputs.loadBalancerArn);
    const protocol = protocolOf(inputs, loadBalancer);
    this.#requireCertificate(inputs, protocol);
    if (this.#of(loadBalancer.arn).some((listener) => listener.port === inputs.port)) {
      throw new AwsError(
        "DuplicateListener",
        `A listener already exists on this port for this load balancer '${loadBalancer.arn}': ${inputs.port}`,
      );
    }
    const targetGroupArns = inputs.defaultActions.flatMap((action) => targetsOf(action, loadBalancer));
    for (const arn of targetGroupArns) this.#claim(this.targetGroups.get(arn), loadBalancer, protocol);
    const tagging = tagOutputs(inputs);
    const digest = this.context.digest("listener", creation.name).slice(0, 16);
    const arn = `${loadBalancer.arn.replace(":loadbalancer/", ":listener/")}/${digest}`;
    const isTls = protocol === "TLS" || protocol === "HTTPS";
    this.#listeners.add(arn, {
      arn,
      loadBalancerArn: loadBalancer.arn,
      port: inputs.port,
      protocol,
      certificateArn: inputs.certificateArn,
      targetGroupArns,
    });
    return {
      id: arn,
      outputs: {
        ...inputs,
        id: arn,
        arn,
        defaultActions: inputs.defaultActions.map((action, i) => ({ order: i + 1, ...action })),
        protocol,
        region: this.context.region,
        // The API's default where none is given; the console offers a newer one.
        sslPolicy: inputs.sslPolicy ?? (isTls ? "ELBSecurityPolicy-2016-08" : ""),
        // The API reference, ListenerAttribute: only a TCP listener has the attribute.
        tcpIdleTimeoutSeconds: protocol === "TCP" ? (inputs.tcpIdleTimeoutSeconds ?? 350) : 0,
        ...tagging,
      },
    };
  }

  #requireCertificate({ certificateArn, sslPolicy, alpnPolicy }: ListenerInputs, protocol: string): void {
    if (protocol === "TLS" || protocol === "HTTPS") {
      if (certificateArn === undefined) {
        throw new AwsError("ValidationError", `A certificate must be specified for ${protocol} listeners`);
      }
      if (!this.certificates.hasCertificate(certificateArn)) {
        throw new AwsError("CertificateNotFound", `Certificate '${certificateArn}' not found`);
      }
    } else if (certificateArn !== undefined || sslPolicy !== undefined || alpnPolicy !== undefined) {
      throw new AwsError(
        "ValidationError",
        `Certificates, SSL policies and ALPN policies cannot be specified for ${protocol} listeners`,
      );
    }
  }

  /** Makes a target group the load balancer's. */
  #claim(group: TargetGroup, loadBalancer: LoadBalancer, protocol: string): void {
    if (!compatibleTargets[protocol]?.includes(group.protocol)) {
      throw new AwsError(
        "IncompatibleProtocols",
        `A ${protocol} listener cannot forward to the ${group.protocol} target group '${group.arn}'`,
      );
    }
    if (group.vpcId !== loadBalancer.vpcId) {
      throw new AwsError(
        "InvalidConfigurationRequest",
        `The target group '${group.arn}' is in ${group.vpcId}, the load balancer in ${loadBalancer.vpcId}`,
      );
    }
    if (group.loadBalancerArn !== undefined && group.loadBalancerArn !== loadBalancer.arn) {
      throw new AwsError(
        "TargetGroupAssociationLimit",
        `The following target groups cannot be associated with more than one load balancer: ${group.arn}`,
      );
    }
    group.loadBalancerArn = loadBalancer.arn;
  }
}

function protocolOf(inputs: ListenerInputs, { type }: LoadBalancer): string {
  // The provider fills in HTTP for an application load balancer, and asks for one everywhere else.
  const protocol = inputs.protocol ?? (type === "application" ? "HTTP" : undefined);
  if (protocol === undefined || !listenerProtocols[type].includes(protocol)) {
    throw new AwsError(
      "ValidationError",
      `Listener protocol '${protocol ?? ""}' must be one of '${listenerProtocols[type].join(", ")}' for ${type} load balancers`,
    );
  }
  return protocol;
}

function targetsOf(action: z.infer<typeof actionSchema>, { type }: LoadBalancer): string[] {
  if (action.type !== "forward") {
    if (type === "network") {
      throw new AwsError(
        "InvalidLoadBalancerAction",
        `Action type '${action.type}' is not valid for network load balancers`,
      );
    }
    return [];
  }
  const arns = action.forward?.targetGroups.map((group) => group.arn) ?? [];
  if (action.targetGroupArn !== undefined && !arns.includes(action.targetGroupArn))
    arns.push(action.targetGroupArn);
  if (arns.length === 0) throw new AwsError("ValidationError", "A forward action needs a target group");
  return arns;
}
