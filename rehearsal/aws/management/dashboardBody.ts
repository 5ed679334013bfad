/**
 * What CloudWatch asks of a dashboard's body.
 *
 * Widgets other than graphs of metrics and texts are refused, so that none is ever misread.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
import { z } from "zod";
import { parseJson, problemsOf } from "../json";

const name = z.string().min(1).max(255);
const options = z.looseObject({
  id: z
    .string()
    .regex(/^[a-z]\w*$/)
    .optional(),
  expression: z.string().max(1024).optional(),
  label: z.string().optional(),
  stat: z.string().optional(),
});

/** `[namespace, name, dimension, value, …, options]`, or `[{ expression }]`. */
const metric = z.array(z.union([name, options])).superRefine((parts, context) => {
  const texts = parts.filter((part) => typeof part === "string");
  const objects = parts.filter((part) => typeof part !== "string");
  const isExpression = objects[0]?.expression !== undefined;
  const isSound = isExpression
    ? parts.length === 1
    : texts.length >= 2 && texts.length % 2 === 0 && objects.length <= 1;
  const isLast = objects.length === 0 || typeof parts.at(-1) !== "string";
  if (!isSound || !isLast)
    context.addIssue("a metric is [namespace, name, dimension, value, …, options] or [{expression}]");
});

const place = { width: z.number().int().min(1).max(24), height: z.number().int().min(1).max(1000) };
const corner = { x: z.number().int().min(0).max(23), y: z.number().int().min(0) };
const widget = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("metric"),
      ...place,
      ...corner,
      properties: z.strictObject({
        region: z.string().regex(/^[a-z]+(-[a-z]+)+-\d$/),
        metrics: z.array(metric).nonempty(),
        title: z.string().optional(),
        view: z.enum(["timeSeries", "singleValue", "gauge", "bar", "pie", "table"]).default("timeSeries"),
        stacked: z.boolean().optional(),
        stat: z.string().optional(),
        period: z
          .number()
          .int()
          .refine((seconds) => seconds % 60 === 0, "period must be a multiple of 60")
          .optional(),
        yAxis: z.looseObject({}).optional(),
      }),
    }),
    z.strictObject({
      type: z.literal("text"),
      ...place,
      ...corner,
      properties: z.strictObject({ markdown: z.string() }),
    }),
  ])
  .refine(({ x, width }) => x + width <= 24, "x and width together are more than 24");

const bodySchema = z.strictObject({
  start: z.string().optional(),
  periodOverride: z.enum(["auto", "inherit"]).optional(),
  widgets: z.array(widget).max(500),
});

/** What is wrong with a body; undefined where nothing is. */
export function dashboardProblem(body: string): string | undefined {
  const json = parseJson(body);
  if (json === undefined) return "its body is not valid JSON";
  const parsed = bodySchema.safeParse(json);
  return parsed.success ? undefined : problemsOf(parsed.error, "(body)");
}
