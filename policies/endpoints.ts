/** Rules for VPC endpoints: each lets through what its policy names, and an endpoint without one lets through anything. */
import * as aws from "@pulumi/aws";
import {
  validateResourceOfType,
  type ReportViolation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
} from "@pulumi/policy";
import { splitArn } from "../facts/arn";
import { parsePolicy, type Policy, type Statement } from "../isolation/iam/policy";
import { UnsupportedPolicyError } from "../isolation/iam/unsupported";
import { isGitEndpoint } from "../isolation/packets/pinned";
import { nameOf, statementsOf } from "./support/gateDocuments";
import type { Finding } from "./support/gateRule";
import { repositoryFindings } from "./support/repositoryArns";
import { describe, message } from "./support/resources";

const defaults = { accountId: "", repositoryPrefix: "" };
const accountSchema = {
  type: "string" as const,
  pattern: "^(\\d{12})?$",
  description: "The account that the stack deploys to, twelve digits; by default, any one account will do.",
  default: defaults.accountId,
};

export const pullEndpointAdmitsGitPullOnly: ResourceValidationPolicy = {
  name: "pull-endpoint-admits-git-pull-only",
  description:
    "A git-codecommit endpoint must let nothing through but git pull from this account's airlock repositories.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Give the endpoint a policy that allows codecommit:GitPull on the airlock repositories' ARNs, and nothing else. " +
    "CodeCommit has one host name for every account: without such a policy, anyone inside can push to an account of his own.",
  configSchema: {
    properties: {
      accountId: accountSchema,
      repositoryPrefix: {
        type: "string",
        description:
          "Admits the pattern <prefix>-* for repository names, as MirrorTarget's repositoryPrefix makes it.",
        default: defaults.repositoryPrefix,
      },
    },
  },
  validateResource: validateResourceOfType(aws.ec2.VpcEndpoint, (endpoint, args, reportViolation) => {
    if (!isGitEndpoint(endpoint)) return;
    const settings = { ...defaults, ...args.getConfig<Partial<typeof defaults>>() };
    checkPolicy(args, endpoint.policy, reportViolation, (policy) => gitPullFindings(policy, settings));
  }),
};

function gitPullFindings(policy: Policy, { accountId, repositoryPrefix }: typeof defaults): Finding[] {
  const allows = statementsOf(policy, "Allow");
  const accounts = [
    ...new Set(allows.flatMap(({ resources }) => resources.patterns.map((arn) => splitArn(arn)?.[4] ?? ""))),
  ];
  const foreign = accountId === "" ? accounts.slice(1) : accounts.filter((account) => account !== accountId);
  return [
    ...allows.flatMap((statement): Finding[] => [
      ...actionFindings(statement),
      ...repositoryFindings(statement, repositoryPrefix),
    ]),
    ...(foreign.length === 0
      ? []
      : [
          {
            found: `lets requests for account ${foreign.join(", ")} through, beside ${accountId || (accounts[0] ?? "")}`,
            fix: "Name repositories of this account only.",
          },
        ]),
  ];
}

function actionFindings(statement: Statement): Finding[] {
  const { inverted, patterns } = statement.actions;
  const extra = patterns.filter((action) => action.toLowerCase() !== "codecommit:gitpull");
  if (!inverted && extra.length === 0) return [];
  return [
    {
      found: `lets ${inverted ? `everything but ${patterns.join(", ")}` : extra.join(", ")} through in ${nameOf(statement)}`,
      fix: "Allow codecommit:GitPull, and nothing else.",
    },
  ];
}

export const endpointsArePinned: ResourceValidationPolicy = {
  name: "vpc-endpoints-are-pinned",
  description:
    "A VPC endpoint must let only this account's principals through, and only to this account's resources.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Give the endpoint a policy whose every Allow has StringEquals conditions on aws:PrincipalAccount and " +
    "aws:ResourceAccount with your account's id. Without it, whoever brings a credential of his own carries data out.",
  configSchema: { properties: { accountId: accountSchema } },
  validateResource: [
    validateResourceOfType(aws.ec2.VpcEndpoint, (endpoint, args, reportViolation) => {
      const { serviceName } = endpoint;
      if (isGitEndpoint(endpoint)) return;
      if (
        serviceName === undefined ||
        !/^(com|aws)\./.test(serviceName) ||
        serviceName.includes(".vpce-svc-")
      ) {
        const found = `leads to ${serviceName ?? "something that is not a service of AWS"}, where no endpoint policy holds`;
        reportViolation(
          message(args, found, "Remove it: what is on the other side decides what goes through."),
        );
        return;
      }
      checkPolicy(args, endpoint.policy, reportViolation, (policy) => pinFindings(policy, accountIn(args)));
    }),
    validateResourceOfType(aws.ec2.VpcEndpointPolicy, ({ policy }, args, reportViolation) => {
      // What the endpoint is for does not show here, so either sort of policy will do.
      checkPolicy(args, policy, reportViolation, (parsed) => {
        const isForGit = gitPullFindings(parsed, { ...defaults, accountId: accountIn(args) }).length === 0;
        return isForGit ? [] : pinFindings(parsed, accountIn(args));
      });
    }),
  ],
};

function accountIn(args: ResourceValidationArgs): string {
  return args.getConfig<Partial<typeof defaults>>().accountId ?? defaults.accountId;
}

function pinFindings(policy: Policy, accountId: string): Finding[] {
  return statementsOf(policy, "Allow").flatMap((statement): Finding[] => {
    const loose = (["aws:PrincipalAccount", "aws:ResourceAccount"] as const).flatMap((key) => {
      const accounts = statement.conditions.find(
        (c) => c.key === key && c.comparison === "equals" && !c.negated && !c.ifExists,
      )?.values;
      const isPinned = accountId === "" ? accounts?.length === 1 : accounts?.join() === accountId;
      return isPinned ? [] : [`${accounts?.join(", ") ?? "every account"} as ${key}`];
    });
    if (loose.length === 0) return [];
    return [
      {
        found: `lets ${loose.join(" and ")} through in ${nameOf(statement)}`,
        fix: "Add StringEquals conditions on both with your own account's id.",
      },
    ];
  });
}

function checkPolicy(
  args: ResourceValidationArgs,
  document: string | undefined,
  reportViolation: ReportViolation,
  check: (policy: Policy) => Finding[],
): void {
  if (document === undefined || document === "") {
    reportViolation(
      message(args, "has no policy, and AWS's default lets everything through", "Give it one of its own."),
    );
    return;
  }
  try {
    for (const { found, fix } of check(parsePolicy(document, describe(args)))) {
      reportViolation(message(args, found, fix));
    }
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
}
