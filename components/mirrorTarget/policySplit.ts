/** Splits a list of resources over as few policy documents as AWS's size limits admit. */
import { policyText, type PolicyDocument } from "./policyDocuments";

/**
 * Characters in a managed policy, white space not counted
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
export const MANAGED_POLICY_LIMIT = 6_144;

/** Managed policies on a user unless AWS raised the quota, which goes to 20 (same page). */
export const POLICIES_PER_USER = 10;

/**
 * Cuts `resources` into runs such that `document(run)` holds at most `limit` characters. The order is kept and every
 * resource is in exactly one run. A resource that does not fit even alone makes a run of its own: compare with `room`.
 *
 * @param resources ARNs: nothing that JSON would have to escape
 */
export function splitResources(
  resources: readonly string[],
  document: (resources: readonly string[]) => PolicyDocument,
  limit: number = MANAGED_POLICY_LIMIT,
): string[][] {
  const available = room(document, limit);
  const runs: string[][] = [];
  let run: string[] = [];
  let used = 0;
  for (const resource of resources) {
    const length = resource.length + '"",'.length;
    if (run.length > 0 && used + length > available) {
      runs.push(run);
      run = [];
      used = 0;
    }
    run.push(resource);
    used += length;
  }
  return run.length > 0 ? [...runs, run] : runs;
}

/** How many characters of resources fit into the document, each counted with its quotes and a comma. */
export function room(
  document: (resources: readonly string[]) => PolicyDocument,
  limit: number = MANAGED_POLICY_LIMIT,
): number {
  // The last resource has no comma behind it.
  return limit + 1 - policyText(document([])).length;
}
