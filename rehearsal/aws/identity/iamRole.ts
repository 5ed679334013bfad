/** IAM's roles, and the instance profiles that hand them to EC2 instances. */
import { z } from "zod";
import { accountTimestamp } from "../clock";
import { capitalsAndDigits, derivedText } from "../derived";
import { named } from "../names";
import { resource } from "../resource";
import { tagged } from "../tags";
import { Iam } from "./iam";
import { maxNameLength, pathInput } from "./iamNames";
import { checkPolicyDocument, inlineSize, policyInput, policySize } from "./policyDocument";
import { roleUniqueId } from "./sts";

/**
 * Characters without white space.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const maxTrustSize = 2_048;
const maxInlineSize = 10_240;

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const role = resource({
  type: "aws:iam/role:Role",
  inputs: z.looseObject({
    ...tagged.shape,
    ...named,
    path: pathInput,
    description: z.string().max(1000).optional(),
    assumeRolePolicy: policyInput,
    maxSessionDuration: z.number().int().min(3_600).max(43_200).default(3_600),
    permissionsBoundary: z.string().optional(),
    forceDetachPolicies: z.boolean().default(false),
    managedPolicyArns: z.tuple([]).default([]),
    inlinePolicies: z.tuple([]).default([]),
  }),
  replaces: ["name", "namePrefix", "path"],
  longestName: maxNameLength.role,
  checks: [
    [
      "LimitExceeded",
      ({ inputs }) =>
        policySize(inputs.assumeRolePolicy) > maxTrustSize &&
        `Cannot exceed quota for ACLSizePerRole: ${maxTrustSize}`,
    ],
    ({ aws, inputs: { permissionsBoundary } }) =>
      permissionsBoundary !== undefined && Iam.of(aws).managedPolicy(permissionsBoundary),
  ],
  id: ({ name }) => name,
  arn: ({ aws, inputs, name }) => `arn:aws:iam::${aws.accountId}:role${inputs.path}${name}`,
  keep: ({ aws, inputs, name, arn }) => {
    const iam = Iam.of(aws);
    const trust = trustOf(iam, inputs.assumeRolePolicy);
    iam.takenNames.role.take(name);
    iam.roles.add(name, { name, arn, trust, inline: new Map() });
  },
  outputs: ({ aws, name }) => ({ createDate: accountTimestamp, uniqueId: roleUniqueId(aws, name) }),
});

function trustOf(iam: Iam, assumeRolePolicy: string) {
  const principalExists = (arn: string) => iam.principalExists(arn);
  return checkPolicyDocument(assumeRolePolicy, {
    use: "trust",
    code: "MalformedPolicyDocument",
    principalExists,
  });
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export const rolePolicy = resource({
  type: "aws:iam/rolePolicy:RolePolicy",
  inputs: z.looseObject({ ...named, role: z.string(), policy: policyInput }),
  replaces: ["name", "namePrefix", "role"],
  longestName: maxNameLength.policy,
  checks: [
    ({ aws, inputs }) => Iam.of(aws).roles.get(inputs.role),
    ({ inputs }) => checkPolicyDocument(inputs.policy, { use: "identity", code: "MalformedPolicyDocument" }),
    [
      "LimitExceeded",
      ({ aws, inputs, name }) =>
        inlineSize(Iam.of(aws).roles.get(inputs.role).inline, name, inputs.policy) > maxInlineSize &&
        `Maximum policy size of ${maxInlineSize} bytes exceeded for role ${inputs.role}`,
    ],
  ],
  id: ({ inputs, name }) => `${inputs.role}:${name}`,
  keep: ({ aws, inputs, name }) => Iam.of(aws).roles.get(inputs.role).inline.set(name, inputs.policy),
});

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html */
export const instanceProfile = resource({
  type: "aws:iam/instanceProfile:InstanceProfile",
  inputs: z.looseObject({ ...tagged.shape, ...named, path: pathInput, role: z.string().optional() }),
  replaces: ["name", "namePrefix", "path"],
  longestName: maxNameLength["instance profile"],
  checks: [({ aws, inputs }) => inputs.role !== undefined && Iam.of(aws).roles.get(inputs.role)],
  id: ({ name }) => name,
  arn: ({ aws, inputs, name }) => `arn:aws:iam::${aws.accountId}:instance-profile${inputs.path}${name}`,
  keep: ({ aws, inputs, name, arn }) => {
    const iam = Iam.of(aws);
    iam.takenNames.instanceProfile.take(name);
    const roleName = inputs.role;
    iam.instanceProfiles.add(name, { name, arn, ...(roleName !== undefined && { roleName }) });
  },
  outputs: ({ aws, name }) => ({
    createDate: accountTimestamp,
    uniqueId: `AIPA${derivedText(aws, capitalsAndDigits, 17, "instance profile", name)}`,
  }),
});
