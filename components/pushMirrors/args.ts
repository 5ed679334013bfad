/** The arguments of PushMirrors. Everything that decides how many resources exist is a plain value. */
import type { Output } from "@pulumi/pulumi";
import type { GitCredential } from "../mirrorTarget/gateUser";
import type { MirrorSettings } from "./reconcileScript";

export interface PushMirrorsArgs {
  /** The source's and the targets' region. */
  region: string;
  /** The source's account, twelve digits. */
  accountId: string;
  /** Instance id of the GitLab host, which Systems Manager reaches. */
  gitlabInstanceId: string;
  /** Name of the host's role, which is allowed to read the desired state. */
  gitlabRoleName: string;
  /**
   * The role or user ARNs that deploy this stack, of the source's account: beside the host, they alone can read the
   * credentials. Name each one: a refresh reads the credentials before an update could admit who runs it.
   */
  deployerArns: string[];
  targets: MirroredTargetArgs[];
  settings: MirrorSettings;
  /** Takes every mirror off GitLab and sets none: what comes before a target is destroyed. */
  withdrawn: boolean;
  /** Where alarms go, and what they need to know of the host; without it nothing is watched. */
  alarms?: MirrorAlarmArgs | undefined;
  /** Whether there is a dashboard; it needs `alarms`, whose metrics it shows. @default false */
  dashboard: boolean;
}

/** What the source says of its alarms. */
export interface MirrorAlarmArgs {
  /** A topic that EventBridge and CloudWatch may publish to. */
  topicArn: string;
  /** Whether silence is an alarm: a host with office hours is silent every night. */
  gitlabIsAlwaysOn: boolean;
  /** Name of the metric of what the proxy refused, for the dashboard; undefined where no proxy was made. */
  proxyRefusalsMetric?: string | undefined;
}

/** A target to push to. */
export interface MirroredTargetArgs {
  /** Its stack's name, e.g. "prd"; a part of parameters' names. */
  name: string;
  /** The push user's active git credential, a secret. */
  credential: Output<GitCredential>;
  repositories: MirroredRepositoryArgs[];
}

export interface MirroredRepositoryArgs {
  /** Path of the project in GitLab. */
  gitlabProject: string;
  /** CodeCommit name. */
  name: string;
  cloneUrlHttp: string;
}
