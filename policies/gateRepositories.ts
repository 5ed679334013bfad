/** The rule for whose repositories the gate leads to. */
import * as aws from "@pulumi/aws";
import type { PolicyResource, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import { accountDefaults, accountOf, accountSchema, ownAccounts } from "./support/accounts";
import { isGitService } from "./support/gitService";
import {
  gateDefaults,
  gateRole,
  gateSchema,
  isDocumentResource,
  readableDocument,
  statementsOf,
  type GateSettings,
} from "./support/gateDocuments";
import { ifKnown } from "./support/known";
import { allOf, message } from "./support/resources";

const defaults = { ...accountDefaults, ...gateDefaults, repositories: [] as string[] };

const fix = "Take the ARN out, or name the repository in this rule's repositories if another stack makes it.";

/** Names and accounts of what the gate lets to: a stranger's repository under a familiar name is a way out too. */
export const gateNamesOwnRepositories: StackValidationPolicy = {
  name: "gate-names-own-repositories",
  description: "The gate users and the pull endpoint may reach this stack's own repositories only.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: fix,
  configSchema: {
    properties: {
      ...accountSchema,
      ...gateSchema,
      repositories: {
        type: "array",
        items: { type: "string" },
        description: "Names of airlock repositories that another stack makes.",
        default: defaults.repositories,
      },
    },
  },
  validateStack(args, reportViolation) {
    const config = { ...defaults, ...args.getConfig<Partial<typeof defaults>>() };
    const own = ownAccounts(args.resources, config.accountId);
    const names = [
      ...allOf(args.resources, aws.codecommit.Repository).map(({ props }) => props.repositoryName ?? ""),
      ...config.repositories,
    ];
    for (const { resource, arns } of gateArns(args, config)) {
      for (const arn of arns) {
        const [account, name = ""] = [accountOf(arn), arn.split(":")[5]];
        // Patterns are another rule's.
        if (account === undefined || /[*?]/.test(name)) continue;
        const isForeign = !own.has(account) || own.size > 1;
        if (!isForeign && names.includes(name)) continue;
        const why = isForeign
          ? `which is in account ${account} and not in ${[...own].filter((id) => id !== account).join(", ")}`
          : `which this stack does not make (it makes ${names.join(", ") || "none"})`;
        reportViolation(message(resource, `gives access to ${arn}, ${why}`, fix), resource.urn);
      }
    }
  },
};

/** The repository ARNs in the Allow statements of the gate's documents, as far as they can be read. */
function gateArns(
  { resources }: StackValidationArgs,
  settings: GateSettings,
): { resource: PolicyResource; arns: string[] }[] {
  const documents = resources.filter(
    (resource) => isDocumentResource(resource) && gateRole(resource, settings) !== undefined,
  );
  const endpoints = allOf(resources, aws.ec2.VpcEndpoint)
    .filter(({ props }) => isGitService(ifKnown(() => props.serviceName)))
    .map(({ resource }) => resource);
  return [...documents, ...endpoints].map((resource) => {
    const policy = readableDocument(resource);
    const allows = policy ? statementsOf(policy, "Allow") : [];
    return { resource, arns: allows.flatMap((statement) => statement.resources.patterns) };
  });
}
