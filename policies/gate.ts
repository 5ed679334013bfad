/** Rules for what the gate users' policies let them do, and to which repositories. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Policy } from "../isolation/iam/policy";
import { UnsupportedPolicyError } from "../isolation/iam/unsupported";
import {
  gateDefaults,
  gateRole,
  gateSchema,
  isDocumentResource,
  nameOf,
  readDocument,
  statementsOf,
  type GateSettings,
} from "./support/gateDocuments";
import { documentRule, noSettings, type Finding } from "./support/gateRule";
import { repositoryFindings } from "./support/repositoryArns";
import { message } from "./support/resources";

/** What cannot be understood is not let through. The one rule that says so; it also is the one that waits for documents. */
export const gatePolicyCanBeDecided: ResourceValidationPolicy = {
  name: "gate-policy-can-be-decided",
  description: "A gate user's policy must be one that these rules understand to the last word.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Write the policy with the elements, operators and condition keys that the message names.",
  configSchema: { properties: gateSchema },
  validateResource(args, reportViolation) {
    if (!isDocumentResource(args)) return;
    if (gateRole(args, { ...gateDefaults, ...args.getConfig<Partial<GateSettings>>() }) === undefined) return;
    try {
      readDocument(args);
    } catch (error) {
      if (!(error instanceof UnsupportedPolicyError)) throw error;
      reportViolation(
        message(
          args,
          `cannot be decided: ${error.message}`,
          "Write it so that nothing in it is left to guess.",
        ),
      );
    }
  },
};

export const pushPolicyGrantsGitOnly = documentRule(
  {
    name: "push-policy-grants-git-only",
    description: "The push user may do nothing but git push, and the git pull that a push begins with.",
    severity: "high",
    remediationSteps: "Leave codecommit:GitPull and codecommit:GitPush in the policy, and nothing else.",
  },
  ["push"],
  noSettings,
  (policy) => extraActions(policy, ["codecommit:GitPull", "codecommit:GitPush"]),
);

export const pullPolicyReadsOnly = documentRule(
  {
    name: "pull-policy-reads-only",
    description: "The pull user may do nothing but git pull.",
    severity: "critical",
    remediationSteps: "Leave codecommit:GitPull in the policy, and nothing else.",
  },
  ["pull"],
  noSettings,
  (policy) => extraActions(policy, ["codecommit:GitPull"]),
);

/** Patterns with a wildcard are another rule's. */
function extraActions(policy: Policy, allowed: readonly string[]): Finding[] {
  return statementsOf(policy, "Allow").flatMap((statement) => {
    const { inverted, patterns } = statement.actions;
    const names = allowed.map((action) => action.toLowerCase());
    const extra = patterns.filter((action) => !/[*?]/.test(action) && !names.includes(action.toLowerCase()));
    if (inverted || extra.length === 0) return [];
    return [
      {
        found: `allows ${extra.join(", ")} in ${nameOf(statement)}`,
        fix: `Take that out: ${allowed.join(" and ")} is all it needs.`,
      },
    ];
  });
}

export const gateNamesNoWildcardAction = documentRule(
  {
    name: "gate-policy-has-no-wildcard-action",
    description: "A gate user's policy must name each action that it allows.",
    severity: "critical",
    remediationSteps:
      "Write codecommit:GitPull and codecommit:GitPush in full; do not use NotAction with Allow.",
  },
  ["push", "pull"],
  noSettings,
  (policy) =>
    statementsOf(policy, "Allow").flatMap((statement): Finding[] => {
      const { inverted, patterns } = statement.actions;
      const wide = patterns.filter((action) => /[*?]/.test(action));
      if (!inverted && wide.length === 0) return [];
      return [
        {
          found: `allows ${inverted ? `everything but ${patterns.join(", ")}` : wide.join(", ")} in ${nameOf(statement)}`,
          fix: "Name the actions one by one.",
        },
      ];
    }),
);

const prefixDefaults = { repositoryPrefix: "" };

export const gateNamesExactRepositories = documentRule(
  {
    name: "gate-policy-names-exact-repositories",
    description: "A gate user's policy must name each repository that it gives access to.",
    severity: "critical",
    remediationSteps:
      "List the airlock repositories' ARNs. For a stack with repositoryPrefix, set this rule's repositoryPrefix too.",
  },
  ["push", "pull"],
  {
    defaults: prefixDefaults,
    schema: {
      repositoryPrefix: {
        type: "string",
        description:
          "Admits the pattern <prefix>-* for repository names, as MirrorTarget's repositoryPrefix makes it.",
        default: prefixDefaults.repositoryPrefix,
      },
    },
  },
  (policy, { repositoryPrefix }) =>
    statementsOf(policy, "Allow").flatMap((s) => repositoryFindings(s, repositoryPrefix)),
);
