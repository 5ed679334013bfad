/** Systems Manager's State Manager: what runs documents on instances, again and again. */
import { z } from "zod";
import { derivedUuid } from "../derived";
import { physicalName } from "../names";
import { AwsError, kind, type AccountContext, type Created, type Creation, type Service } from "../service";
import type { Ssm } from "./ssm";
import { tagged, tagOutputs } from "../tags";

/** What an association runs, where and with what. */
export interface Association {
  id: string;
  /** Name of the document. */
  document: string;
  instanceIds: string[];
  parameters: Record<string, string>;
  schedule: string | undefined;
}

const associationSchema = z.looseObject({
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
});

/** State Manager runs at most every 30 minutes (API reference, CreateAssociation, and "Working with associations"). */
const shortestRate = 30;

export class SsmAssociations implements Service {
  readonly #associations = new Map<string, Association>();

  constructor(
    private readonly context: AccountContext,
    private readonly ssm: Ssm,
  ) {}

  readonly kinds = {
    "aws:ssm/association:Association": kind(associationSchema, (inputs, creation) =>
      this.#create(inputs, creation),
    ),
  };

  list(): Association[] {
    return [...this.#associations.values()];
  }

  #create(inputs: z.infer<typeof associationSchema>, creation: Creation): Created {
    const document = this.ssm.document(inputs.name);
    if (!document) throw new AwsError("InvalidDocument", `the document "${inputs.name}" does not exist`);
    // Nobody asks whether there are such instances: a target that matches none runs nowhere.
    const instanceIds = inputs.targets.flatMap(({ key, values }) => (key === "InstanceIds" ? values : []));
    checkParameters(document.content, inputs.parameters);
    checkSchedule(inputs.scheduleExpression);
    const associationName = inputs.associationName ?? physicalName(this.context, creation, {}, 128);
    const id = derivedUuid(this.context, "association", creation.name);
    this.#associations.set(id, {
      ...{ id, document: document.name, instanceIds, parameters: inputs.parameters },
      schedule: inputs.scheduleExpression,
    });
    return {
      id,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn: this.context.arn("ssm", `association/${id}`),
        associationId: id,
        associationName,
        documentVersion: inputs.documentVersion ?? "$DEFAULT",
        region: this.context.region,
      },
    };
  }
}

const contentSchema = z.looseObject({
  parameters: z
    .record(
      z.string(),
      z.looseObject({ default: z.unknown().optional(), allowedPattern: z.string().optional() }),
    )
    .default({}),
});

/** Every parameter has to be the document's, and every one without a default has to be given. */
function checkParameters(content: string, given: Readonly<Record<string, string>>): void {
  const { parameters } = contentSchema.parse(JSON.parse(content));
  const strange = Object.keys(given).find((name) => !(name in parameters));
  if (strange !== undefined)
    throw new AwsError("InvalidParameters", `the document has no parameter "${strange}"`);
  for (const [name, { default: preset, allowedPattern }] of Object.entries(parameters)) {
    const value = given[name];
    if (value === undefined && preset === undefined)
      throw new AwsError("InvalidParameters", `the parameter "${name}" is missing`);
    if (value !== undefined && allowedPattern !== undefined && !new RegExp(allowedPattern).test(value))
      throw new AwsError("InvalidParameters", `the parameter "${name}" does not match "${allowedPattern}"`);
  }
}

function checkSchedule(expression: string | undefined): void {
  if (expression === undefined || /^(cron|at)\(.+\)$/.test(expression)) return;
  const [, count, unit] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression) ?? [];
  const minutes = Number(count) * (unit?.startsWith("minute") ? 1 : 60);
  if (count === undefined || minutes < shortestRate)
    throw new AwsError(
      "InvalidSchedule",
      `"${expression}" is no schedule of an association: expected cron(…), or a rate of at least ${shortestRate} minutes`,
    );
}
