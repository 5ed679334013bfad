/** The rule for what the target is kept to. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { TARGET_COMPONENT } from "../isolation/model/types";
import { readStack } from "./support/snapshot";

export const pushSourcesArePinned: StackValidationPolicy = {
  name: "push-sources-are-pinned",
  description:
    "The addresses that pushes are let in from should be pinned, so that no other stack can widen the lock.",
  enforcementLevel: "advisory",
  severity: "medium",
  remediationSteps:
    "Once the source is deployed and the target has read its addresses, run `git airlock pin`.",
  validateStack({ resources }, reportViolation) {
    const { snapshot } = readStack(resources).side;
    const target = snapshot.resources.find(({ type }) => type === TARGET_COMPONENT);
    if (target === undefined || snapshot.outputs.pushSourcesArePinned !== false) return;
    reportViolation(
      "The source's state says from where pushes are let in, and nothing holds it to that. Run `git airlock pin`.",
      target.urn,
    );
  },
};
