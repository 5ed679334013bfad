/** Reads what an organization stack attaches, and the organization that it is deployed in. */
import * as aws from "@pulumi/aws";
import { z } from "zod";
import { programRefusal } from "../refusal";
import { POLICY_TYPES, type OrganizationGuardArgs } from "../organizationGuard/args";
import { deployFirst, plainOutputs, referTo, refuseStack, shortName } from "./stackOutputs";

type GuardedTarget = OrganizationGuardArgs["targets"][number];

/**
 * The policies that the targets export, each with its account.
 * @throws pulumi.RunError when a stack or output is missing, or is not what was expected
 */
export function readGuardedTargets(targets: readonly string[]): Promise<GuardedTarget[]> {
  return Promise.all(targets.map(readTarget));
}

const guardedOutputs = z.object({
  accountId: z.string(),
  serviceControlPolicy: z.string(),
  resourceControlPolicy: z.string(),
});

async function readTarget(stack: string): Promise<GuardedTarget> {
  const other = { what: "target", stack, key: "targetStacks" } as const;
  const name = shortName(stack);
  const names = Object.keys(guardedOutputs.shape);
  const outputs = await plainOutputs(await referTo(name, other), other, names);
  const read = guardedOutputs.safeParse(Object.fromEntries(outputs));
  if (!read.success)
    return refuseStack(other, [`of its outputs ${names.join(", ")} some are not texts`], deployFirst(other));
  return { name, ...read.data };
}

/** What AWS says of an organization, as far as it matters here. */
export interface OrganizationFacts {
  readonly featureSet: string;
  readonly masterAccountId: string;
  readonly roots: readonly {
    readonly id: string;
    readonly policyTypes: readonly { readonly type: string; readonly status: string }[];
  }[];
  readonly accounts: readonly { readonly id: string }[];
}

/**
 * The management account of the organization that this stack's credentials are in.
 * @throws pulumi.RunError when it cannot bind the targets' accounts, with what to do
 */
export async function readManagementAccount(targets: readonly GuardedTarget[]): Promise<string> {
  const organization = await aws.organizations.getOrganization();
  const problems = organizationProblems(organization, targets);
  if (problems.length === 0) return organization.masterAccountId;
  throw programRefusal(
    ["The organization cannot bind the targets' accounts; nothing was attached:", ...problems]
      .map((line, i) => (i === 0 ? line : `  ${line}`))
      .join("\n"),
  );
}

/** What keeps an organization from binding the accounts, each with what to do. */
export function organizationProblems(
  { featureSet, masterAccountId, roots, accounts }: OrganizationFacts,
  targets: readonly Pick<GuardedTarget, "name" | "accountId">[],
): string[] {
  if (featureSet !== "ALL")
    return [
      `it has the feature set ${featureSet}, and policies need all features: run \`aws organizations enable-all-features\` ` +
        "and have the member accounts agree",
    ];
  const [root] = roots;
  if (root === undefined)
    return [
      `these credentials may not list its roots: deploy this stack with the management account ${masterAccountId}, or with a ` +
        "delegated administrator for policies",
    ];
  const enabled = root.policyTypes.filter(({ status }) => status === "ENABLED").map(({ type }) => type);
  return [
    ...POLICY_TYPES.filter((type) => !enabled.includes(type)).map(
      (type) =>
        `the policy type ${type} is not enabled: run \`aws organizations enable-policy-type --root-id ${root.id} ` +
        `--policy-type ${type}\` with the management account ${masterAccountId}`,
    ),
    ...targets
      .filter(({ accountId }) => !accounts.some(({ id }) => id === accountId))
      .map(
        ({ name, accountId }) =>
          `the account ${accountId} of the target ${name} is not a member of it: deploy this stack in that account's organization`,
      ),
  ];
}
