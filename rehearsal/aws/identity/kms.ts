/** Key Management Service: customer keys, their policies and aliases. */
import { z } from "zod";
import { derivedUuid, sharedDigest } from "../derived";
import type { Iam } from "./iam";
import { checkPolicyDocument, policyInput, type PolicyStatement } from "./iamPolicies";
import { physicalName } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { deployerRoleArn } from "./sts";
import { tagged, tagOutputs } from "../tags";

/** A customer key. */
export interface Key {
  id: string;
  arn: string;
  policy: string;
}

interface Alias {
  name: string;
  key: Key;
}

// KMS Developer Guide, "Resource quotas": a key policy document, in bytes.
const maxPolicySize = 32_768;

const keySchema = z.looseObject({
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
});

const aliasSchema = z.looseObject({
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  targetKeyId: z.string(),
});

/** ARN of the key that AWS manages under an alias: the same one in all of the account's Region, however often asked. */
export function awsManagedKeyArn(context: AccountContext, alias: string): string {
  const digest = () => sharedDigest(context, "key", alias);
  return context.arn("kms", `key/${derivedUuid({ digest })}`);
}

export class Kms implements Service {
  readonly #keys = new Table<Key>("key", "NotFoundException");
  readonly #aliases = new Table<Alias>("alias", "NotFoundException", "AlreadyExistsException");

  constructor(
    private readonly context: AccountContext,
    private readonly iam: Iam,
  ) {}

  readonly kinds = {
    "aws:kms/key:Key": kind(keySchema, (inputs, creation) => this.#createKey(inputs, creation)),
    "aws:kms/alias:Alias": kind(aliasSchema, (inputs, creation) => {
      const name =
        inputs.name ??
        `alias/${physicalName(this.context, creation, { namePrefix: inputs.namePrefix?.slice(6) }, 250)}`;
      if (!/^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/.test(name)) {
        throw new AwsError(
          "InvalidAliasNameException",
          `"${name}" is no alias: expected "alias/" and letters, digits, slashes, underscores or dashes, but not "alias/aws/"`,
        );
      }
      const { targetKeyId } = inputs;
      const key = this.#keys.find(targetKeyId) ?? this.#keys.values().find((k) => k.arn === targetKeyId);
      if (!key) throw new AwsError("NotFoundException", `the key "${targetKeyId}" does not exist`);
      this.#aliases.add(name, { name, key });
      return {
        id: name,
        outputs: {
          ...inputs,
          arn: this.context.arn("kms", name),
          name,
          namePrefix: inputs.namePrefix ?? "",
          region: this.context.region,
          targetKeyArn: key.arn,
          targetKeyId: key.id,
        },
      };
    }),
  };

  /** ARN of the key that a key id, key ARN, alias or alias ARN stands for. `alias/aws/…` are AWS's keys, always there. */
  find(reference: string): string | undefined {
    const local = reference.startsWith(this.context.arn("kms", ""))
      ? reference.split(":").slice(5).join(":")
      : reference;
    if (local.startsWith("alias/aws/")) return awsManagedKeyArn(this.context, local);
    if (local.startsWith("alias/")) return this.#aliases.find(local)?.key.arn;
    return this.#keys.find(local.replace(/^key\//, ""))?.arn;
  }

  /** The customer key with this ARN. */
  key(arn: string): Key | undefined {
    return this.#keys.values().find((k) => k.arn === arn);
  }

  #createKey(inputs: z.infer<typeof keySchema>, creation: Creation): Created {
    if (inputs.enableKeyRotation && inputs.customerMasterKeySpec !== "SYMMETRIC_DEFAULT") {
      throw new AwsError(
        "UnsupportedOperationException",
        `a ${inputs.customerMasterKeySpec} key cannot be rotated; only SYMMETRIC_DEFAULT keys can`,
      );
    }
    const policy = inputs.policy ?? defaultPolicy(this.context.accountId);
    if (Buffer.byteLength(policy) > maxPolicySize) {
      throw new AwsError("LimitExceededException", `the key policy has more than ${maxPolicySize} bytes`);
    }
    const statements = checkPolicyDocument(policy, {
      use: "resource",
      code: "MalformedPolicyDocumentException",
      principalExists: (arn) => this.iam.principalExists(arn),
    });
    if (!inputs.bypassPolicyLockoutSafetyCheck && !this.#canStillChange(statements)) {
      throw new AwsError(
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
      );
    }
    const id = derivedUuid(this.context, "key", creation.name);
    const key: Key = { id, arn: this.context.arn("kms", `key/${id}`), policy };
    this.#keys.add(id, key);
    return {
      id,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn: key.arn,
        keyId: id,
        policy,
        region: this.context.region,
      },
    };
  }

  /**
   * Whether the deployer may still call PutKeyPolicy, himself or through the account's root. A condition may fail, so
   * an allowing statement counts only without one. Source: KMS API Reference, CreateKey, BypassPolicyLockoutSafetyCheck.
   */
  #canStillChange(statements: PolicyStatement[]): boolean {
    const { accountId } = this.context;
    const deployer = new Set([
      `arn:aws:iam::${accountId}:root`,
      accountId,
      deployerRoleArn(this.context),
      "*",
    ]);
    const concerns = (s: PolicyStatement): boolean =>
      !s.conditional &&
      s.principals.some((p) => p.kind === "AWS" && deployer.has(p.name)) &&
      s.actions.some((a) => /^(\*|kms:(\*|put\*|putkeypolicy))$/i.test(a));
    const about = statements.filter(concerns);
    return about.some((s) => s.effect === "Allow") && !about.some((s) => s.effect === "Deny");
  }
}

/** What KMS gives a key that comes without a policy: everything to the account, to share out by IAM. */
function defaultPolicy(accountId: string): string {
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
