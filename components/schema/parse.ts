/** Holds a value to a schema. */
import type { z } from "zod";
import type { Problem } from "./problems";

/** The value as the schema has it, with its defaults; or everything that is wrong with it. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { data: z.output<Schema> } | { problems: Problem[] } {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { data: result.data };
  return {
    problems: result.error.issues.flatMap((issue): Problem[] => {
      const { path, input, message } = issue;
      if (issue.code !== "unrecognized_keys") return [{ path, value: input, message }];
      const messages = message.split("\n");
      return issue.keys.map((key, index) => ({ path: [...path, key], message: messages[index] ?? "" }));
    }),
  };
}
