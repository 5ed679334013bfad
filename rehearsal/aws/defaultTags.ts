/** The AWS provider's default tags: it adds them to whatever takes tags, and shows the result as `tagsAll`. */
import { z } from "zod";
import { isRecord } from "../../facts/record";
import type { Properties } from "./accountContext";

const configuration = z.object({ tags: z.record(z.string(), z.string()).default({}) });

/** @param json the provider's configuration `defaultTags`; undefined when it has none */
export function readDefaultTags(json: string | undefined): Record<string, string> {
  return json === undefined ? {} : configuration.parse(JSON.parse(json)).tags;
}

/**
 * A resource's outputs with the default tags in each `tagsAll`: its own, if it takes tags, and that of a part of it
 * that does, such as an instance's root volume. Tags of their own win.
 */
export function withDefaultTags(
  outputs: Properties,
  defaultTags: Readonly<Record<string, string>>,
): Properties {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => {
      if (!isRecord(value)) return [key, value];
      return [key, key === "tagsAll" ? { ...defaultTags, ...value } : withDefaultTags(value, defaultTags)];
    }),
  );
}
