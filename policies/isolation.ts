/** The rule that runs the whole proof over a stack. */
import { SOURCE_COMPONENT, TARGET_COMPONENT } from "../isolation/model/types";
import type { StackValidationPolicy } from "@pulumi/policy";
import { readable } from "../isolation/claims/readable";
import { verify } from "../isolation/claims/verify";
import { claimIds, type ClaimId } from "../isolation/claims";
import { readDeployment } from "../isolation/model/readDeployment";
import { snapshotOf } from "./support/snapshot";

const NOT_SEEN_BY_POLICIES = claimIds(({ isSeenByPolicies }) => !isSeenByPolicies);

const isolationDefaults = { accepted: [] as ClaimId[] };

export const isolationHolds: StackValidationPolicy = {
  name: "isolation-holds",
  description:
    "No claim about the airlock (C1 to C15, docs/security.md) may be refuted by what this stack says.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "The message holds a counter-example: a request or a packet that should not get through. Take away what lets it; " +
    "`git airlock verify` tells more.",
  configSchema: {
    properties: {
      accepted: {
        type: "array",
        items: { type: "string", enum: claimIds() },
        description:
          'Claims that this configuration is known to leave open, e.g. ["C5"] where terminals pull from listed addresses.',
        default: isolationDefaults.accepted,
      },
    },
  },
  validateStack(args, reportViolation) {
    const { resources } = args;
    const { accepted } = { ...isolationDefaults, ...args.getConfig<Partial<typeof isolationDefaults>>() };
    const has = (type: string) => resources.some((resource) => resource.type === type);
    const snapshot = snapshotOf(resources);
    const side = has(TARGET_COMPONENT) ? "target" : has(SOURCE_COMPONENT) ? "source" : undefined;
    if (side === undefined) return args.notApplicable("This stack holds neither side of a git-airlock.");
    const { verdicts } = verify(readDeployment({ [side]: snapshot }));
    for (const { claim, status, summary } of verdicts) {
      if (status !== "refuted" || [...NOT_SEEN_BY_POLICIES, ...accepted].includes(claim)) continue;
      reportViolation(`${claim} does not hold: ${readable(summary)}`);
    }
  },
};
