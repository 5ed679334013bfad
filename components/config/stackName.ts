/** The full name of a stack, as a value of the configuration. */
import { pattern } from "../schema/fields";

/** organization/project/stack */
export function stackName(example: string) {
  return pattern(example, "the full name of a stack", /^[\w.-]+\/[\w.-]+\/[\w.-]+$/);
}
