/** Secrets Manager: secrets and their versions. */
import { z } from "zod";
import { derivedText } from "../derived";
import type { Iam } from "./iam";
import { checkPolicyDocument, policyInput } from "./iamPolicies";
import type { Kms } from "./kms";
import { physicalName, uniqueId } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagged, tagOutputs } from "../tags";

interface Secret {
  name: string;
  arn: string;
  /** The value of the version that is staged AWSCURRENT. */
  current?: string;
}

// Secrets Manager User Guide, "AWS Secrets Manager quotas": bytes of a secret value.
const maxValueSize = 65_536;

const secretSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  description: z.string().max(2048).optional(),
  kmsKeyId: z.string().optional(),
  policy: policyInput.optional(),
  recoveryWindowInDays: z.number().int().default(30),
  forceOverwriteReplicaSecret: z.boolean().default(false),
});

const versionSchema = z.looseObject({
  secretId: z.string(),
  secretString: z.string().optional(),
  secretBinary: z.string().optional(),
  versionStages: z.array(z.string()).default(["AWSCURRENT"]),
});

export class SecretsManager implements Service {
  readonly #secrets = new Table<Secret>("secret", "ResourceNotFoundException", "ResourceExistsException");

  constructor(
    private readonly context: AccountContext,
    private readonly iam: Iam,
    private readonly kms: Kms,
  ) {}

  readonly kinds = {
    "aws:secretsmanager/secret:Secret": kind(secretSchema, (inputs, creation) =>
      this.#createSecret(inputs, creation),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": kind(versionSchema, (inputs, creation) =>
      this.#createVersion(inputs, creation),
    ),
  };

  /** The secret's value in force, by the secret's ARN or name; ResourceNotFoundException without a secret or a value. */
  currentValue(secretArn: string): string {
    const { current } = this.#secret(secretArn);
    if (current === undefined) {
      throw new AwsError(
        "ResourceNotFoundException",
        `Secrets Manager can't find the specified secret value for staging label: AWSCURRENT of "${secretArn}"`,
      );
    }
    return current;
  }

  #secret(nameOrArn: string): Secret {
    const byArn = this.#secrets.values().find((s) => s.arn === nameOrArn);
    return byArn ?? this.#secrets.get(nameOrArn);
  }

  #createSecret(inputs: z.infer<typeof secretSchema>, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, 512);
    if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
      throw new AwsError(
        "ValidationException",
        `Invalid name "${name}". Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!`,
      );
    }
    const days = inputs.recoveryWindowInDays;
    if (days !== 0 && (days < 7 || days > 30)) {
      throw new AwsError(
        "InvalidParameterException",
        `RecoveryWindowInDays value must be between 7 and 30 days (inclusive), or 0 to delete at once; ${days} was given`,
      );
    }
    if (inputs.kmsKeyId !== undefined && this.kms.find(inputs.kmsKeyId) === undefined) {
      throw new AwsError("EncryptionFailure", `the key "${inputs.kmsKeyId}" does not exist`);
    }
    if (inputs.policy !== undefined) {
      checkPolicyDocument(inputs.policy, {
        use: "resource",
        code: "MalformedPolicyDocumentException",
        principalExists: (arn) => this.iam.principalExists(arn),
      });
    }
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const suffix = derivedText(this.context, letters, 6, "secret", name);
    const arn = this.context.arn("secretsmanager", `secret:${name}-${suffix}`);
    this.#secrets.add(name, { name, arn });
    return {
      id: arn,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn,
        name,
        namePrefix: inputs.namePrefix ?? "",
        policy: inputs.policy ?? "",
        region: this.context.region,
        replicas: [],
      },
    };
  }

  #createVersion(inputs: z.infer<typeof versionSchema>, creation: Creation): Created {
    const secret = this.#secret(inputs.secretId);
    if ((inputs.secretString === undefined) === (inputs.secretBinary === undefined)) {
      throw new AwsError(
        "InvalidParameterException",
        "You must provide either SecretString or SecretBinary.",
      );
    }
    const value = inputs.secretString ?? Buffer.from(inputs.secretBinary ?? "", "base64").toString("utf8");
    const size = Buffer.byteLength(value);
    if (size === 0 || size > maxValueSize) {
      throw new AwsError(
        "ValidationException",
        `the value for "${secret.name}" has ${size} bytes; expected 1 to ${maxValueSize}`,
      );
    }
    if (inputs.versionStages.includes("AWSCURRENT")) secret.current = value;
    // The provider names the version: its request token is an id of Terraform's.
    const versionId = uniqueId(this.context, creation);
    return {
      id: `${secret.arn}|${versionId}`,
      outputs: {
        ...inputs,
        arn: secret.arn,
        hasSecretStringWo: false,
        region: this.context.region,
        secretArn: secret.arn,
        secretId: secret.arn,
        versionId,
      },
    };
  }
}
