/** The building blocks of the schemas of arguments: zod schemas that say in one sentence what is wrong, and show an example. */
import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { isRecord } from "../../facts/record";
import type { Limits } from "../limits";
import { isEventual } from "./eventual";
import { expectedExample, unknownName, withExample, type Path } from "./problems";

/** "is missing", or that a value is not of its kind; with an example. */
function typeError(kind: string, example: unknown) {
  return (issue: { input?: unknown }) =>
    `${issue.input === undefined ? "is missing" : `is not ${kind}`}; ${expectedExample(example)}`;
}

/** A text with a rule of its own: `problem` says what is wrong with it, or nothing. */
export function text(example: string, problem: (value: string) => string | undefined) {
  return z.string({ error: typeError("a text (in quotes)", example) }).superRefine((value, context) => {
    const message = problem(value);
    if (message === undefined) return;
    context.addIssue({ code: "custom", input: value, message: withExample(message, example) });
  });
}

/** A text that matches a pattern; `kind` is what such a text is called. */
export function pattern(example: string, kind: string, form: RegExp) {
  return text(example, (value) => (form.test(value) ? undefined : `is not ${kind}`));
}

/** A whole number within limits. */
export function integer([least, most]: Limits, example: number) {
  const error = typeError(`a whole number from ${least} to ${most}`, example);
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** `true` or `false`. */
export function boolean(example: boolean) {
  return z.boolean({ error: typeError("true or false", example) });
}

/** One of a few words. */
export function word<const Words extends readonly [string, ...string[]]>(...words: Words) {
  const list = words.map((each) => JSON.stringify(each)).join(" or ");
  return z.enum(words, {
    error: (issue) => `${issue.input === undefined ? "is missing" : "is not known here"}; expected ${list}`,
  });
}

/** The one word that makes a value take this form; `all` names the other forms' words too. */
export function literal<const Word extends string>(only: Word, all: readonly string[]) {
  const list = all.map((each) => JSON.stringify(each)).join(" or ");
  return z.literal(only, { error: `is not known here; expected ${list}` });
}

/** A list of at least `least` items; where `distinct` is given, no two items may have the same mark. */
export function list<Item extends z.ZodType>(
  item: Item,
  example: readonly unknown[],
  least: number,
  distinct: (value: z.output<Item>) => string | undefined,
) {
  const error = typeError("a list", example);
  const items = z.array(item, { error });
  return items.superRefine(
    (values, context) => {
      if (values.length < least) {
        const message = `${values.length === 0 ? "is missing" : `has fewer than ${least} items`}; ${expectedExample(example)}`;
        context.addIssue({ code: "custom", input: values.length === 0 ? undefined : values, message });
      }
      const unsound = new Set(context.issues.map(({ path }) => path?.[0]));
      const seen = new Set<string>();
      for (const [index, value] of values.entries()) {
        const mark = unsound.has(index) ? undefined : distinct(value);
        if (mark === undefined) continue;
        if (seen.has(mark)) {
          const message = "is in the list twice; keep one of them";
          context.addIssue({ code: "custom", path: [index], input: value, message });
        }
        seen.add(mark);
      }
    },
    // What is wrong with one item says nothing of the others.
    { when: ({ issues }) => issues.every(({ path }) => path !== undefined && path.length > 0) },
  );
}

/** A list of at least `least` distinct texts. */
export function distinctTexts<Item extends z.ZodType<string>>(
  item: Item,
  example: readonly string[],
  least: number,
) {
  return list(item, example, least, (value) => value);
}

/** An object with these keys and no other; what is unknown is reported with the nearest known name. */
export function object<Shape extends z.ZodRawShape>(shape: Shape, example: unknown) {
  const known = Object.keys(shape);
  const wrongType = typeError("an object", example);
  return z.strictObject(shape, {
    error: (issue) =>
      // One line for each key, in the order of `keys`: what reads the issues takes them apart again.
      issue.code === "unrecognized_keys" && Array.isArray(issue.keys)
        ? issue.keys.map((key) => unknownName(key, known)).join("\n")
        : wrongType(issue),
  });
}

/** A schema chosen by a look at the value, where a value has several forms. */
export function choose<Schema extends z.ZodType>(pick: (value: Readonly<Record<string, unknown>>) => Schema) {
  return z.custom<z.input<Schema>>().transform((value: unknown, context): z.output<Schema> => {
    const parsed = pick(isRecord(value) ? value : {}).safeParse(value, { reportInput: true });
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const { path, input, message } = issue;
      if (issue.code === "unrecognized_keys") {
        context.addIssue({ code: issue.code, keys: issue.keys, path, message });
      } else {
        context.addIssue({ code: "custom", path, input, message });
      }
    }
    return z.NEVER;
  });
}

/** Reports a problem at a place inside the value that a rule is about. */
export type Report = (path: Path, value: unknown, message: string) => void;

/** A rule over several keys of an object. */
export interface Rule<Value> {
  keys: readonly (keyof Value & string)[];
  check: (value: Value, problem: Report) => void;
}

/**
 * The schema with rules over several keys of the object. A rule runs whenever its keys are sound by themselves,
 * whatever is wrong with the others: so one run reports as much as can be known.
 */
export function withRules<Schema extends z.ZodType>(
  schema: Schema,
  ...rules: readonly Rule<z.output<Schema>>[]
): Schema {
  return rules.reduce(
    (ruled, { keys, check }) =>
      ruled.superRefine(
        (value, context) => {
          check(value, (path, input, message) => {
            context.addIssue({ code: "custom", path: [...path], input, message });
          });
        },
        {
          when: ({ issues }) =>
            issues.every(({ path }) => path?.[0] !== undefined && !keys.some((key) => key === path[0])),
        },
      ),
    schema,
  );
}

/** A text that Pulumi may know only later. `plain` says what it must be where it is known already. */
export function eventually(plain: z.ZodType<string>) {
  return z.custom<Input<string>>().superRefine((value: unknown, context) => {
    if (isEventual(value)) return;
    const { error } = plain.safeParse(value, { reportInput: true });
    for (const { path, input, message } of error?.issues ?? [])
      context.addIssue({ code: "custom", path, input, message });
  });
}
