/** Tags as EC2 and Elastic Load Balancing take them. */
import { z } from "zod";
import { isRecord } from "../../facts/record";
import type { Properties } from "./accountContext";
import { AwsError } from "./awsError";

const maxTags = 50;
const maxKeyLength = 128;
const maxValueLength = 256;

/** Inputs that every taggable resource has. */
export const tagged = z.looseObject({
  tags: z.record(z.string(), z.string()).optional(),
  tagsAll: z.record(z.string(), z.string()).optional(),
});

/**
 * The tag outputs of a resource: `tagsAll` holds the provider's default tags too, where there are any.
 * More than 50 tags, reserved or over-long ones are refused.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
 */
export function tagOutputs(inputs: Properties): {
  tags: Record<string, string>;
  tagsAll: Record<string, string>;
} {
  const tags = textsOf(inputs["tags"]);
  const tagsAll = { ...tags, ...textsOf(inputs["tagsAll"]) };
  const entries = Object.entries(tagsAll);
  if (entries.length > maxTags) {
    throw new AwsError(
      "TagLimitExceeded",
      `a resource takes at most ${maxTags} tags; ${entries.length} were given`,
    );
  }
  for (const [key, value] of entries) {
    if (/^aws:/i.test(key)) {
      throw new AwsError("InvalidParameterValue", `Tag keys starting with 'aws:' are reserved: "${key}"`);
    }
    if (key === "" || key.length > maxKeyLength) {
      throw new AwsError(
        "InvalidParameterValue",
        `Tag key "${key}" has ${key.length} characters; expected 1 to ${maxKeyLength}`,
      );
    }
    if (value.length > maxValueLength) {
      throw new AwsError(
        "InvalidParameterValue",
        `the value of tag "${key}" has ${value.length} characters; at most ${maxValueLength} are allowed`,
      );
    }
  }
  return { tags, tagsAll };
}

function textsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
