/** The AWS provider's default tags: it adds them to whatever takes tags, and shows the result as `tagsAll`. */
import { z } from "zod";
import type { Properties } from "./service";

const configuration = z.object({ tags: z.record(z.string(), z.string()).default({}) });

/** @param json the provider's configuration `defaultTags`; undefined when it has none */
export function readDefaultTags(json: string | undefined): Record<string, string> {
  return json === undefined ? {} : configuration.parse(JSON.parse(json)).tags;
}

/** A resource's outputs with the default tags among `tagsAll`, if it takes tags; its own tags win. */
export function withDefaultTags(
  outputs: Properties,
  defaultTags: Readonly<Record<string, string>>,
): Properties {
  const own = z.record(z.string(), z.unknown()).safeParse(outputs["tagsAll"]);
  return own.success ? { ...outputs, tagsAll: { ...defaultTags, ...own.data } } : outputs;
}
