/** IAM's users, what is attached to them, and their git credentials. */
import { z } from "zod";
import { accountTimestamp } from "../clock";
import { capitalsAndDigits, derivedText } from "../derived";
import { named } from "../names";
import { byAnyInput } from "../replacement";
import { resource } from "../resource";
import { tagged } from "../tags";
import { Iam } from "./iam";
import { codeCommitService } from "./iamCredentials";
import { maxNameLength, pathInput } from "./iamNames";

/**
 * Managed policies per user by default.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const maxAttached = 10;

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const user = resource({
  type: "aws:iam/user:User",
  inputs: z.looseObject({
    ...tagged.shape,
    name: named.name,
    path: pathInput,
    permissionsBoundary: z.string().optional(),
    forceDestroy: z.boolean().default(false),
  }),
  replaces: [],
  longestName: maxNameLength.user,
  checks: [
    ({ aws, inputs: { permissionsBoundary } }) =>
      permissionsBoundary !== undefined && Iam.of(aws).managedPolicy(permissionsBoundary),
  ],
  id: ({ name }) => name,
  arn: ({ aws, inputs, name }) => `arn:aws:iam::${aws.accountId}:user${inputs.path}${name}`,
  keep: ({ aws, inputs: { permissionsBoundary }, name, arn }) => {
    const iam = Iam.of(aws);
    iam.takenNames.user.take(name);
    iam.userRecords.add(name, {
      userName: name,
      arn,
      ...(permissionsBoundary !== undefined && { permissionsBoundary }),
      attached: new Set(),
    });
  },
  outputs: ({ aws, name }) => ({
    uniqueId: `AIDA${derivedText(aws, capitalsAndDigits, 17, "user", name)}`,
  }),
});

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html */
export const userPolicyAttachment = resource({
  type: "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  inputs: z.looseObject({ user: z.string(), policyArn: z.string() }),
  replaces: byAnyInput,
  checks: [
    ({ aws, inputs }) => Iam.of(aws).userRecords.get(inputs.user),
    ({ aws, inputs }) => Iam.of(aws).managedPolicy(inputs.policyArn),
    [
      "LimitExceeded",
      ({ aws, inputs }) =>
        new Set(Iam.of(aws).userRecords.get(inputs.user).attached).add(inputs.policyArn).size > maxAttached &&
        `Cannot exceed quota for PoliciesPerUser: ${maxAttached} ("${inputs.user}")`,
    ],
  ],
  id: ({ inputs }) => `${inputs.user}/${inputs.policyArn}`,
  keep: ({ aws, inputs }) => Iam.of(aws).userRecords.get(inputs.user).attached.add(inputs.policyArn),
});

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html */
export const serviceSpecificCredential = resource({
  type: "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
  inputs: z.looseObject({
    serviceName: z.string(),
    userName: z.string(),
    status: z.enum(["Active", "Inactive"]).default("Active"),
  }),
  replaces: ["serviceName", "userName"],
  checks: [
    ({ aws, inputs }) => Iam.of(aws).userRecords.get(inputs.userName),
    [
      "NotSupportedService",
      ({ inputs: { serviceName } }) =>
        serviceName !== codeCommitService &&
        `The specified service does not support service-specific credentials: "${serviceName}"; expected "${codeCommitService}"`,
    ],
  ],
  id: ({ aws, creation, inputs: { userName } }) =>
    `${codeCommitService}:${userName}:${Iam.of(aws).credentials.idOf(userName, creation)}`,
  keep: ({ aws, creation, inputs: { userName, status } }) =>
    Iam.of(aws).credentials.add(userName, status, creation),
  outputs: ({ aws, creation, inputs: { userName } }) => {
    const { credentials } = Iam.of(aws);
    const credential = credentials.get(credentials.idOf(userName, creation));
    return {
      createDate: accountTimestamp,
      expirationDate: "",
      serviceCredentialAlias: "",
      serviceCredentialSecret: "",
      servicePassword: credential.servicePassword,
      serviceSpecificCredentialId: credential.id,
      serviceUserName: credential.serviceUserName,
    };
  },
});
