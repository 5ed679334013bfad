/** Systems Manager: the parameter store. Documents are in ssmDocuments.ts. */
import { z } from "zod";
import type { Kms } from "../identity/kms";
import { physicalName } from "../names";
import { AwsError, kind, type AccountContext, type Created, type Service } from "../service";
import { SsmDocuments, type SsmDocument } from "./ssmDocuments";
import { tagged, tagOutputs } from "../tags";

/** A parameter, opened. */
export interface Parameter {
  name: string;
  arn: string;
  type: "String" | "StringList" | "SecureString";
  value: string;
  version: number;
  /** ARN of the key that a SecureString is under. */
  keyArn?: string;
}

// Systems Manager User Guide, "Managing parameter tiers": bytes of a value; and "Creating parameters": name rules.
const maxValueSize = { Standard: 4_096, Advanced: 8_192 } as const;
const maxNameLength = 1_011;
const maxLevels = 15;

const parameterSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  type: z.enum(["String", "StringList", "SecureString"]),
  value: z.string().optional(),
  insecureValue: z.string().optional(),
  tier: z.enum(["Standard", "Advanced", "Intelligent-Tiering"]).default("Standard"),
  keyId: z.string().optional(),
  description: z.string().max(1024).optional(),
  allowedPattern: z.string().max(1024).optional(),
  dataType: z.enum(["text", "aws:ec2:image", "aws:ssm:integration"]).default("text"),
  overwrite: z.boolean().default(false),
});

type NamedParameter = z.infer<typeof parameterSchema> & { name: string };

export class Ssm implements Service {
  readonly #parameters = new Map<string, Parameter>();
  readonly #documents: SsmDocuments;
  readonly kinds;

  constructor(
    private readonly context: AccountContext,
    private readonly kms: Kms,
  ) {
    this.#documents = new SsmDocuments(context);
    this.kinds = {
      "aws:ssm/parameter:Parameter": kind(parameterSchema, (inputs, creation) =>
        this.#putParameter({ ...inputs, name: physicalName(context, creation, inputs, maxNameLength) }),
      ),
      ...this.#documents.kinds,
    };
  }

  /** The parameter with this name. */
  parameter(name: string): Parameter | undefined {
    return this.#parameters.get(name);
  }

  /** The parameters of a hierarchy, e.g. "/git-airlock/mirror", in the order of their names. */
  under(hierarchy: string): Parameter[] {
    return [...this.#parameters.values()]
      .filter(({ name }) => name.startsWith(`${hierarchy}/`))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The document with this name or ARN. */
  document(nameOrArn: string): SsmDocument | undefined {
    return this.#documents.find(nameOrArn);
  }

  #putParameter(inputs: NamedParameter): Created {
    const { name, type } = inputs;
    this.#checkName(name);
    if ((inputs.value === undefined) === (inputs.insecureValue === undefined)) {
      throw new AwsError("ValidationException", `"${name}" needs either value or insecureValue`);
    }
    if (inputs.insecureValue !== undefined && type === "SecureString") {
      throw new AwsError(
        "ValidationException",
        `"${name}" is a SecureString; give value instead of insecureValue`,
      );
    }
    const value = inputs.value ?? inputs.insecureValue ?? "";
    const tier = this.#checkValue(inputs, value);
    const keyArn = type === "SecureString" ? this.kms.find(inputs.keyId ?? "alias/aws/ssm") : undefined;
    if (type === "SecureString" && keyArn === undefined) {
      throw new AwsError("InvalidKeyId", `the key "${inputs.keyId ?? ""}" of "${name}" does not exist`);
    }
    if (type !== "SecureString" && inputs.keyId !== undefined) {
      throw new AwsError("ValidationException", `"${name}" has a KeyId, which only a SecureString may have`);
    }
    const previous = this.#parameters.get(name);
    if (previous && !inputs.overwrite) {
      throw new AwsError(
        "ParameterAlreadyExists",
        `The parameter already exists. To overwrite this value, set the overwrite option in the request to true. ("${name}")`,
      );
    }
    const version = (previous?.version ?? 0) + 1;
    const arn = this.context.arn("ssm", `parameter${name.startsWith("/") ? "" : "/"}${name}`);
    this.#parameters.set(name, { name, arn, type, value, version, ...(keyArn !== undefined && { keyArn }) });
    return {
      id: name,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn,
        hasValueWo: false,
        keyId: type === "SecureString" ? (inputs.keyId ?? "alias/aws/ssm") : "",
        region: this.context.region,
        tier,
        version,
      },
    };
  }

  #checkName(name: string): void {
    const levels = name.split("/").slice(1);
    if (
      !/^[A-Za-z0-9_.\-/]+$/.test(name) ||
      (levels.length > 0 && !name.startsWith("/")) ||
      /\/\/|\/$/.test(name)
    ) {
      throw new AwsError(
        "ValidationException",
        `"${name}" is no parameter name: expected letters, digits and _.-, or a hierarchy that begins with "/"`,
      );
    }
    if (/^\/?(aws|ssm)/i.test(name)) {
      throw new AwsError(
        "ValidationException",
        `Parameter name: can't be prefixed with "aws" or "ssm" ("${name}")`,
      );
    }
    if (levels.length > maxLevels) {
      throw new AwsError(
        "HierarchyLevelLimitExceededException",
        `"${name}" has more than ${maxLevels} levels`,
      );
    }
    // The limit counts the ARN's front part too.
    if (this.context.arn("ssm", `parameter/${name}`).length > maxNameLength) {
      throw new AwsError("ValidationException", `the parameter name "${name}" is too long`);
    }
  }

  /** Refuses a value that the parameter may not have; otherwise says which tier it is in. */
  #checkValue(inputs: NamedParameter, value: string): keyof typeof maxValueSize {
    const { name, allowedPattern } = inputs;
    const size = Buffer.byteLength(value);
    const smallEnough = inputs.tier === "Intelligent-Tiering" && size <= maxValueSize.Standard;
    const tier = inputs.tier === "Standard" || smallEnough ? "Standard" : "Advanced";
    if (size === 0) throw new AwsError("ValidationException", `"${name}" has an empty value`);
    if (size > maxValueSize[tier]) {
      throw new AwsError(
        "ValidationException",
        `${tier} tier parameters support a maximum parameter value of ${maxValueSize[tier]} characters; "${name}" has ${size}`,
      );
    }
    if (value.includes("{{")) {
      throw new AwsError(
        "ValidationException",
        `Parameter value can't nest another parameter ("{{" in "${name}")`,
      );
    }
    if (allowedPattern !== undefined && !new RegExp(allowedPattern).test(value)) {
      throw new AwsError(
        "ParameterPatternMismatchException",
        `the value of "${name}" does not match "${allowedPattern}"`,
      );
    }
    return tier;
  }
}
