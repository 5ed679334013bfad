/** What is wrong with arguments, as their component says it. */
import type { z } from "zod";
import { parse } from "../../components/schema/parse";
import { renderProblems } from "../../components/schema/problems";

/** One line for each problem; none when the arguments are taken. */
export function problemLines(schema: z.ZodType, args: unknown): string[] {
  const parsed = parse(schema, args);
  return "data" in parsed ? [] : renderProblems(parsed.problems, []).map(({ text }) => text);
}

/** The part of a line that says where the problem is. */
export function pathOf(line: string): string {
  return line.slice(0, line.indexOf(": "));
}
