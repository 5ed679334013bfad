/** Key Management Service: customer keys and their policies. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { derivedUuid, sharedDigest } from "../derived";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { checkResourcePolicy } from "./iam";
import { policyInput, type PolicyStatement } from "./policyDocument";
import { deployerRoleArn } from "./sts";

/** A customer key. */
export interface Key {
  arn: string;
  policy: string;
}

/** The keys of one account: its own, and AWS's under the aliases that begin with `alias/aws/`, which are always there. */
export class Kms {
  static readonly of = perAccount((aws) => new Kms(aws));

  /** By id. */
  readonly keys = new Table<Key>("key", "NotFoundException");

  private constructor(readonly aws: AccountContext) {}

  /** ARN of the key that a key id, a key ARN, or the name or ARN of one of AWS's aliases stands for. */
  find(reference: string): string | undefined {
    const isLocalArn = reference.startsWith(this.aws.arn("kms", ""));
    const local = isLocalArn ? reference.split(":").slice(5).join(":") : reference;
    if (local.startsWith("alias/aws/")) return awsManagedKeyArn(this.aws, local);
    return this.keys.find(local.replace(/^key\//, ""))?.arn;
  }

  /** The customer key with this ARN. */
  key(arn: string): Key | undefined {
    return this.keys.values().find((key) => key.arn === arn);
  }
}

/** ARN of the key that AWS manages under an alias: the same one in all of the account's Region, however often asked. */
export function awsManagedKeyArn(aws: AccountContext, alias: string): string {
  const digest = () => sharedDigest(aws, "key", alias);
  return aws.arn("kms", `key/${derivedUuid({ digest })}`);
}

/**
 * Bytes.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
const maxPolicySize = 32_768;

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const key = resource({
  type: "aws:kms/key:Key",
  inputs: z.looseObject({
    ...tagged.shape,
    description: z.string().max(8192).default(""),
    policy: policyInput.optional(),
    bypassPolicyLockoutSafetyCheck: z.boolean().default(false),
    deletionWindowInDays: z.number().int().min(7).max(30).default(30),
    enableKeyRotation: z.boolean().default(false),
    rotationPeriodInDays: z.number().int().min(90).max(2560).default(365),
    keyUsage: z
      .enum(["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"])
      .default("ENCRYPT_DECRYPT"),
    customerMasterKeySpec: z.string().default("SYMMETRIC_DEFAULT"),
    isEnabled: z.boolean().default(true),
    multiRegion: z.boolean().default(false),
  }),
  replaces: ["customerMasterKeySpec", "keyUsage", "multiRegion"],
  checks: [
    [
      "UnsupportedOperationException",
      ({ inputs: { enableKeyRotation, customerMasterKeySpec: spec } }) =>
        enableKeyRotation &&
        spec !== "SYMMETRIC_DEFAULT" &&
        `a ${spec} key cannot be rotated; only SYMMETRIC_DEFAULT keys can`,
    ],
    [
      "LimitExceededException",
      ({ inputs }) =>
        Buffer.byteLength(inputs.policy ?? "") > maxPolicySize &&
        `the key policy has more than ${maxPolicySize} bytes`,
    ],
    [
      "MalformedPolicyDocumentException",
      ({ aws, inputs: { policy, bypassPolicyLockoutSafetyCheck } }) => {
        if (policy === undefined) return undefined;
        const statements = checkResourcePolicy(aws, policy, "MalformedPolicyDocumentException");
        return (
          !bypassPolicyLockoutSafetyCheck &&
          !deployerMayChange(aws, statements) &&
          "The new key policy will not allow you to update the key policy in the future."
        );
      },
    ],
  ],
  id: ({ aws, creation }) => derivedUuid(aws, "key", creation.name),
  arn: ({ aws, id }) => aws.arn("kms", `key/${id}`),
  keep: ({ aws, inputs, id, arn }) =>
    Kms.of(aws).keys.add(id, { arn, policy: inputs.policy ?? defaultPolicy(aws) }),
  outputs: ({ aws, inputs, id }) => ({ keyId: id, policy: inputs.policy ?? defaultPolicy(aws) }),
});

/**
 * Whether the deployer may still call PutKeyPolicy, himself or through the account's root. A condition may fail, so
 * an allowing statement counts only without one.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
 */
function deployerMayChange(aws: AccountContext, statements: readonly PolicyStatement[]): boolean {
  const { accountId } = aws;
  const deployer = new Set([`arn:aws:iam::${accountId}:root`, accountId, deployerRoleArn(aws), "*"]);
  const about = statements.filter(
    ({ conditional, principals, actions }) =>
      !conditional &&
      principals.some(({ kind, name }) => kind === "AWS" && deployer.has(name)) &&
      actions.some((action) => /^(\*|kms:(\*|put\*|putkeypolicy))$/i.test(action)),
  );
  return about.some((s) => s.effect === "Allow") && !about.some((s) => s.effect === "Deny");
}

/** What KMS gives a key that comes without a policy: everything to the account, to share out by IAM. */
function defaultPolicy({ accountId }: AccountContext): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
}
