/** The organization's side: the policies that bind everybody else in a target's account. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkedArgs } from "../checkedArgs";
import { outputsOf } from "../outputs";
import type { Scope } from "../scope";
import {
  organizationGuardSchema,
  POLICY_TYPES,
  type GuardedTargetArgs,
  type OrganizationGuardArgs,
  type PolicyType,
} from "./args";

/** A policy that is attached to a target's account. */
export interface AttachedPolicy {
  /** The target's stack. */
  target: string;
  accountId: string;
  type: PolicyType;
  policyId: string;
}

/**
 * Attaches to each target's account what that target exports: the service control policy, which leaves its airlock
 * repositories no writers but the declared ones, and the resource control policy, which holds the gate users' locks
 * whatever IAM in the account says. They follow the target: deploy this stack after each change of its repositories,
 * deployers or addresses.
 *
 * Deploy it with the organization's management account, or with a delegated administrator for policies
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html). Both policy types must be
 * enabled; they only deny, and neither binds the management account itself nor service-linked roles.
 *
 * Makes, for a component named `n` and each target `t`, the policies `n-t-service` and `n-t-resource` and an attachment of
 * each. Costs nothing.
 *
 * To undo: destroy it before the target whose users it binds, or take the target off its list.
 */
export class OrganizationGuard extends pulumi.ComponentResource {
  /** What is attached, in the order of the targets. */
  readonly attachedPolicies: pulumi.Output<AttachedPolicy[]>;
  /** The account that no policy binds. */
  readonly managementAccountId: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  readonly accountId: pulumi.Output<string>;

  /** @throws pulumi.ResourceError that lists everything wrong with the arguments; then nothing is made */
  constructor(name: string, given: OrganizationGuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("git-airlock:organization:OrganizationGuard", name, {}, opts);
    const args = checkedArgs(this, organizationGuardSchema(), given, []);

    const { region, accountId } = args;
    const scope = { name, parent: this };
    const attached = args.targets.flatMap((target) =>
      POLICY_TYPES.map((type) => attachPolicy(scope, target, type)),
    );

    this.attachedPolicies = pulumi.all(attached);
    this.managementAccountId = pulumi.output(args.managementAccountId);
    this.region = pulumi.output(region);
    this.accountId = pulumi.output(accountId);
    this.registerOutputs(outputsOf(this));
  }
}

const kinds = {
  SERVICE_CONTROL_POLICY: { suffix: "service", output: "serviceControlPolicy" },
  RESOURCE_CONTROL_POLICY: { suffix: "resource", output: "resourceControlPolicy" },
} as const satisfies Record<PolicyType, object>;

function attachPolicy(
  { name, parent }: Pick<Scope, "name" | "parent">,
  target: GuardedTargetArgs,
  type: PolicyType,
): pulumi.Output<AttachedPolicy> {
  const { suffix, output } = kinds[type];
  const child = `${name}-${target.name}-${suffix}`;
  const policy = new aws.organizations.Policy(
    child,
    {
      type,
      content: target[output],
      description: `git-airlock: what the stack ${target.name} exports as ${output}`,
    },
    { parent },
  );
  const attachment = new aws.organizations.PolicyAttachment(
    child,
    { policyId: policy.id, targetId: target.accountId },
    { parent },
  );
  // Not before it is attached.
  return attachment.policyId.apply((policyId) => ({
    target: target.name,
    accountId: target.accountId,
    type,
    policyId,
  }));
}
