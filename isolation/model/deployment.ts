/**
 * A deployment as the proof sees it: the source, the target, or both, read from Pulumi's state into what claims are
 * about. References between resources are resolved: a reference is the URN of a resource of the same deployment, or
 * else the id of something that exists outside of it.
 */
import type { Concern } from "../../facts/resourceTypes";
import type { BroadStatement } from "../iam/broadPolicy";
import type { Policy } from "../iam/policy";
import type { StackSnapshot } from "./snapshot";

/** A URN, or the id or ARN of what is not in the deployment. */
export type Reference = string;

/** Both sides, as far as they are shown, and what the team declares about them. */
export interface Deployment {
  readonly source?: Side;
  readonly target?: Side;
  /** The link between them. */
  readonly mirror?: Side;
  /** The stack that attaches policies of AWS Organizations to the target's account. */
  readonly organization?: Side;
  /** Other targets of the same source; each is asked about by itself, with this one among its others. */
  readonly others?: readonly Side[];
  readonly declared: Declared;
}

/**
 * What no resource says: who and what is meant to be inside, outside and in charge. From the stacks' output `declared`,
 * or from a file; printed with every report.
 */
export interface Declared {
  /** From where people reach GitLab. */
  readonly workTerminalCidrs: readonly string[];
  /** From where people pull. */
  readonly isolatedTerminalCidrs: readonly string[];
  readonly deployerArns: readonly string[];
  readonly breakGlassArns: readonly string[];
  /** Pulumi name, IAM name or ARN of the gate users. @default the users of MirrorTarget */
  readonly pushUser: string | undefined;
  readonly pullUser: string | undefined;
  /** ARNs of the airlock repositories, or one pattern of them. @default those of the repositories that MirrorTarget makes */
  readonly repositoryArns: readonly string[];
  /** References that the push user may touch, e.g. "refs/heads/*". */
  readonly references: readonly string[];
  /** Whether the exported service control policy is attached to the target's account. No state shows it. */
  readonly serviceControlPolicyAttached: boolean;
  /** Resources that somebody looked at and found harmless: what is not known of them leaves no claim open. */
  readonly accepted: readonly Accepted[];
}

/** A resource that is taken for harmless by hand. */
export interface Accepted {
  readonly urn: string;
  /** Why, for the report. */
  readonly reason: string;
}

/** Why something cannot be told. A claim that rests on the resource is unknown. */
export interface Gap {
  /** The resource, by URN. */
  readonly urn: string;
  /** One sentence: what is not known, and why. */
  readonly reason: string;
  /** Which claims it bears on. */
  readonly about: readonly Concern[];
  /** The property that says it once the next `pulumi up` has made something; undefined where nothing will. */
  readonly awaits?: string;
}

/** One stack, in one account and region. */
export interface Side {
  readonly stack: string;
  /** Twelve digits; undefined while no resource says it. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** Whether git is to reach CodeCommit by its FIPS endpoint, as the stack says. */
  readonly fips: boolean;
  readonly identities: readonly Identity[];
  readonly repositories: readonly Repository[];
  readonly carriers: readonly Carrier[];
  readonly network: Network;
  /** Resources that no reader reads, and that could have a say. */
  readonly unmodelled: readonly Unmodelled[];
  readonly gaps: readonly Gap[];
  readonly snapshot: StackSnapshot;
}

/** A resource that could have a say in what claims are about, and that is not read. */
export interface Unmodelled {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly concerns: readonly Concern[];
  /** What makes it matter, as the end of "The resource …". */
  readonly reason: string;
  /** Whether it can act beyond the account of its stack: it is of another provider. */
  readonly isOfNoAccount: boolean;
}

/** An IAM user or role. */
export interface Identity {
  readonly urn: string;
  readonly kind: "user" | "role";
  readonly name: string;
  readonly arn: string;
  /** e.g. "AIDA…"; unknown before it exists. */
  readonly uniqueId?: string;
  /** Inline and attached, with those of its groups. A policy that cannot be read is in `gaps` of the side. */
  readonly policies: readonly AttachedPolicy[];
  readonly permissionsBoundary?: Policy;
  /** Attached policies of which only the ARN is known. */
  readonly unreadPolicyArns: readonly string[];
  /** What all of its policies say, on every service. */
  readonly rights: readonly BroadStatement[];
  /** What its permissions boundary says; absent where it has none, or where that cannot be read. */
  readonly boundary?: readonly BroadStatement[];
  /** Policies, by URN or ARN, that are not even in `rights`. */
  readonly unknownRights: readonly string[];
  readonly groups: readonly Reference[];
  readonly credentials: readonly Credential[];
  /** A role's: the principals whom its trust policy lets assume it, as written. */
  readonly trusts: readonly string[];
  /** A role's trust policy; absent where it is not understood, which is in `gaps` of the side too. */
  readonly trust?: readonly BroadStatement[];
}

export interface AttachedPolicy {
  readonly urn: string;
  readonly policy: Policy;
}

export interface Credential {
  readonly urn: string;
  readonly kind:
    | "git credential"
    | "access key"
    | "password"
    | "ssh key"
    | "signing certificate"
    | "other service's credential";
  /** @example true unless its status is Inactive */
  readonly active: boolean;
}

/** A CodeCommit repository. */
export interface Repository {
  readonly urn: string;
  readonly name: string;
  readonly arn: string;
  /** An airlock repository; else another of the same stack. */
  readonly airlock: boolean;
}

/** What could carry a repository's content, news of it, or an insider's words on. */
export interface Carrier {
  readonly urn: string;
  readonly kind:
    | "trigger"
    | "notification rule"
    | "event target"
    | "alarm"
    | "metric stream"
    | "trail"
    | "topic subscription"
    | "topic policy"
    | "queue policy"
    | "bucket"
    | "bucket policy"
    | "bucket notification"
    | "log"
    | "log subscription"
    | "log delivery"
    | "log policy"
    | "command output"
    | "snapshot policy"
    | "backup plan"
    | "vault policy"
    | "disk permission"
    | "disk";
  /** Of what passes on what it is sent: the ARN of that topic or queue, or URN or ARN of that bucket; empty where it may be any. */
  readonly from: readonly string[];
  /** ARNs that it carries to; of a shown bucket its URN; of a subscription, an address such as that of a mailbox too. */
  readonly to: readonly string[];
  /** What it says there: "fixed words" are those that AWS chooses, or the stack itself; "a number" is that of an alarm's metric. */
  readonly says: "anything" | "a number" | "fixed words";
}

export interface Network {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  readonly partlyKnownRoutes: readonly PartlyKnownRoute[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly networkAcls: readonly NetworkAcl[];
  readonly gateways: readonly Gateway[];
  readonly natGateways: readonly NatGateway[];
  readonly endpoints: readonly Endpoint[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly hosts: readonly Host[];
  readonly elasticIps: readonly ElasticIp[];
  readonly resolverFirewalls: readonly ResolverFirewall[];
}

export interface Vpc {
  readonly urn: string;
  readonly name: string;
  readonly id: string | undefined;
  /** IPv4 and IPv6 ranges. */
  readonly cidrBlocks: readonly string[];
  /** Whether its resolver answers. @default true */
  readonly resolvesNames?: boolean;
  /** The main route table, where the state shows it: it serves every subnet without an association. */
  readonly mainRouteTable: Reference | undefined;
  readonly defaultSecurityGroup: Reference | undefined;
}

export interface Subnet {
  readonly urn: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly vpc: Reference;
  readonly cidrBlocks: readonly string[];
  readonly availabilityZone: string | undefined;
  readonly mapsPublicIp: boolean;
  /** By association; undefined where it has none, and the main one serves. */
  readonly routeTable: Reference | undefined;
  readonly networkAcl: Reference | undefined;
}

export interface RouteTable {
  readonly urn: string;
  readonly name: string;
  readonly vpc: Reference;
  /** All but the local ones; inline and in resources of their own. */
  readonly routes: readonly Route[];
  /** Virtual private gateways whose routes it takes over. */
  readonly propagatedFrom: readonly Reference[];
  /** Gateways whose incoming packets it routes: @see https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html */
  readonly gateways: readonly Reference[];
}

export interface Route {
  /** Where it is written. */
  readonly urn: string;
  /** Where in that resource, e.g. "routes[0]"; undefined where the resource is the route. */
  readonly place?: string;
  /** An IPv4 or IPv6 range; or a prefix list, whose ranges are not known. */
  readonly destination: { readonly cidr: string } | { readonly prefixList: string };
  readonly target: { readonly kind: RouteTargetKind; readonly to: Reference };
  /** Whether its target was gone when the state was read, so that AWS drops what it decides. */
  readonly isBlackhole?: boolean;
}

/** A route whose table is not shown, or of which something is not known; that is in `gaps` too. */
export interface PartlyKnownRoute extends Partial<Omit<Route, "urn" | "target">> {
  readonly urn: string;
  /** The tables that it may be in; of one that is not shown, the VPC that it belongs to, where that is known. */
  readonly of: readonly Reference[];
  readonly target?: { readonly kind: RouteTargetKind };
}

export type RouteTargetKind =
  | "gateway"
  | "nat gateway"
  | "egress-only gateway"
  | "transit gateway"
  | "peering"
  | "network interface"
  | "endpoint"
  | "carrier gateway"
  | "local gateway"
  | "core network"
  | "odb network";

export interface SecurityGroup {
  readonly urn: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly vpc: Reference | undefined;
  /** From every form: inline, aws.ec2.SecurityGroupRule, aws.vpc.SecurityGroup{In,E}gressRule. */
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress: readonly SecurityGroupRule[];
  /** Rules whose ports are not known, which is in `gaps` too. */
  readonly portless: readonly (Omit<SecurityGroupRule, "ports"> & { readonly way: "ingress" | "egress" })[];
}

export interface SecurityGroupRule {
  readonly urn: string;
  /** Where in the resource it is written, e.g. "egress[0]"; undefined where the resource is the rule. */
  readonly place?: string;
  readonly ports: PortRange;
  readonly peer: { readonly cidr: string } | { readonly group: Reference } | { readonly prefixList: string };
}

/** Ports of a protocol. */
export interface PortRange {
  /** "tcp", "udp", "icmp", "icmpv6", another protocol's number, or "all". */
  readonly protocol: string;
  /** Both inclusive; 0–65535 for all ports and for protocols without ports. */
  readonly from: number;
  readonly to: number;
}

export interface NetworkAcl {
  readonly urn: string;
  readonly vpc: Reference;
  /** In the order in which they are tried; the final deny is not among them. */
  readonly ingress: readonly NetworkAclEntry[];
  readonly egress: readonly NetworkAclEntry[];
}

export interface NetworkAclEntry {
  readonly urn: string;
  readonly number: number;
  readonly allow: boolean;
  readonly ports: PortRange;
  readonly cidr: string;
}

/** A way between a VPC and somewhere else that is neither a NAT gateway nor an endpoint. */
export interface Gateway {
  readonly urn: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly kind:
    | "internet gateway"
    | "egress-only gateway"
    | "virtual private gateway"
    | "transit gateway"
    | "peering"
    | "carrier gateway"
    | "other";
  /** The VPCs that it is attached to. */
  readonly vpcs: readonly Reference[];
}

export interface NatGateway {
  readonly urn: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly subnet: Reference;
  /** Elastic IPs, by reference. */
  readonly elasticIps: readonly Reference[];
  readonly publicIp: string | undefined;
  readonly connectivity: "public" | "private";
}

export interface ElasticIp {
  readonly urn: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly publicIp: string | undefined;
  /** What it is associated with, otherwise than by a NAT gateway. */
  readonly associatedWith: Reference | undefined;
}

/** A VPC endpoint. */
export interface Endpoint {
  readonly urn: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly kind: "Interface" | "Gateway" | "GatewayLoadBalancer" | "Resource" | "ServiceNetwork";
  readonly vpc: Reference;
  /** e.g. "com.amazonaws.ap-northeast-1.git-codecommit" */
  readonly serviceName: string;
  /** Undefined where it could not be read; then it is in `gaps` too. AWS's default admits everything. */
  readonly policy: Policy | undefined;
  readonly subnets: readonly Reference[];
  readonly routeTables: readonly Reference[];
  readonly securityGroups: readonly Reference[];
  readonly privateDns: boolean;
}

export interface LoadBalancer {
  readonly urn: string;
  readonly name: string;
  readonly kind: "network" | "application" | "gateway" | "classic";
  readonly internal: boolean;
  readonly subnets: readonly Reference[];
  /** Its addresses that are known, by subnet. */
  readonly privateIps: Readonly<Record<Reference, string>>;
  readonly dnsName: string | undefined;
  readonly securityGroups: readonly Reference[];
  readonly listeners: readonly Listener[];
}

export interface Listener {
  readonly urn: string;
  readonly port: number;
  /** "TCP", "TLS", "UDP", … */
  readonly protocol: string;
  readonly targets: readonly ListenerTarget[];
}

/** Where a listener passes packets on to. */
export interface ListenerTarget {
  /** A host or another load balancer, by reference or by address. */
  readonly to: Reference;
  readonly port: number;
  /** How the load balancer finds out whether the target works; undefined where that is not known. */
  readonly healthCheck: { readonly protocol: string; readonly port: number } | undefined;
}

/**
 * Something that runs: an instance, the tasks of a service, a function; or that acts without a network, as a schedule or an
 * automation does.
 */
export interface Host {
  readonly urn: string;
  readonly name: string;
  readonly kind: "instance" | "tasks" | "function" | "automation" | "network interface" | "other";
  /** A proxy is a service behind a listener, whose tasks run squid or are meant to. */
  readonly role: "gitlab" | "proxy" | "other";
  readonly subnets: readonly Reference[];
  readonly securityGroups: readonly Reference[];
  readonly privateIp: string | undefined;
  /** Whether it has a public address of its own: assigned, or an Elastic IP. */
  readonly publicIp: boolean;
  /** Its instance profile's or task's roles. */
  readonly identities: readonly Reference[];
  /** How many tasks a service runs; undefined elsewhere, and where it is not known. */
  readonly desiredCount?: number;
  /** squid.conf of a proxy; undefined where that is not known, and elsewhere. */
  readonly squidConf?: string;
  /** What such a proxy runs, as its task definition names it. */
  readonly image?: string;
}

/** Route 53 Resolver DNS Firewall of a VPC. */
export interface ResolverFirewall {
  readonly vpc: Reference;
  /** Whether the VPC's firewall refuses names while it cannot answer. */
  readonly failsClosed: boolean;
  /** What the VPC's configuration says of that, e.g. "ENABLED"; undefined where it says nothing. */
  readonly failOpen: string | undefined;
  /** In the order in which they are tried, over all associated groups. */
  readonly rules: readonly {
    readonly urn: string;
    readonly action: "ALLOW" | "BLOCK" | "ALERT";
    /** e.g. "*", "*.amazonaws.com" */
    readonly domains: readonly string[];
    /** Whether what an allowed name redirects to is looked at too. */
    readonly inspectsRedirects: boolean;
  }[];
}
