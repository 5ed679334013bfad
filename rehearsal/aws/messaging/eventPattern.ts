/**
 * EventBridge's event patterns: whether one is sound, and whether an event matches it.
 * Operators that nothing here uses (numeric, cidr, suffix, wildcard …) are refused, so that no pattern is ever misread.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { z } from "zod";
import { AwsError } from "../awsError";
import { parseJson } from "../json";

const leaf = z.union([z.string(), z.number(), z.boolean(), z.null()]);
type Leaf = z.infer<typeof leaf>;

const prefix = z.strictObject({ prefix: z.string() });
const exists = z.strictObject({ exists: z.boolean() });
const anythingBut = z.strictObject({
  "anything-but": z.union([z.string(), z.array(z.string()).nonempty(), prefix]),
});
const matcher = z.union([leaf, prefix, exists, anythingBut]);
type Matcher = z.infer<typeof matcher>;

/** Every level is an object, every leaf a list that is not empty; `$or` holds two patterns or more. */
export type EventPattern = { [field: string]: EventPattern | Matcher[] | EventPattern[] };
const level: z.ZodType<EventPattern> = z.lazy(() =>
  z.record(z.string(), z.union([z.array(matcher).nonempty(), z.array(level).min(2), level])),
);

/**
 * Characters, unless AWS has raised it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const longest = 2048;

/** @throws AwsError (InvalidEventPatternException) for what EventBridge would refuse, or nobody here could match */
export function parseEventPattern(text: string): EventPattern {
  const refuse = (why: string) =>
    new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${why}`);
  if (text.length > longest) throw refuse(`it has ${text.length} characters; at most ${longest} are allowed`);
  const json = parseJson(text);
  if (json === undefined) throw refuse("it is not valid JSON");
  const parsed = level.safeParse(json);
  if (!parsed.success)
    throw refuse("match values have to be lists that are not empty, of texts or operators known here");
  const wrong = misplacedOr(parsed.data);
  if (wrong !== undefined) throw refuse(wrong);
  return parsed.data;
}

function misplacedOr(pattern: EventPattern): string | undefined {
  for (const [field, value] of Object.entries(pattern)) {
    const isOr = Array.isArray(value) && value.every((each) => isLevel(each));
    if ((field === "$or") !== isOr)
      return field === "$or" ? "$or takes a list of patterns" : `"${field}" takes values, not patterns`;
    const inner = isOr ? value : isLevel(value) ? [value] : [];
    for (const each of inner) {
      const found = isLevel(each) ? misplacedOr(each) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** An object that is not an operator. */
function isLevel(value: unknown): value is EventPattern {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && !matcher.safeParse(value).success;
}

/** Whether an event matches: every field of the pattern does, by any of its values. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === "$or")
      return Array.isArray(wanted) && wanted.some((one) => isLevel(one) && matches(one, event));
    const given = valuesAt(event, field);
    if (isLevel(wanted))
      return (given.length > 0 ? given : [undefined]).some((each) => matches(wanted, each));
    return wanted.some((one) => !isLevel(one) && matchesAny(one, given));
  });
}

/** The values of a field; of a list of objects, that of each of them. */
function valuesAt(event: unknown, field: string): unknown[] {
  if (Array.isArray(event)) return event.flatMap((each) => valuesAt(each, field));
  if (typeof event !== "object" || event === null) return [];
  const value: unknown = Object.getOwnPropertyDescriptor(event, field)?.value;
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Only a leaf can match: a field that holds an object counts as absent. */
function matchesAny(one: Matcher, values: readonly unknown[]): boolean {
  const given = values.flatMap((value): Leaf[] => {
    const parsed = leaf.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
  if (typeof one !== "object" || one === null) return given.includes(one);
  if ("exists" in one) return given.length > 0 === one.exists;
  if ("prefix" in one) return given.some((value) => startsWith(value, one.prefix));
  const not = one["anything-but"];
  // An absent field matches no operator but `exists: false`.
  if (typeof not === "object" && "prefix" in not)
    return given.some((value) => !startsWith(value, not.prefix));
  return given.some((value) => ![not].flat().includes(String(value)));
}

function startsWith(value: Leaf, start: string): boolean {
  return typeof value === "string" && value.startsWith(start);
}
