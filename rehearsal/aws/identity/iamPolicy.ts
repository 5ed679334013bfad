/** IAM's managed policies: the account's own. */
import { z } from "zod";
import { capitalsAndDigits, derivedText } from "../derived";
import { named } from "../names";
import { resource } from "../resource";
import { tagged } from "../tags";
import { Iam } from "./iam";
import { maxNameLength, pathInput } from "./iamNames";
import { checkPolicyDocument, policyInput, policySize } from "./policyDocument";

/**
 * Characters without white space.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const maxPolicySize = 6_144;

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const policy = resource({
  type: "aws:iam/policy:Policy",
  inputs: z.looseObject({
    ...tagged.shape,
    ...named,
    path: pathInput,
    description: z.string().max(1000).optional(),
    policy: policyInput,
  }),
  replaces: ["name", "namePrefix", "path", "description"],
  longestName: maxNameLength.policy,
  checks: [
    ({ inputs }) => checkPolicyDocument(inputs.policy, { use: "identity", code: "MalformedPolicyDocument" }),
    [
      "LimitExceeded",
      ({ inputs, name }) =>
        policySize(inputs.policy) > maxPolicySize &&
        `Cannot exceed quota for PolicySize: ${maxPolicySize} ("${name}" has ${policySize(inputs.policy)} characters)`,
    ],
  ],
  id: ({ aws, inputs, name }) => `arn:aws:iam::${aws.accountId}:policy${inputs.path}${name}`,
  arn: ({ id }) => id,
  keep: ({ aws, inputs, name, arn }) => {
    const iam = Iam.of(aws);
    iam.takenNames.policy.take(name);
    iam.managedPolicies.add(arn, { name, document: inputs.policy });
  },
  outputs: ({ aws, arn }) => ({
    attachmentCount: 0,
    policyId: `ANPA${derivedText(aws, capitalsAndDigits, 17, "policy", arn)}`,
  }),
});
