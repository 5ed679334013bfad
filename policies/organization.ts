/** The rule for the policies of the organization: each only denies, and each is attached to an account. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { parsePolicy } from "../isolation/iam/policy";
import { UnsupportedPolicyError } from "../isolation/iam/unsupported";
import { isWithin } from "../isolation/model/stack";
import {
  ORGANIZATION_ATTACHMENT,
  ORGANIZATION_COMPONENT,
  ORGANIZATION_POLICY,
} from "../isolation/model/types";
import { checkEach, waitFor } from "./support/known";
import { message } from "./support/resources";
import { readStack, type ReadStack } from "./support/snapshot";

export const organizationPoliciesBind: StackValidationPolicy = {
  name: "organization-policies-bind",
  description:
    "A policy that OrganizationGuard makes must only deny, and must be attached to a target's account: else nobody is bound.",
  enforcementLevel: "mandatory",
  severity: "high",
  remediationSteps:
    "Attach what the targets export as serviceControlPolicy and resourceControlPolicy, as it is, to each target's account.",
  validateStack({ resources }, reportViolation) {
    const read = readStack(resources);
    const { stack } = read;
    const ours = stack.of(ORGANIZATION_POLICY).filter((one) => isWithin(one, ORGANIZATION_COMPONENT));
    checkEach(ours, (policy) => {
      const { urn, name } = policy;
      const report = (found: string, fix: string) => {
        reportViolation(message(read.at(urn), found, fix), urn);
      };
      const attached = isAttached(urn, read);
      const problem = contentProblem(stack.text(policy, "content") ?? "", name);
      waitFor(stack.gaps, read);
      if (!attached) report("is attached to no account", "Attach it to the target's account.");
      if (problem !== undefined) report(problem, "Take the policy that the target exports.");
    });
  },
};

function isAttached(urn: string, { stack }: ReadStack): boolean {
  return stack.of(ORGANIZATION_ATTACHMENT).some((attachment) => {
    const { policyId = [] } = attachment.propertyDependencies;
    const isOfPolicy =
      policyId.includes(urn) || stack.reference(attachment, "policyId", [ORGANIZATION_POLICY]) === urn;
    return isOfPolicy && /^[0-9]{12}$/.test(stack.text(attachment, "targetId") ?? "");
  });
}

function contentProblem(content: string, name: string): string | undefined {
  try {
    const allows = parsePolicy(content, name).statements.filter(({ effect }) => effect !== "Deny");
    return allows.length === 0
      ? undefined
      : `allows something (${allows.map(({ label }) => label).join(", ")})`;
  } catch (error) {
    if (!(error instanceof UnsupportedPolicyError)) throw error;
    return `is not understood: ${error.message}`;
  }
}
