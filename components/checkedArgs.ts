/** Holds a component's arguments to their schema, before the first resource. */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { componentRefusal } from "./refusal";
import { parse } from "./schema/parse";
import { renderProblems, type Problem } from "./schema/problems";

/**
 * The arguments with their defaults.
 * @param name what is wrong with the component's name
 * @throws pulumi.ResourceError that lists everything that is wrong; then nothing is made
 */
export function checkedArgs<Schema extends z.ZodType>(
  component: pulumi.ComponentResource,
  schema: Schema,
  args: z.input<Schema>,
  name: readonly Problem[],
): z.output<Schema> {
  const parsed = parse(schema, args);
  const problems = [...name, ...("problems" in parsed ? parsed.problems : [])];
  if ("data" in parsed && problems.length === 0) return parsed.data;
  throw wrongArgs(component, problems);
}

/** The error that lists what is wrong with a component's arguments. */
export function wrongArgs(
  component: pulumi.ComponentResource,
  problems: readonly Problem[],
): pulumi.ResourceError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = renderProblems(problems, []).map(({ text }) => `  ${text}`);
  const title = `${count} in the arguments of this ${component.constructor.name}; nothing was made:`;
  return componentRefusal([title, ...lines].join("\n"), component);
}

/** What is wrong with a component's name; nothing where it matches. `kind` is what such a name is called. */
export function nameProblems(name: string, form: RegExp, kind: string): Problem[] {
  return form.test(name) ? [] : [{ path: ["name"], value: name, message: `is not ${kind}` }];
}
