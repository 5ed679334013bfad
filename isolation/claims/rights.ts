/** What somebody may do on repositories, for the claims that ask it of more than the gate users. */
import type { Limits, Region, Requester, Space } from "../access/region";
import { createSpace } from "../access/space";
import { arnMatches } from "../iam/match";
import { mayBeOfCodeCommit, type Policy } from "../iam/policy";
import type { Identity, Side } from "../model/deployment";
import { Undecidable } from "../undecidable";
import { endpointPolicies, limitsOf } from "./gate";
import type { OrganizationLimits } from "./organizationLimits";
import { READING_NAMES } from "./writing";

/** What an identity of a side may do on repositories, or why that cannot be told. */
export function rightsOn(
  identity: Identity,
  { target, account }: { readonly target: Side; readonly account: string },
  values: readonly string[],
  control: OrganizationLimits = {},
): { readonly region?: Region; readonly problem?: string } {
  if (identity.unreadPolicyArns.length > 0) {
    return { problem: `What ${identity.unreadPolicyArns.join(", ")} lets ${identity.name} do is not known.` };
  }
  const mayAllow = identity.policies
    .flatMap(({ policy }) => policy.statements)
    .some(({ effect, actions }) => effect === "Allow" && mayBeOfCodeCommit(actions));
  if (!mayAllow) return {};
  const limits = { ...limitsOf(identity, endpointPolicies(target)), ...control };
  try {
    const allowed = regionOf({ arn: identity.arn, account }, limits, values);
    return { region: allowed.within("resource", { values }) };
  } catch (error) {
    // What one identity leaves open hides no other that writes.
    if (error instanceof Undecidable) return { problem: error.message };
    throw error;
  }
}

/** What the limits let the requester do; of the resources that are named. */
function regionOf(requester: Requester, limits: Limits, resources: readonly string[]): Region {
  return rightsSpace([requester], limits, resources).allowed(requester, limits);
}

/** A space in which it can be asked what the limits let any of the requesters do. */
export function rightsSpace(
  requesters: readonly Requester[],
  limits: Limits,
  resources: readonly string[],
): Space {
  const {
    identity,
    permissionsBoundary,
    serviceControl = [],
    resourceControl = [],
    endpoints = new Map<string, Policy>(),
  } = limits;
  return createSpace({
    policies: [
      ...identity,
      ...(permissionsBoundary ? [permissionsBoundary] : []),
      ...serviceControl.flat(),
      ...resourceControl,
      ...endpoints.values(),
    ],
    requesters,
    resources,
    values: { "aws:SourceVpce": [...endpoints.keys()] },
    patterns: { action: READING_NAMES },
  });
}

/** Whether an ARN is declared, as it stands or by a pattern as `ArnLike` reads it. */
export function isDeclared(arn: string, declared: readonly string[]): boolean {
  return declared.some((pattern) => arnMatches(pattern, arn));
}
