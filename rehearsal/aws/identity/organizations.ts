/** Organizations, as its management account sees it: the member accounts, and the policies that bind them. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { derivedText, sharedDigest } from "../derived";
import { lookUp } from "../lookups";
import { perAccount } from "../perAccount";
import { resource, type Request } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { checkControlPolicy } from "./controlPolicy";

/** The policy types that the program uses. */
const policyType = z.enum(["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]);
export type PolicyType = z.infer<typeof policyType>;

/**
 * Policies of one type that an account holds, and characters of one.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 * @see https://aws.amazon.com/about-aws/whats-new/2026/05/aws-organizations-increased-scp-quotas/
 */
const quotas: Readonly<Record<PolicyType, { attached: number; size: number }>> = {
  SERVICE_CONTROL_POLICY: { attached: 10, size: 10_240 },
  RESOURCE_CONTROL_POLICY: { attached: 5, size: 5_120 },
};

interface StoredPolicy {
  name: string;
  type: PolicyType;
  document: string;
}

interface Attachment {
  policyId: string;
  targetId: string;
}

/** The policies and attachments of one organization. */
export class Organizations {
  static readonly of = perAccount((aws) => new Organizations(aws));

  readonly policies = new Table<StoredPolicy>("policy", "PolicyNotFoundException");
  readonly attachments = new Table<Attachment>(
    "attachment",
    "PolicyNotAttachedException",
    "DuplicatePolicyAttachmentException",
  );

  private constructor(private readonly aws: AccountContext) {}

  /** What the program attached to an account: of each type, beside AWS's own policy that lets everything through. */
  attachedTo(accountId: string, type: PolicyType): StoredPolicy[] {
    return this.attachments
      .values()
      .filter(({ targetId }) => targetId === accountId)
      .map(({ policyId }) => this.policies.get(policyId))
      .filter((policy) => policy.type === type);
  }

  /** Member accounts, without the management account. @throws AwsError outside of an organization */
  get members(): readonly string[] {
    return this.settings.memberAccountIds;
  }

  /** @throws AwsError outside of an organization */
  get settings() {
    const { organization } = this.aws.options;
    if (organization) return organization;
    throw new AwsError(
      "AWSOrganizationsNotInUseException",
      "Your account is not a member of an organization.",
    );
  }
}

/** Ids of the organization and its root. */
function idsOf(aws: AccountContext): { organization: string; root: string } {
  const digest = sharedDigest(aws, "organization");
  return { organization: `o-${digest.slice(0, 10)}`, root: `r-${digest.slice(10, 14)}` };
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html */
export const organizationPolicy = resource({
  type: "aws:organizations/policy:Policy",
  inputs: z.looseObject({
    ...tagged.shape,
    name: z.string().optional(),
    content: z.string(),
    description: z.string().max(512).optional(),
    type: policyType.default("SERVICE_CONTROL_POLICY"),
    skipDestroy: z.boolean().optional(),
  }),
  replaces: ["type"],
  longestName: 128,
  checks: [
    ({ aws }) => Organizations.of(aws).settings,
    ({ inputs }) => {
      checkControlPolicy(inputs.content, inputs.type);
    },
    [
      "ConstraintViolationException",
      ({ inputs: { content, type } }) =>
        content.length > quotas[type].size &&
        `POLICY_CONTENT_LIMIT_EXCEEDED: the policy has ${content.length} characters; expected at most ${quotas[type].size}`,
    ],
    [
      "DuplicatePolicyException",
      ({ aws, inputs: { type }, name }) =>
        Organizations.of(aws)
          .policies.values()
          .some((policy) => policy.type === type && policy.name === name) &&
        `A policy of the type ${type} with the name "${name}" already exists.`,
    ],
  ],
  id: ({ aws, creation }) =>
    `p-${derivedText(aws, "abcdefghijklmnopqrstuvwxyz0123456789", 10, creation.name)}`,
  arn: ({ aws, inputs, id }) =>
    `arn:aws:organizations::${aws.accountId}:policy/${idsOf(aws).organization}/${inputs.type.toLowerCase()}/${id}`,
  keep: ({ aws, id, name, inputs }) =>
    Organizations.of(aws).policies.add(id, { name, type: inputs.type, document: inputs.content }),
});

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html */
export const organizationPolicyAttachment = resource({
  type: "aws:organizations/policyAttachment:PolicyAttachment",
  inputs: z.looseObject({
    policyId: z.string(),
    targetId: z.string(),
    skipDestroy: z.boolean().optional(),
  }),
  replaces: ["policyId", "targetId"],
  checks: [
    ({ aws, inputs }) => Organizations.of(aws).policies.get(inputs.policyId),
    [
      "TargetNotFoundException",
      ({ aws, inputs: { targetId } }) =>
        ![aws.accountId, idsOf(aws).root, ...Organizations.of(aws).members].includes(targetId) &&
        `You specified a target that doesn't exist: "${targetId}"`,
    ],
    ["PolicyTypeNotEnabledException", notEnabled],
    ["ConstraintViolationException", tooManyAttached],
  ],
  id: ({ inputs }) => `${inputs.targetId}:${inputs.policyId}`,
  keep: ({ aws, id, inputs: { policyId, targetId } }) =>
    Organizations.of(aws).attachments.add(id, { policyId, targetId }),
});

type AttachmentRequest = Request<{ policyId: string; targetId: string }>;

function notEnabled({ aws, inputs }: AttachmentRequest): string | undefined {
  const { settings, policies } = Organizations.of(aws);
  const { type } = policies.get(inputs.policyId);
  return settings.enabledPolicyTypes.includes(type)
    ? undefined
    : `This operation can be performed only for enabled policy types; ${type} is not enabled.`;
}

function tooManyAttached({ aws, inputs }: AttachmentRequest): string | undefined {
  const organizations = Organizations.of(aws);
  const { type } = organizations.policies.get(inputs.policyId);
  // AWS's own policy takes one place.
  const attached = organizations.attachedTo(inputs.targetId, type).length + 1;
  return attached >= quotas[type].attached
    ? `MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED: ${inputs.targetId} has ${attached} policies of the type ${type}`
    : undefined;
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html */
export const getOrganization = lookUp(
  "aws:organizations/getOrganization:getOrganization",
  z.looseObject({}),
  (aws) => {
    const { settings, members } = Organizations.of(aws);
    const ids = idsOf(aws);
    const accountOf = (id: string) => ({
      id,
      arn: `arn:aws:organizations::${aws.accountId}:account/${ids.organization}/${id}`,
      email: `${id}@example.com`,
      name: id,
      state: "ACTIVE",
      status: "ACTIVE",
    });
    const { email, name } = accountOf(aws.accountId);
    return {
      id: ids.organization,
      arn: `arn:aws:organizations::${aws.accountId}:organization/${ids.organization}`,
      accounts: [aws.accountId, ...members].map(accountOf),
      nonMasterAccounts: members.map(accountOf),
      awsServiceAccessPrincipals: [],
      enabledPolicyTypes: settings.enabledPolicyTypes,
      featureSet: settings.featureSet,
      masterAccountArn: accountOf(aws.accountId).arn,
      masterAccountEmail: email,
      masterAccountId: aws.accountId,
      masterAccountName: name,
      roots: [
        {
          arn: `arn:aws:organizations::${aws.accountId}:root/${ids.organization}/${ids.root}`,
          id: ids.root,
          name: "Root",
          policyTypes: settings.enabledPolicyTypes.map((type) => ({ type, status: "ENABLED" })),
        },
      ],
    };
  },
);
