/** The arguments of NetworkedGitlab. Everything that decides how many resources exist is a plain value. */
import type { Input } from "@pulumi/pulumi";
import type { AlarmArgs } from "../alarms/args";

/** The whole source side. */
export interface NetworkedGitlabArgs {
  /** The AWS region that everything is made in, and whose CodeCommit the proxy lets through. */
  region: string;
  /** The account that everything is made in, twelve digits. */
  accountId: string;
  /** From where people reach GitLab: IPv4 CIDRs, never the whole Internet. */
  workTerminalCidrs: string[];
  network: NetworkArgs;
  gitlab: GitlabArgs;
  proxy: ProxyArgs;
  alarms: AlarmArgs;
}

export type NetworkArgs = NewNetworkArgs | ExistingNetworkArgs;

/** A network to be made: public, private and isolated subnets in each availability zone. */
export interface NewNetworkArgs {
  /** IPv4 range of the VPC, a prefix of /16 to /24. @default "10.0.0.0/16" */
  cidrBlock: string;
  /** Exactly two zones, by name: a name pins an Elastic IP to its zone for good. */
  availabilityZones: string[];
  /** One NAT gateway in each zone, or a single one in the first. @default "OnePerAz" */
  natGateways: "OnePerAz" | "Single";
}

/** A network that exists: what is brought is used as it is, and nothing in it is changed. */
export interface ExistingNetworkArgs {
  vpcId: string;
  /** The VPC's IPv4 range. */
  cidrBlock: string;
  /** Where the ingress load balancer goes: two subnets with a route to an Internet gateway. */
  publicSubnetIds: string[];
  /** Where the proxy goes (and GitLab, when there is no proxy): subnets that go out through the NAT gateways. */
  privateSubnetIds: string[];
  /**
   * Where GitLab goes: subnets without a route out, but from where private addresses of the VPC answer to the names of
   * `ssm` and `ssmmessages`. Not needed without a proxy.
   */
  isolatedSubnetIds: string[];
  /** The public IPv4 addresses of the NAT gateways behind the private subnets. */
  natPublicIps: string[];
}

export type GitlabArgs = NewGitlabArgs | ExistingGitlabArgs;

/** A GitLab host to be made. */
export interface NewGitlabArgs {
  /**
   * The name people use for GitLab, e.g. "gitlab.dev.example.com"; you point its DNS record at the ingress load
   * balancer. Without it, GitLab goes by the load balancer's own name, for which only a self-signed certificate exists.
   */
  hostname?: string;
  /** Exact GitLab version whose official AMI is used, e.g. "18.5.1". */
  version: string;
  /** An AMI to use instead of the official one; it must hold a GitLab Linux package. */
  amiId?: string;
  /** @default "m7i.large" */
  instanceType: string;
  /** GiB. @default 30 */
  rootVolumeSize: number;
  /** GiB, holds /etc/gitlab and /var/opt/gitlab. @default 100 */
  dataVolumeSize: number;
  /** ARN of the ACM certificate for `hostname`. Either this or `selfSignedCertificate`. */
  certificateArn?: Input<string>;
  /** Make a self-signed certificate; git clients refuse it until told to trust it. @default false */
  selfSignedCertificate: boolean;
  /** Also let work terminals in on port 22 for git over ssh. @default true */
  gitOverSsh: boolean;
  /** When the host runs; always, if left out. */
  officeHours?: OfficeHoursArgs;
  backups: BackupArgs;
}

/** Cron expressions of EventBridge Scheduler: six fields, without the surrounding `cron()`. */
export interface OfficeHoursArgs {
  /** e.g. "0 8 ? * MON-FRI *" */
  start: string;
  /** e.g. "0 20 ? * MON-FRI *" */
  stop: string;
  /** IANA name, e.g. "Asia/Tokyo". */
  timezone: string;
}

export interface BackupArgs {
  /** When the nightly snapshot is taken, "HH:MM" in UTC. @default "17:00" */
  time: string;
  /** How many snapshots are kept, 1 to 1000. @default 7 */
  keep: number;
}

/** A GitLab that exists. No host, ingress or backup is made for it. */
export interface ExistingGitlabArgs {
  /** e.g. "https://gitlab.example.com" */
  url: string;
  /** The host's instance id, where it is an EC2 instance of this account. */
  instanceId?: string;
}

export type ProxyArgs = ManagedProxyArgs | ExistingProxyArgs | NoProxyArgs;

/** A squid on ECS Fargate that admits git-codecommit of this region and nothing else. */
export interface ManagedProxyArgs {
  mode: "managed";
  /** How many tasks run, 1 or 2. @default 1 */
  tasks: number;
  /** Container image with squid 5 or newer. */
  image: string;
}

/** A forward proxy that exists, with its port, e.g. "http://proxy.internal:3128". */
export interface ExistingProxyArgs {
  mode: "existing";
  url: string;
}

/** No proxy: GitLab sits in the private tier and goes out through NAT. Weaker: nothing limits where it goes. */
export interface NoProxyArgs {
  mode: "none";
}
