/**
 * A resource type of a stand-in account as one declaration: its inputs, what AWS refuses, its id and outputs, and which
 * changes replace it. Updates and deletions need no declaration: the ledger derives them from creation.
 */
import { z } from "zod";
import type { AccountContext, Created, Creation, Properties } from "./accountContext";
import { AwsError } from "./awsError";
import { problemsOf } from "./json";
import type { LookUp } from "./lookups";
import { physicalName } from "./names";
import type { Replacement } from "./replacement";
import { tagOutputs } from "./tags";

/** A resource type as the account knows it. */
export interface Resource {
  /** Pulumi's type token. */
  readonly type: string;
  /** Throws an AwsError when AWS would refuse. */
  create(aws: AccountContext, creation: Creation): Created | Promise<Created>;
  /** Whether the change of this input, from old inputs to new ones, replaces the resource. */
  isReplacedBy(input: string, olds: Properties, news: Properties): boolean;
}

/** The resource types and functions of services that belong together. */
export interface Family {
  readonly resources: readonly Resource[];
  readonly lookUps?: readonly LookUp[];
}

/** A resource that is asked for. */
export interface Request<Inputs> {
  readonly aws: AccountContext;
  readonly creation: Creation;
  readonly inputs: Inputs;
  /** Its name in AWS, given or made up; empty for a type without one. */
  readonly name: string;
}

/** A resource that AWS does not refuse. */
export interface Accepted<Inputs> extends Request<Inputs> {
  readonly id: string;
  /** Empty for a type without one. */
  readonly arn: string;
}

/** AWS's error code and the problem, if there is one; or a function that throws its own AwsError. */
export type Check<Inputs> =
  | readonly [code: string, problem: (request: Request<Inputs>) => string | false | undefined]
  | ((request: Request<Inputs>) => unknown);

/** How one resource type behaves. The functions are called in the order in which they are listed here. */
export interface Declaration<Schema extends z.ZodObject> {
  type: string;
  /** Other inputs are refused with a ValidationException that names each property. */
  inputs: Schema;
  /** Outputs of features that a request may leave alone. */
  defaults?: Properties;
  replaces: Replacement;
  /** How long the name may be, where inputs or Pulumi name the resource. */
  longestName?: number;
  checks?: readonly Check<z.infer<Schema>>[];
  id: (request: Request<z.infer<Schema>>) => string;
  arn?: (request: Request<z.infer<Schema>> & { id: string }) => string;
  /** Puts the resource where others find it. */
  keep?: (resource: Accepted<z.infer<Schema>>) => unknown;
  /** Outputs besides the inputs, the tags, the name, the ARN and the region. */
  outputs?: (resource: Accepted<z.infer<Schema>>) => Properties | Promise<Properties>;
}

/** @see Declaration */
export function resource<Schema extends z.ZodObject>(declaration: Declaration<Schema>): Resource {
  const { type, replaces } = declaration;
  return {
    type,
    create: (aws, creation) => create(declaration, aws, creation),
    isReplacedBy: (input, olds, news) =>
      typeof replaces === "function" ? replaces(input, olds, news) : replaces.includes(input),
  };
}

function create<Schema extends z.ZodObject>(
  declaration: Declaration<Schema>,
  aws: AccountContext,
  creation: Creation,
): Created | Promise<Created> {
  const inputs = parsedInputs(declaration.inputs, creation);
  const { longestName } = declaration;
  const plain: Properties = { ...inputs };
  const given = { name: textOf(plain["name"]), namePrefix: textOf(plain["namePrefix"]) };
  const name = longestName === undefined ? "" : physicalName(aws, creation, given, longestName);
  const request = { aws, creation, inputs, name };
  for (const check of declaration.checks ?? []) refuseIf(check, request);
  const id = declaration.id(request);
  const arn = declaration.arn?.({ ...request, id });
  const common: Properties = {
    ...declaration.defaults,
    ...plain,
    ...("tagsAll" in declaration.inputs.shape && tagOutputs(plain)),
    ...(arn !== undefined && { arn }),
    ...(longestName !== undefined && { name }),
    ...("namePrefix" in declaration.inputs.shape && { namePrefix: given.namePrefix ?? "" }),
    ...(isRegional(declaration.type) && { region: aws.region }),
  };
  const accepted = { ...request, id, arn: arn ?? "" };
  declaration.keep?.(accepted);
  const own = declaration.outputs?.(accepted);
  if (own instanceof Promise) return own.then((outputs) => ({ id, outputs: { ...common, ...outputs } }));
  return { id, outputs: { ...common, ...own } };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function refuseIf<Inputs>(check: Check<Inputs>, request: Request<Inputs>): void {
  if (typeof check === "function") {
    check(request);
    return;
  }
  const [code, problemOf] = check;
  const problem = problemOf(request);
  if (typeof problem === "string") throw new AwsError(code, problem);
}

function parsedInputs<Schema extends z.ZodObject>(schema: Schema, creation: Creation): z.infer<Schema> {
  const parsed = schema.safeParse(creation.inputs, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, "(inputs)");
  throw new AwsError("ValidationException", `${creation.type} "${creation.name}": ${problems}`);
}

/** Whether the resource is in the provider's region; global services are in all, and the utilities are in none. */
function isRegional(type: string): boolean {
  return type.startsWith("aws:") && !/^aws:(?:(?:iam|organizations)\/|route53\/record:)/.test(type);
}
