/** The policies of AWS Organizations that the stacks show attached to an account. */
import { parsePolicy, type Policy } from "../iam/policy";
import { UnsupportedPolicyError } from "../iam/unsupported";
import type { Side } from "./deployment";
import type { StackResource } from "./snapshot";
import { known, propertiesOf } from "./stack";
import { ORGANIZATION_ATTACHMENT, ORGANIZATION_POLICY } from "./types";

const ACCOUNT = "aws:organizations/account:Account";
const UNIT = "aws:organizations/organizationalUnit:OrganizationalUnit";

/** What binds an account. It only takes rights away, and what cannot be read of it takes none away here. */
export interface OrganizationPolicies {
  /** Whether the account is the organization's management account, which nothing binds; undefined where no stack says it. */
  readonly isManagement: boolean | undefined;
  readonly serviceControl: readonly Policy[];
  readonly resourceControl: readonly Policy[];
  /** What may take more rights away, as sentences. */
  readonly open: readonly string[];
}

/**
 * Reads what is attached to the account, or to what the stacks show it to be in. The management account is bound by nothing
 * that is attached.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inheritance_auth.html
 */
export function organizationPolicies(sides: readonly Side[], account: string): OrganizationPolicies {
  const resources = sides.flatMap(({ snapshot }) => snapshot.resources);
  const of = (type: string) => resources.filter((one) => one.type === type);
  const above = ancestry([...of(ACCOUNT), ...of(UNIT)], account);
  const attached = of(ORGANIZATION_ATTACHMENT).filter((one) =>
    above.has(known(propertiesOf(one).targetId) ?? ""),
  );
  const beyond = of(ORGANIZATION_ATTACHMENT).filter((one) => mayBind(one, above));
  const found = attached.map((one) => {
    const id = known(propertiesOf(one).policyId);
    const policy = of(ORGANIZATION_POLICY).find(
      (each) => id !== undefined && [each.id, propertiesOf(each).id].includes(id),
    );
    return { urn: one.urn, kind: kindOf(policy), ...read(policy) };
  });
  const management = managementAccount(sides);
  const isManagement = management === undefined ? undefined : management === account;
  const ofKind = (kind: string) =>
    found.flatMap((one) => (one.kind === kind && one.policy && isManagement !== true ? [one.policy] : []));
  return {
    isManagement,
    serviceControl: ofKind("SERVICE_CONTROL_POLICY"),
    resourceControl: ofKind("RESOURCE_CONTROL_POLICY"),
    open: [
      ...found.flatMap(({ urn, problem }) =>
        problem === undefined
          ? []
          : [`${urn} attaches a policy to account ${account} that is not known: ${problem}.`],
      ),
      ...beyond.map(({ urn }) => `${urn} attaches a policy to what account ${account} may be in.`),
    ],
  };
}

/** What the organization's stack says, which asked for it when it was deployed. */
function managementAccount(sides: readonly Side[]): string | undefined {
  const said = sides.flatMap(({ snapshot }) => known(snapshot.outputs.managementAccountId) ?? []);
  return said.find((one) => one !== said[0]) === undefined ? said[0] : undefined;
}

/** The account, and the units and root that the stacks show above it. */
function ancestry(members: readonly StackResource[], account: string): ReadonlySet<string> {
  const above = new Set([account]);
  for (const id of above) {
    const member = members.find((one) => one.id === id);
    const parent = member === undefined ? undefined : known(propertiesOf(member).parentId);
    if (parent !== undefined) above.add(parent);
  }
  return above;
}

/** Whether a policy is attached to a root or a unit that the stacks do not show the account to be in, or to what is not known. */
function mayBind(attachment: StackResource, above: ReadonlySet<string>): boolean {
  const target = known(propertiesOf(attachment).targetId);
  return target === undefined || (!above.has(target) && /^(r|ou)-/.test(target));
}

function kindOf(policy: StackResource | undefined): string {
  return (policy && known(propertiesOf(policy).type)) ?? "SERVICE_CONTROL_POLICY";
}

function read(policy: StackResource | undefined): { readonly policy?: Policy; readonly problem?: string } {
  const content = policy && known(propertiesOf(policy).content);
  if (policy === undefined || content === undefined) return { problem: "no stack shows its content" };
  try {
    return { policy: parsePolicy(content, policy.name) };
  } catch (error) {
    if (error instanceof UnsupportedPolicyError) return { problem: error.message };
    throw error;
  }
}
