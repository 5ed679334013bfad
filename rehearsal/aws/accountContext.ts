/** A stand-in account as its services see it, and what is asked of it and answered. */

/** A resource's or a function's properties in plain JSON form: secrets opened, Outputs resolved. */
export type Properties = Record<string, unknown>;

/** A resource that the program asks for. `name` is its logical Pulumi name, which ids are derived from. */
export interface Creation {
  type: string;
  name: string;
  inputs: Properties;
  /** What the account answered when it made this very resource before; what it gave away then stays given. */
  previous?: Properties;
}

/** A resource as the account now holds it: its physical id and all output properties. */
export interface Created {
  id: string;
  outputs: Properties;
}

/** A machine image that instances of the account may be launched from. */
export interface Image {
  id: string;
  name: string;
  ownerId: string;
  architecture: "x86_64" | "arm64";
  /** RFC 3339, UTC. */
  creationDate: string;
  rootDeviceName: string;
  /** GiB of the root snapshot. */
  rootVolumeSize: number;
}

/** A machine image that somebody has of their own: its id, the processors that it is for, and what else is known. */
export type OwnImage = Pick<Image, "id" | "architecture"> & Partial<Image>;

/** A Route 53 zone that somebody has of their own. */
export interface OwnZone {
  id: string;
  /** In lower case, without the final dot. */
  name: string;
  /** Whether it answers inside of VPCs only. */
  isPrivate: boolean;
}

/** An account, and what it has from the start. */
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
  /** The organization that this account manages. @default none */
  organization?: {
    memberAccountIds: readonly string[];
    /** AWS's names, such as SERVICE_CONTROL_POLICY. */
    enabledPolicyTypes: readonly string[];
    featureSet: "ALL" | "CONSOLIDATED_BILLING";
  };
  /** Route 53 zones that the account has of its own. @default [] */
  hostedZones?: readonly OwnZone[];
  /** Whether the account's organization has a trail of all management events. @default false */
  hasOrganizationTrail?: boolean;
}

/** What every service may ask of the account it lives in. */
export interface AccountContext {
  readonly options: AccountOptions;
  readonly accountId: string;
  readonly region: string;
  /** The same text for the same account seed and parts, so that a second run yields the same bytes. */
  digest(...parts: string[]): string;
  /** A physical id as EC2 makes them: prefix, dash, 17 hexadecimal digits. */
  newId(prefix: string, name: string): string;
  /** `arn:aws:<service>:<region>:<account>:<resource>` */
  arn(service: string, resource: string): string;
}
