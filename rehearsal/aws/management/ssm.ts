/** Systems Manager: the parameter store. Documents are declared in ssmDocuments.ts. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { Kms } from "../identity/kms";
import { named } from "../names";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";

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

/** A document of the account. */
export interface SsmDocument {
  name: string;
  arn: string;
  content: string;
  tags: Record<string, string>;
}

/** The parameters and documents of one account. */
export class Ssm {
  static readonly of = perAccount((aws) => new Ssm(aws));

  readonly parameters = new Map<string, Parameter>();
  readonly documents = new Table<SsmDocument>("document", "InvalidDocument", "DocumentAlreadyExists");

  private constructor(readonly aws: AccountContext) {}

  /** The parameter with this name. */
  parameter(name: string): Parameter | undefined {
    return this.parameters.get(name);
  }

  /** The document with this name or ARN. */
  document(nameOrArn: string): SsmDocument | undefined {
    return this.documents.find(nameOrArn) ?? this.documents.values().find((d) => d.arn === nameOrArn);
  }

  /** The parameters of a hierarchy, e.g. "/git-airlock/mirror", in the order of their names. */
  under(hierarchy: string): Parameter[] {
    return [...this.parameters.values()]
      .filter(({ name }) => name.startsWith(`${hierarchy}/`))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/**
 * Bytes.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
const maxValueSize = { Standard: 4_096, Advanced: 8_192 } as const;
/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
const maxNameLength = 1_011;
const maxLevels = 15;

const parameterInputs = z.looseObject({
  ...tagged.shape,
  name: named.name,
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
type ParameterInputs = z.infer<typeof parameterInputs>;

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export const parameter = resource({
  type: "aws:ssm/parameter:Parameter",
  inputs: parameterInputs,
  replaces: ["name"],
  longestName: maxNameLength,
  checks: [
    ["ValidationException", ({ name }) => nameProblem(name)],
    [
      "HierarchyLevelLimitExceededException",
      ({ name }) => levelsOf(name).length > maxLevels && `"${name}" has more than ${maxLevels} levels`,
    ],
    [
      // The limit counts the ARN's front part too.
      "ValidationException",
      ({ aws, name }) =>
        aws.arn("ssm", `parameter/${name}`).length > maxNameLength &&
        `the parameter name "${name}" is too long`,
    ],
    [
      "ValidationException",
      ({ inputs: { value, insecureValue }, name }) =>
        (value === undefined) === (insecureValue === undefined) &&
        `"${name}" needs either value or insecureValue`,
    ],
    [
      "ValidationException",
      ({ inputs: { insecureValue, type }, name }) =>
        insecureValue !== undefined &&
        type === "SecureString" &&
        `"${name}" is a SecureString; give value instead of insecureValue`,
    ],
    ["ValidationException", ({ inputs, name }) => valueProblem(inputs, name)],
    [
      "ParameterPatternMismatchException",
      ({ inputs: { allowedPattern, ...inputs }, name }) =>
        allowedPattern !== undefined &&
        !new RegExp(allowedPattern).test(valueOf(inputs)) &&
        `the value of "${name}" does not match "${allowedPattern}"`,
    ],
    [
      "InvalidKeyId",
      ({ aws, inputs, name }) =>
        inputs.type === "SecureString" &&
        keyArnOf(aws, inputs) === undefined &&
        `the key "${inputs.keyId ?? ""}" of "${name}" does not exist`,
    ],
    [
      "ValidationException",
      ({ inputs: { type, keyId }, name }) =>
        type !== "SecureString" &&
        keyId !== undefined &&
        `"${name}" has a KeyId, which only a SecureString may have`,
    ],
    [
      "ParameterAlreadyExists",
      ({ aws, inputs, name }) =>
        Ssm.of(aws).parameters.has(name) &&
        !inputs.overwrite &&
        `The parameter already exists. To overwrite this value, set the overwrite option in the request to true. ("${name}")`,
    ],
  ],
  id: ({ name }) => name,
  arn: ({ aws, name }) => aws.arn("ssm", `parameter${name.startsWith("/") ? "" : "/"}${name}`),
  keep: ({ aws, inputs, name, arn }) => {
    const { parameters } = Ssm.of(aws);
    const version = (parameters.get(name)?.version ?? 0) + 1;
    const keyArn = keyArnOf(aws, inputs);
    const value = valueOf(inputs);
    parameters.set(name, {
      name,
      arn,
      type: inputs.type,
      value,
      version,
      ...(keyArn !== undefined && { keyArn }),
    });
  },
  outputs: ({ aws, inputs, name }) => ({
    hasValueWo: false,
    keyId: inputs.type === "SecureString" ? (inputs.keyId ?? "alias/aws/ssm") : "",
    tier: tierOf(inputs),
    version: Ssm.of(aws).parameter(name)?.version,
  }),
});

function levelsOf(name: string): string[] {
  return name.split("/").slice(1);
}

function nameProblem(name: string): string | undefined {
  if (
    !/^[A-Za-z0-9_.\-/]+$/.test(name) ||
    (levelsOf(name).length > 0 && !name.startsWith("/")) ||
    /\/\/|\/$/.test(name)
  ) {
    return `"${name}" is not a parameter name: expected letters, digits and _.-, or a hierarchy that begins with "/"`;
  }
  return /^\/?(aws|ssm)/i.test(name)
    ? `Parameter name: can't be prefixed with "aws" or "ssm" ("${name}")`
    : undefined;
}

function valueOf({ value, insecureValue }: Pick<ParameterInputs, "value" | "insecureValue">): string {
  return value ?? insecureValue ?? "";
}

function tierOf(inputs: ParameterInputs): keyof typeof maxValueSize {
  const isSmall = Buffer.byteLength(valueOf(inputs)) <= maxValueSize.Standard;
  const isStandard = inputs.tier === "Standard" || (inputs.tier === "Intelligent-Tiering" && isSmall);
  return isStandard ? "Standard" : "Advanced";
}

function valueProblem(inputs: ParameterInputs, name: string): string | undefined {
  const value = valueOf(inputs);
  const tier = tierOf(inputs);
  const size = Buffer.byteLength(value);
  if (size === 0) return `"${name}" has an empty value`;
  if (size > maxValueSize[tier]) {
    return `${tier} tier parameters support a maximum parameter value of ${maxValueSize[tier]} characters; "${name}" has ${size}`;
  }
  return value.includes("{{")
    ? `Parameter value can't nest another parameter ("{{" in "${name}")`
    : undefined;
}

/** ARN of the key that a SecureString is under; undefined where there is no such key. */
function keyArnOf(aws: AccountContext, { type, keyId }: ParameterInputs): string | undefined {
  return type === "SecureString" ? Kms.of(aws).find(keyId ?? "alias/aws/ssm") : undefined;
}
