/** Systems Manager's State Manager: what runs documents on instances, again and again. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { derivedUuid } from "../derived";
import { physicalName } from "../names";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { tagged } from "../tags";
import { Ssm } from "./ssm";

/** What an association runs, where and with what. */
export interface Association {
  id: string;
  /** Name of the document. */
  document: string;
  instanceIds: string[];
  parameters: Record<string, string>;
  schedule: string | undefined;
}

/**
 * State Manager runs at most every 30 minutes.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html
 */
const shortestRate = 30;

/** The account's associations, in the order in which they were made. */
export class SsmAssociations {
  static readonly of = perAccount((aws) => new SsmAssociations(aws));

  readonly byId = new Map<string, Association>();

  private constructor(readonly aws: AccountContext) {}

  list(): Association[] {
    return [...this.byId.values()];
  }
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html */
export const association = resource({
  type: "aws:ssm/association:Association",
  inputs: z.looseObject({
    ...tagged.shape,
    name: z.string(),
    associationName: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{3,128}$/)
      .optional(),
    documentVersion: z.string().optional(),
    targets: z
      .array(z.object({ key: z.string(), values: z.array(z.string()).nonempty() }))
      .nonempty()
      .max(5),
    parameters: z.record(z.string(), z.string()).default({}),
    scheduleExpression: z.string().optional(),
    complianceSeverity: z.enum(["UNSPECIFIED", "LOW", "MEDIUM", "HIGH", "CRITICAL"]).optional(),
    applyOnlyAtCronInterval: z.boolean().default(false),
  }),
  replaces: ["name"],
  checks: [
    [
      "InvalidDocument",
      ({ aws, inputs }) =>
        Ssm.of(aws).document(inputs.name) === undefined && `the document "${inputs.name}" does not exist`,
    ],
    [
      "InvalidParameters",
      ({ aws, inputs }) => parametersProblem(Ssm.of(aws).document(inputs.name)?.content, inputs.parameters),
    ],
    ["InvalidSchedule", ({ inputs }) => scheduleProblem(inputs.scheduleExpression)],
  ],
  id: ({ aws, creation }) => derivedUuid(aws, "association", creation.name),
  arn: ({ aws, id }) => aws.arn("ssm", `association/${id}`),
  // Nobody asks whether there are such instances: a target that matches none runs nowhere.
  keep: ({ aws, inputs, id }) =>
    SsmAssociations.of(aws).byId.set(id, {
      id,
      document: Ssm.of(aws).document(inputs.name)?.name ?? inputs.name,
      instanceIds: inputs.targets.flatMap(({ key, values }) => (key === "InstanceIds" ? values : [])),
      parameters: inputs.parameters,
      schedule: inputs.scheduleExpression,
    }),
  outputs: ({ aws, creation, inputs, id }) => ({
    associationId: id,
    associationName: inputs.associationName ?? physicalName(aws, creation, {}, 128),
    documentVersion: inputs.documentVersion ?? "$DEFAULT",
  }),
});

const contentSchema = z.looseObject({
  parameters: z
    .record(
      z.string(),
      z.looseObject({ default: z.unknown().optional(), allowedPattern: z.string().optional() }),
    )
    .default({}),
});

/** Every parameter has to be the document's, and every one without a default has to be given. */
function parametersProblem(content = "{}", given: Readonly<Record<string, string>>): string | undefined {
  const { parameters } = contentSchema.parse(JSON.parse(content));
  const strange = Object.keys(given).find((name) => !(name in parameters));
  if (strange !== undefined) return `the document has no parameter "${strange}"`;
  for (const [name, { default: preset, allowedPattern }] of Object.entries(parameters)) {
    const value = given[name];
    if (value === undefined && preset === undefined) return `the parameter "${name}" is missing`;
    if (value !== undefined && allowedPattern !== undefined && !new RegExp(allowedPattern).test(value))
      return `the parameter "${name}" does not match "${allowedPattern}"`;
  }
  return undefined;
}

function scheduleProblem(expression: string | undefined): string | undefined {
  if (expression === undefined || /^(cron|at)\(.+\)$/.test(expression)) return undefined;
  const [, count, unit] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression) ?? [];
  const minutes = Number(count) * (unit?.startsWith("minute") ? 1 : 60);
  if (count !== undefined && minutes >= shortestRate) return undefined;
  return `"${expression}" is not a schedule of an association: expected cron(…), or a rate of at least ${shortestRate} minutes`;
}
