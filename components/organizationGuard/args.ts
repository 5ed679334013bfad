/**
 * The arguments of OrganizationGuard: their schema, what must hold between them, and the types that follow from it.
 * Everything that decides how many resources exist is a plain value.
 */
import type { z } from "zod";
import { strictlyParsed } from "../../facts/json";
import { isRecord } from "../../facts/record";
import { RESOURCE_CONTROL_POLICY_LIMIT } from "../mirrorTarget/resourceControlPolicy";
import { SERVICE_CONTROL_POLICY_LIMIT } from "../mirrorTarget/serviceControlPolicy";
import { list, object, pattern, text, withRules, type Rule } from "../schema/fields";
import { accountId, region } from "../schema/place";

/** What Organizations calls the kinds of policies that are attached. */
export const POLICY_TYPES = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] as const;
export type PolicyType = (typeof POLICY_TYPES)[number];

const example = { name: "prd", accountId: "222222222222" };

function target() {
  return object(
    {
      /** Its stack's name, e.g. "prd"; a part of the policies' names. */
      name: pattern(example.name, "the name of a stack", /^[A-Za-z0-9_.-]{1,50}$/),
      /** Its account, twelve digits. */
      accountId: accountId(),
      /** Its output `serviceControlPolicy`. */
      serviceControlPolicy: controlPolicy(SERVICE_CONTROL_POLICY_LIMIT),
      /** Its output `resourceControlPolicy`. */
      resourceControlPolicy: controlPolicy(RESOURCE_CONTROL_POLICY_LIMIT),
    },
    example,
  );
}

/**
 * A policy that only denies: whoever can write the target's state can take rights away from that account's principals by
 * it, and give nobody any.
 */
function controlPolicy(limit: number) {
  return text('{"Version":"2012-10-17","Statement":[{"Effect":"Deny", …}]}', (value) => {
    const document = strictlyParsed(value);
    const statements = isRecord(document) ? document["Statement"] : undefined;
    if (!Array.isArray(statements) || statements.length === 0) return "is not a policy document";
    const denies = (statement: unknown) => isRecord(statement) && statement["Effect"] === "Deny";
    if (!statements.every(denies)) return "has a statement that does not deny, which no target exports";
    return value.length > limit
      ? `has ${value.length} characters, and AWS takes ${limit}; name fewer deployers in the target`
      : undefined;
  });
}

/** The arguments by themselves. */
export function organizationGuardFields() {
  return {
    /** The region of the stack; Organizations itself is in none. */
    region: region(),
    /** The account that it is deployed with: the management account, or a delegated administrator. */
    accountId: accountId(),
    /** The organization's management account, which no policy binds. */
    managementAccountId: accountId(),
    /** Whose accounts the policies are attached to. */
    targets: list(target(), [example], 1, ({ name }) => name),
  };
}

function fieldsOnly() {
  return object(organizationGuardFields(), {});
}

type Values = z.output<ReturnType<typeof fieldsOnly>>;

/**
 * Neither policy binds the management account
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
 */
const targetsAreMembers: Rule<Pick<Values, "managementAccountId" | "targets">> = {
  keys: ["managementAccountId", "targets"],
  check: ({ managementAccountId, targets }, problem) => {
    for (const [index, { accountId: id }] of targets.entries()) {
      if (id !== managementAccountId) continue;
      const message =
        "is the organization's management account, which its policies do not bind; expected a member account for production";
      problem(["targets", index, "accountId"], id, message);
    }
  },
};

/** The schema of the arguments. */
export function organizationGuardSchema() {
  return withRules(fieldsOnly(), targetsAreMembers);
}

/** What the constructor takes. */
export type OrganizationGuardArgs = z.input<ReturnType<typeof organizationGuardSchema>>;
/** The same, checked. */
export type CheckedOrganizationGuardArgs = z.output<ReturnType<typeof organizationGuardSchema>>;
/** A target whose account is bound. */
export type GuardedTargetArgs = CheckedOrganizationGuardArgs["targets"][number];
