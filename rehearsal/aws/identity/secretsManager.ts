/** Secrets Manager: secrets and their versions. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { derivedText } from "../derived";
import { named, uniqueId } from "../names";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { checkResourcePolicy } from "./iam";
import { Kms } from "./kms";
import { policyInput } from "./policyDocument";

interface Secret {
  name: string;
  arn: string;
  /** The value of the version that is staged AWSCURRENT. */
  current?: string;
}

/** The secrets of one account. */
export class SecretsManager {
  static readonly of = perAccount((aws) => new SecretsManager(aws));

  /** By name. */
  readonly secrets = new Table<Secret>("secret", "ResourceNotFoundException", "ResourceExistsException");

  private constructor(readonly aws: AccountContext) {}

  /** The secret with this ARN or name; ResourceNotFoundException without one. */
  secret(nameOrArn: string): Secret {
    const byArn = this.secrets.values().find((s) => s.arn === nameOrArn);
    return byArn ?? this.secrets.get(nameOrArn);
  }

  /** The secret's value in force, by the secret's ARN or name; ResourceNotFoundException without a secret or a value. */
  currentValue(nameOrArn: string): string {
    const { current } = this.secret(nameOrArn);
    if (current === undefined) {
      throw new AwsError(
        "ResourceNotFoundException",
        `Secrets Manager can't find the specified secret value for staging label: AWSCURRENT of "${nameOrArn}"`,
      );
    }
    return current;
  }
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
export const secret = resource({
  type: "aws:secretsmanager/secret:Secret",
  inputs: z.looseObject({
    ...tagged.shape,
    ...named,
    description: z.string().max(2048).optional(),
    kmsKeyId: z.string().optional(),
    policy: policyInput.optional(),
    recoveryWindowInDays: z.number().int().default(30),
    forceOverwriteReplicaSecret: z.boolean().default(false),
  }),
  replaces: ["name", "namePrefix"],
  longestName: 512,
  checks: [
    [
      "ValidationException",
      ({ name }) =>
        !/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name) &&
        `Invalid name "${name}". Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!`,
    ],
    [
      "InvalidParameterException",
      ({ inputs: { recoveryWindowInDays: days } }) =>
        days !== 0 &&
        (days < 7 || days > 30) &&
        `RecoveryWindowInDays value must be between 7 and 30 days (inclusive), or 0 to delete at once; ${days} was given`,
    ],
    [
      "EncryptionFailure",
      ({ aws, inputs: { kmsKeyId } }) =>
        kmsKeyId !== undefined &&
        Kms.of(aws).find(kmsKeyId) === undefined &&
        `the key "${kmsKeyId}" does not exist`,
    ],
    ({ aws, inputs: { policy } }) =>
      policy !== undefined && checkResourcePolicy(aws, policy, "MalformedPolicyDocumentException"),
  ],
  id: ({ aws, name }) =>
    aws.arn("secretsmanager", `secret:${name}-${derivedText(aws, lettersAndDigits, 6, "secret", name)}`),
  arn: ({ id }) => id,
  keep: ({ aws, name, arn }) => SecretsManager.of(aws).secrets.add(name, { name, arn }),
  outputs: ({ inputs }) => ({ policy: inputs.policy ?? "", replicas: [] }),
});

const lettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Bytes.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
const maxValueSize = 65_536;

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
export const secretVersion = resource({
  type: "aws:secretsmanager/secretVersion:SecretVersion",
  inputs: z.looseObject({
    secretId: z.string(),
    secretString: z.string().optional(),
    secretBinary: z.string().optional(),
    versionStages: z.array(z.string()).default(["AWSCURRENT"]),
  }),
  replaces: ["secretId", "secretString"],
  checks: [
    ({ aws, inputs }) => SecretsManager.of(aws).secret(inputs.secretId),
    [
      "InvalidParameterException",
      ({ inputs }) =>
        (inputs.secretString === undefined) === (inputs.secretBinary === undefined) &&
        "You must provide either SecretString or SecretBinary.",
    ],
    [
      "ValidationException",
      ({ aws, inputs }) => {
        const size = Buffer.byteLength(valueOf(inputs));
        const { name } = SecretsManager.of(aws).secret(inputs.secretId);
        return (
          (size === 0 || size > maxValueSize) &&
          `the value for "${name}" has ${size} bytes; expected 1 to ${maxValueSize}`
        );
      },
    ],
  ],
  // The provider names the version: its request token is an id of Terraform's.
  id: ({ aws, creation, inputs }) =>
    `${SecretsManager.of(aws).secret(inputs.secretId).arn}|${uniqueId(aws, creation)}`,
  arn: ({ aws, inputs }) => SecretsManager.of(aws).secret(inputs.secretId).arn,
  keep: ({ aws, inputs }) => {
    if (inputs.versionStages.includes("AWSCURRENT"))
      SecretsManager.of(aws).secret(inputs.secretId).current = valueOf(inputs);
  },
  outputs: ({ aws, creation, arn }) => ({
    hasSecretStringWo: false,
    secretArn: arn,
    secretId: arn,
    versionId: uniqueId(aws, creation),
  }),
});

function valueOf(inputs: { secretString?: string | undefined; secretBinary?: string | undefined }): string {
  return inputs.secretString ?? Buffer.from(inputs.secretBinary ?? "", "base64").toString("utf8");
}
