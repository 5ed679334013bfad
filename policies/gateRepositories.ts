/** The rule for whose repositories the gate leads to. */
import { accountOf } from "../facts/arn";
import type { StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import type { Policy } from "../isolation/iam/policy";
import { REPOSITORY } from "../isolation/model/types";
import { isGitEndpoint } from "../isolation/packets/pinned";
import { accountDefaults, accountSchema, ownAccounts } from "./support/accounts";
import {
  gateDefaults,
  gateRole,
  gateSchema,
  isDocumentResource,
  readableDocument,
  statementsOf,
  type GateSettings,
} from "./support/gateDocuments";
import { waitFor } from "./support/known";
import { message } from "./support/resources";
import { readStack, type ReadStack } from "./support/snapshot";

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
    const read = readStack(args.resources);
    const own = ownAccounts(read, config.accountId);
    const { gaps, repositories } = read.side;
    waitFor(
      gaps.filter(({ urn, awaits }) => awaits === "repositoryName" && read.at(urn).type === REPOSITORY),
      read,
    );
    const names = [...repositories.map(({ name }) => name), ...config.repositories];
    for (const { urn, arns } of gateArns(args, read, config)) {
      for (const arn of arns) {
        const [account, name = ""] = [accountOf(arn), arn.split(":")[5]];
        // Patterns are another rule's.
        if (account === undefined || /[*?]/.test(name)) continue;
        const isForeign = !own.has(account) || own.size > 1;
        if (!isForeign && names.includes(name)) continue;
        const why = isForeign
          ? `which is in account ${account} and not in ${[...own].filter((id) => id !== account).join(", ")}`
          : `which this stack does not make (it makes ${names.join(", ") || "none"})`;
        reportViolation(message(read.at(urn), `gives access to ${arn}, ${why}`, fix), urn);
      }
    }
  },
};

/** The repository ARNs in the Allow statements of the gate's documents, as far as they can be read. */
function gateArns(
  { resources }: StackValidationArgs,
  { side }: ReadStack,
  settings: GateSettings,
): { urn: string; arns: string[] }[] {
  const documents = resources
    .filter((resource) => isDocumentResource(resource) && gateRole(resource, settings) !== undefined)
    .map((resource) => ({ urn: resource.urn, policy: readableDocument(resource) }));
  return [...documents, ...side.network.endpoints.filter(isGitEndpoint)].map(({ urn, policy }) => ({
    urn,
    arns: allowed(policy),
  }));
}

function allowed(policy: Policy | undefined): string[] {
  return policy === undefined
    ? []
    : statementsOf(policy, "Allow").flatMap(({ resources }) => resources.patterns);
}
