/**
 * Sets of requests: what the proof reasons about where the concrete decider (iam/decide.ts) looks at one request at a
 * time. The two share the policy parser and nothing else, so that each can contradict the other.
 *
 * A request is a point in a product of dimensions: the action, the resource, and each condition key with "absent" as one
 * of its values. Along each dimension the points fall into finitely many classes that no policy in play tells apart, and
 * a region is a union of boxes over these classes. No dimension is assumed to follow from another: that a request
 * through an endpoint carries no `aws:SourceIp`, say, is not an assumption here, and a region may therefore hold requests
 * that AWS never makes. "Nothing outside of …" is right all the same; "something can …" needs a concrete request.
 */
import type { Policy } from "../iam/policy";
import type { AccessRequest } from "../iam/request";

/** Whose requests are meant. */
export interface Requester {
  /** ARN of an IAM user or role. */
  readonly arn: string;
  /** Twelve digits. */
  readonly account: string;
}

/** The policies that bound one requester. What is absent does not restrict. */
export interface Limits {
  readonly identity: readonly Policy[];
  readonly permissionsBoundary?: Policy;
  /** By level, as in iam/decide.ts. */
  readonly serviceControl?: readonly (readonly Policy[])[];
  /** Resource control policies of the resource's account: what any of them denies is denied. Each statement has a Principal. */
  readonly resourceControl?: readonly Policy[];
  /**
   * Endpoint policies by endpoint id: a request whose `aws:SourceVpce` is that id must be allowed by the policy too.
   * A request through any other endpoint is bound by none.
   */
  readonly endpoints?: ReadonlyMap<string, Policy>;
}

/** "action", "resource", or a condition key in its usual spelling, e.g. "aws:SourceIp". */
export type Dimension = string;

/** A part of a dimension, by which regions are cut. */
export type Part =
  /** One of these values; actions without regard to case. Of a key that can have several: these, and no others. */
  | { readonly values: readonly string[] }
  /** Addresses, of keys that hold one. */
  | { readonly cidrs: readonly string[] }
  /** What the patterns cover, with IAM's wildcards. */
  | { readonly patterns: readonly string[] }
  /** The key is not in the request. */
  | { readonly absent: true };

/** What occurs along a dimension, for people and reports. */
export interface Extent {
  /** Whether requests without the key are among them. */
  readonly absent: boolean;
  /** Values and, in angle brackets, classes: "<any other action>". Addresses as the fewest CIDR ranges. In order. */
  readonly values: readonly string[];
}

/** A set of requests of one requester. */
export interface Region {
  readonly requester: Requester;
  isEmpty(): boolean;
  and(other: Region): Region;
  or(other: Region): Region;
  minus(other: Region): Region;
  /** Its requests whose value along the dimension is in the part. */
  within(dimension: Dimension, part: Part): Region;
  /** Its requests whose value along the dimension is outside of the part. */
  outside(dimension: Dimension, part: Part): Region;
  along(dimension: Dimension): Extent;
  /** The dimensions along which it makes a difference where a request is. */
  dependsOn(): Dimension[];
  /** How many classes of requests it holds. */
  classes(): bigint;
  /** One request of it, with as few condition keys as can be; undefined if it is empty. Always the same one. */
  example(): AccessRequest | undefined;
}

/**
 * Where regions live: the classes along each dimension, cut by every policy and value in play. Regions of one space can
 * be combined, of different ones never.
 */
export interface Space {
  /** All requests of a requester, whoever may allow them. */
  everything(requester: Requester): Region;
  /**
   * The requests that are allowed, decided over all classes at once. A resource of another account than the requester's
   * is never allowed: CodeCommit has no resource policies.
   */
  allowed(requester: Requester, limits: Limits): Region;
  /** The requests to which one policy alone says Allow and not Deny, e.g. an endpoint's; without the account rule. */
  admitted(requester: Requester, policy: Policy): Region;
  /** How many classes each dimension was cut into. */
  readonly dimensions: ReadonlyMap<Dimension, number>;
}

/** What a space is cut by. */
export interface SpaceInputs {
  /** Every policy that will be asked about. */
  readonly policies: readonly Policy[];
  /** Every requester that will be asked about: their variables and principal keys are filled in from these. */
  readonly requesters: readonly Requester[];
  /** Repository ARNs of interest. One fresh repository of each requester's account, and a stranger's, are added. */
  readonly resources: readonly string[];
  /** Ranges that parts will name, beside those of the policies. */
  readonly cidrs?: readonly string[];
  /** Values that parts will name, by dimension, e.g. endpoint ids. Those of the policies need no naming. */
  readonly values?: Readonly<Record<Dimension, readonly string[]>>;
  /** Patterns with IAM's wildcards that parts will name, by dimension; one without any is a value. */
  readonly patterns?: Readonly<Record<Dimension, readonly string[]>>;
}
