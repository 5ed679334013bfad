/** The arguments of MirrorTarget. Everything that decides how many resources exist is a plain value. */
import type { Input } from "@pulumi/pulumi";
import type { AlarmArgs } from "../alarms/args";

/** The whole target side. */
export interface MirrorTargetArgs {
  /** The AWS region of the repositories. */
  region: string;
  /** The account of the repositories, twelve digits. Known at preview, so that every ARN is. */
  accountId: string;
  /** Public IPv4 addresses that pushes come from: the source's NAT gateways, one Elastic IP each. */
  pushSourceAddresses: string[];
  repositories: RepositoryArgs[];
  /**
   * Give the gate users every repository whose name begins with `<prefix>-`, by one statement of constant size.
   * Every repository's name must then begin so. Needed beyond some 250 to 300 repositories in mode endpoint, depending on
   * their names, and beyond some 700 in mode addresses.
   */
  repositoryPrefix?: string;
  /** What pushes may touch: full names or, with a `*` at the end, patterns. @default all branches and tags */
  references: string[];
  pull: PullArgs;
  /** Epochs of the push user's live git credentials: one, or two while rotating. The last is the active one. @default [1] */
  pushCredentialEpochs: number[];
  /** The same for the pull user. @default [1] */
  pullCredentialEpochs: number[];
  /** The role or user ARNs that deploy this stack: writers that the service control policy lets through. */
  deployerArns: string[];
  /** Role ARNs for emergencies: writers that the service control policy lets through. @default [] */
  breakGlassArns: string[];
  alarms: TripwireArgs;
}

export interface TripwireArgs extends AlarmArgs {
  /**
   * The trail that brings CloudTrail's events to EventBridge: one to be made, or one that the account has, which logs all
   * management events of all regions. Without one, most tripwires are silent. @default "made"
   */
  trail: "made" | "existing";
}

export interface RepositoryArgs {
  /** CodeCommit name, 1–100 of `[A-Za-z0-9._-]`. Derived from `gitlabProject` when left out. */
  name?: string;
  /** Path of the project in GitLab, e.g. "platform/network". */
  gitlabProject: string;
  /** At most 1,000 characters. */
  description?: string;
}

export type PullArgs = EndpointPullArgs | AddressesPullArgs;

/** Pull through an interface endpoint whose own policy admits nothing but GitPull on the airlock repositories. */
export interface EndpointPullArgs {
  mode: "endpoint";
  /** From where the endpoint may be reached: the isolated terminals' CIDRs as the isolated VPC sees them. */
  isolatedTerminalCidrs: string[];
  /**
   * What binds the pull user to the endpoint. `sourceVpce` names the endpoint, `sourceVpc` its VPC and the
   * Region, and `noSourceIp` (weaker: any endpoint will do) asks that the request came through no public address. @default "sourceVpce"
   */
  lock: "sourceVpce" | "sourceVpc" | "noSourceIp";
  network: IsolatedNetworkArgs;
}

/** Where the pull endpoint goes: a VPC to be made, or one that exists. */
export type IsolatedNetworkArgs =
  | {
      /** IPv4 range of the isolated VPC, /16 to /27. @default "10.1.0.0/24" */
      cidrBlock: string;
      /** One or more zones, by name. */
      availabilityZones: string[];
    }
  | { vpcId: string; subnetIds: Input<string>[] };

/** Pull from listed addresses over the Internet, as the seed does. Leaves claim C5 open. */
export interface AddressesPullArgs {
  mode: "addresses";
  /** Public IPv4 CIDRs of the isolated terminals. */
  isolatedTerminalCidrs: string[];
}
