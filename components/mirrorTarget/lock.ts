/** The locks of the gate users: from where alone each may do anything, said once to allow and once to deny. */
import { requireCidr } from "../../facts/ipv4";

/** Operator, then condition key, then the values. */
export type Condition = Record<string, Record<string, string | string[]>>;

/** A condition, and those of which one at least is true of a request exactly where the first is false. */
export interface Lock {
  /** True of a request from where the user belongs: goes into the Allow. */
  open: Condition;
  /**
   * Of every other request, one at least is true: each goes into a Deny by itself. Within one condition, all keys would have
   * to differ before the Deny holds
   * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html).
   */
  shut: readonly Condition[];
}

/**
 * Opens to requests from the given CIDRs. They are sorted, so that their order does not matter.
 *
 * A request through a VPC endpoint carries no `aws:SourceIp`; the negated operator is true of an absent key, so the
 * lock stays shut for all of them
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
 *
 * @param cidrs canonical IPv4 CIDRs
 * @throws Error for anything else
 */
export function addressLock(cidrs: readonly string[]): Lock {
  const addresses = { "aws:SourceIp": canonicalCidrs(cidrs) };
  return { open: { IpAddress: addresses }, shut: [{ NotIpAddress: addresses }] };
}

/** What the lock of endpoint mode may name: the pull endpoint, its VPC, and the Region that both are in. */
export interface EndpointPlace {
  endpointId: string;
  vpcId: string;
  region: string;
}

/** Ids of the length AWS gives them: stand in for the real ones where only a document's length matters. */
export const SPECIMEN_IDS: Omit<EndpointPlace, "region"> = {
  endpointId: "vpce-0123456789abcdef0",
  vpcId: "vpc-0123456789abcdef0",
};

/**
 * Opens to requests through the pull endpoint (`sourceVpce`), through any endpoint of its VPC (`sourceVpc`), or
 * through no public address (`noSourceIp`: any endpoint of anyone's, hence weaker). `aws:SourceVpce` and
 * `aws:SourceVpc` exist only in requests through an endpoint, so the negated operator shuts out all others
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce).
 *
 * Ids of VPCs are unique within a Region only, so AWS asks for `aws:RequestedRegion` beside them; that key is in every
 * request (same page, #condition-keys-requestedregion; CodeCommit's own example has it:
 * https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#identity-based-policies-example-1; AWS's notice is quoted in
 * https://github.com/aws-samples/data-perimeter-policy-examples/issues/65).
 */
export function endpointLock(kind: "sourceVpce" | "sourceVpc" | "noSourceIp", place: EndpointPlace): Lock {
  switch (kind) {
    case "sourceVpce":
      return equalityLock({ "aws:SourceVpce": place.endpointId });
    case "sourceVpc":
      return equalityLock({ "aws:SourceVpc": place.vpcId, "aws:RequestedRegion": place.region });
    case "noSourceIp":
      return { open: { Null: { "aws:SourceIp": "true" } }, shut: [{ Null: { "aws:SourceIp": "false" } }] };
  }
}

function equalityLock(values: Record<string, string>): Lock {
  return {
    open: { StringEquals: values },
    shut: Object.entries(values).map(([key, value]) => ({ StringNotEquals: { [key]: value } })),
  };
}

/** The CIDRs without repetition, in the order of their numbers. */
function canonicalCidrs(cidrs: readonly string[]): string[] {
  const ranges = cidrs.map(requireCidr).sort((a, b) => a.first - b.first || a.prefix - b.prefix);
  return [...new Set(ranges.map(({ text }) => text))];
}
