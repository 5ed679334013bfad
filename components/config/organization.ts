/** The config of an organization stack: which targets' accounts it binds. */
import { distinctTargetStacks, targetStacks } from "./targetStacks";
import { object, withRules } from "../schema/fields";

/** The schema of an organization stack's keys. */
export function organizationSchema() {
  return withRules(object({ targetStacks: targetStacks() }, {}), distinctTargetStacks);
}
