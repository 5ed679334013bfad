/** Systems Manager's documents: what the agent or the service is to run. */
import { createHash } from "node:crypto";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { errorText } from "../../../facts/errorText";
import { AwsError } from "../awsError";
import { accountTimestamp } from "../clock";
import { problemsOf } from "../json";
import { named } from "../names";
import { resource } from "../resource";
import { tagged, tagOutputs } from "../tags";
import { Ssm } from "./ssm";

/**
 * Bytes.
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
const maxSize = 65_536;
const maxNameLength = 128;

/**
 * The schema versions of the document types in use here.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
 */
const schemaVersions = {
  Command: ["1.2", "2.0", "2.2"],
  Session: ["1.0"],
  Automation: ["0.3"],
  Policy: ["2.0"],
} as const;

const step = z.looseObject({
  action: z.string(),
  name: z.string(),
  inputs: z.record(z.string(), z.unknown()).optional(),
});

const contentSchema = z.looseObject({
  schemaVersion: z.string(),
  description: z.string().optional(),
  parameters: z
    .record(
      z.string(),
      z.looseObject({
        type: z.string(),
        default: z.unknown().optional(),
        description: z.string().default(""),
      }),
    )
    .optional(),
  mainSteps: z.array(step).nonempty().optional(),
});

const documentInputs = z.looseObject({
  ...tagged.shape,
  name: named.name,
  content: z.string(),
  documentType: z.enum(["Command", "Session", "Automation", "Policy"]),
  documentFormat: z.enum(["JSON", "YAML"]).default("JSON"),
  targetType: z.string().optional(),
});

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html */
export const document = resource({
  type: "aws:ssm/document:Document",
  inputs: documentInputs,
  replaces: ["name"],
  longestName: maxNameLength,
  checks: [
    [
      "ValidationException",
      ({ name }) =>
        (!/^[A-Za-z0-9_.-]{3,128}$/.test(name) || /^(aws|amazon|amzn)/i.test(name)) &&
        `"${name}" is not a document name: expected 3 to 128 of letters, digits and _.-, not beginning with aws, amazon or amzn`,
    ],
    [
      "MaxDocumentSizeExceeded",
      ({ inputs, name }) =>
        Buffer.byteLength(inputs.content) > maxSize &&
        `the document "${name}" has more than ${maxSize} bytes`,
    ],
    ({ inputs, name }) => parsedContent(name, inputs),
  ],
  id: ({ name }) => name,
  arn: ({ aws, name }) => aws.arn("ssm", `document/${name}`),
  keep: ({ aws, inputs, name, arn }) =>
    Ssm.of(aws).documents.add(name, { name, arn, content: inputs.content, tags: tagOutputs(inputs).tagsAll }),
  outputs: ({ aws, inputs, name }) => {
    const content = parsedContent(name, inputs);
    return {
      createdDate: accountTimestamp,
      defaultVersion: "1",
      description: content.description ?? "",
      documentVersion: "1",
      hash: createHash("sha256").update(inputs.content).digest("hex"),
      hashType: "Sha256",
      latestVersion: "1",
      owner: aws.accountId,
      parameters: Object.entries(content.parameters ?? {}).map(([key, parameter]) => ({
        name: key,
        type: parameter.type,
        defaultValue: asText(parameter.default),
        description: parameter.description,
      })),
      platformTypes: ["Linux"],
      schemaVersion: content.schemaVersion,
      status: "Active",
    };
  },
});

/** A default as DescribeDocument gives it back: a text as it is, anything else as JSON, and nothing as an empty text. */
function asText(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parsedContent(name: string, inputs: z.infer<typeof documentInputs>): z.infer<typeof contentSchema> {
  const refuse = (problem: string): never => {
    throw new AwsError("InvalidDocumentContent", `the document "${name}": ${problem}`);
  };
  let value: unknown;
  try {
    value = inputs.documentFormat === "JSON" ? JSON.parse(inputs.content) : parseYaml(inputs.content);
  } catch (error) {
    return refuse(`is not valid ${inputs.documentFormat}: ${errorText(error)}`);
  }
  const parsed = contentSchema.safeParse(value);
  if (!parsed.success) return refuse(problemsOf(parsed.error, "(content)"));
  const { schemaVersion, mainSteps } = parsed.data;
  const versions: readonly string[] = schemaVersions[inputs.documentType];
  if (!versions.includes(schemaVersion)) {
    return refuse(
      `schema version ${schemaVersion} is not one of a ${inputs.documentType} document (${versions.join(", ")})`,
    );
  }
  if (mainSteps === undefined && ["2.0", "2.2", "0.3"].includes(schemaVersion))
    return refuse("has no mainSteps");
  const names = (mainSteps ?? []).map((s) => s.name);
  const twice = names.find((n, i) => names.indexOf(n) !== i);
  if (twice !== undefined) return refuse(`two steps are named "${twice}"`);
  return parsed.data;
}
