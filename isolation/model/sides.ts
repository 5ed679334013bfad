/** The stacks of a deployment. */
import type { Deployment, Side } from "./deployment";

/** All that were given, in order. */
export function sidesOf({ source, target, mirror, organization, others = [] }: Deployment): Side[] {
  return [source, target, mirror, organization, ...others].filter((side) => side !== undefined);
}
