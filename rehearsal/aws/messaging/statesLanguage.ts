/**
 * What Step Functions asks of a definition in the Amazon States Language.
 * Known here are tasks that call AWS's services, with JSONata; other states and JSONPath are refused, so that none is ever
 * misread.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
import { z } from "zod";
import { parseJson, problemsOf } from "../json";

const name = z.string().min(1).max(80);

/** Every text that begins or ends as an expression is one, whole. */
const value: z.ZodType = z.lazy(() =>
  z.union([
    z.string().refine((text) => !/^\{%|%\}$/.test(text) || /^\{%[^]*\S[^]*%\}$/.test(text), {
      message: "is not a whole {% expression %}",
    }),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(value),
    z.record(z.string(), value),
  ]),
);

const task = z.strictObject({
  Type: z.literal("Task"),
  Comment: z.string().optional(),
  Resource: z.string().regex(/^arn:aws:states:::aws-sdk:[a-z0-9]+:[a-z][A-Za-z0-9]*$/),
  Arguments: value.optional(),
  Output: value.optional(),
  Retry: z
    .array(
      z.strictObject({
        ErrorEquals: z.array(z.string()).nonempty(),
        IntervalSeconds: z.number().int().min(1).optional(),
        MaxAttempts: z.number().int().min(0).optional(),
        BackoffRate: z.number().min(1).optional(),
      }),
    )
    .optional(),
  TimeoutSeconds: z.number().int().min(1).optional(),
  Next: name.optional(),
  End: z.literal(true).optional(),
});

const definitionSchema = z.strictObject({
  Comment: z.string().optional(),
  QueryLanguage: z.literal("JSONata"),
  StartAt: name,
  TimeoutSeconds: z.number().int().min(1).optional(),
  States: z.record(name, task),
});

/** What is wrong with a definition; undefined where nothing is. */
export function statesProblem(definition: string): string | undefined {
  const json = parseJson(definition);
  if (json === undefined) return "it is not valid JSON";
  const parsed = definitionSchema.safeParse(json);
  if (!parsed.success) return problemsOf(parsed.error, "(definition)");
  const { StartAt, States } = parsed.data;
  const seen = new Set<string>();
  for (let at: string | undefined = StartAt; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const state: z.infer<typeof task> | undefined = States[at];
    if (state === undefined) return `MISSING_TRANSITION_TARGET: there is no state "${at}"`;
    if ((state.Next === undefined) === (state.End === undefined))
      return `the state "${at}" must have either Next or End`;
    at = state.Next;
  }
  const lost = Object.keys(States).find((one) => !seen.has(one));
  return lost === undefined ? undefined : `the state "${lost}" is never reached`;
}
