/** Keys of other packages: those that the program needs, and those that are slips of ours and would be ignored. */
import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { expectedExample, type Problem } from "../schema/problems";

/** Keys of the AWS provider that the stack files hold. */
export const awsKeys = ["aws:region", "aws:defaultTags"];

/**
 * Keys of no package of ours that look like one of ours. Pulumi hands them to the package that they name, so there would
 * be no word about them.
 * @param ours the full keys that are known
 */
export function lookAlikeProblems(
  keys: readonly string[],
  project: string,
  ours: readonly string[],
): Problem[] {
  return keys.flatMap((full) => {
    if (full.startsWith(`${project}:`) || ours.includes(full)) return [];
    const [nearest] = [...ours].sort((a, b) => distance(full, a) - distance(full, b) || (a < b ? -1 : 1));
    const namespace = full.slice(0, Math.max(0, full.indexOf(":")));
    if (nearest === undefined || (!resembles(namespace, project) && distance(full, nearest) > 2)) return [];
    return [
      { path: [full], message: `is not a key of ${project}; did you mean ${JSON.stringify(nearest)}?` },
    ];
  });
}

function resembles(namespace: string, project: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const [one, other] = [plain(namespace), plain(project)];
  return one.length >= 4 && (other.includes(one) || one.includes(other) || distance(one, other) <= 2);
}

const defaultTags = z.looseObject({ tags: z.record(z.string(), z.unknown()).default({}) });

/** What is wrong with aws:defaultTags. */
export function defaultTagProblems(json: string | undefined): Problem[] {
  if (json === undefined || json === "") return [];
  const value = parsed(json);
  const read = defaultTags.safeParse(value);
  const example = { tags: { owner: "you" } };
  if (!read.success)
    return [
      {
        path: ["aws:defaultTags"],
        value,
        message: `is not an object with tags; ${expectedExample(example)}`,
      },
    ];
  const tags = Object.entries(read.data.tags);
  const tooMany = {
    path: ["aws:defaultTags", "tags"],
    message: `has ${tags.length} tags; expected at most ${mostDefaultTags}: a resource holds ${tagsOfAResource}, and some have their own`,
  };
  return [
    ...(tags.length > mostDefaultTags ? [tooMany] : []),
    ...tags.flatMap(([name, tag]) => {
      const message = tagProblem(name, tag);
      return message === undefined ? [] : [{ path: ["aws:defaultTags", "tags", name], value: tag, message }];
    }),
  ];
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
const tagsOfAResource = 50;
/** The GitLab host has two tags of its own. */
const mostDefaultTags = tagsOfAResource - 2;
/** What IAM takes, the strictest (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html). */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function tagProblem(name: string, value: unknown): string | undefined {
  if (typeof value !== "string") return `is not a text (in quotes); ${expectedExample("you")}`;
  if (/^aws:/i.test(name)) return "has a key that begins with aws:, which AWS keeps to itself; take another";
  if (name.length < 1 || name.length > 128)
    return `has a key of ${name.length} characters; expected 1 to 128`;
  if (value.length > 256) return `has ${value.length} characters; expected at most 256`;
  return tagText.test(name) && tagText.test(value)
    ? undefined
    : "has a character that AWS takes in no tag; expected letters, digits, spaces and _ . : / = + - @";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
