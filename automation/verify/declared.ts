/** The file of `--declared`: what no state shows. */
import { z } from "zod";
import type { Declared } from "../../isolation/model/deployment";
import { NotJson, readJson, readTextFile } from "../textFile";
import { UsageError } from "../usageError";

const texts = z.array(z.string("must be a text"), "must be a list of texts");
const text = z.string("must be a text");

const declared = z.strictObject({
  workTerminalCidrs: texts,
  isolatedTerminalCidrs: texts,
  deployerArns: texts,
  breakGlassArns: texts,
  references: texts,
  repositoryArns: texts,
  pushUser: text,
  pullUser: text,
  serviceControlPolicyAttached: z.boolean("must be true or false"),
  accepted: z.array(
    z.strictObject(
      {
        urn: text.startsWith("urn:pulumi:", "must be a resource's URN, as --json prints it"),
        reason: text.min(1, "must say why"),
      },
      "must be an object with urn and reason",
    ),
    "must be a list",
  ),
} satisfies Record<keyof Declared, unknown>);

/** @throws UsageError for a file that cannot be used */
export async function readDeclared(file: string | undefined): Promise<Partial<Declared>> {
  if (file === undefined) return {};
  const fail = (problems: readonly string[]) =>
    new UsageError(
      `${file}: ${problems.join("; ")}; expected a JSON object with any of ${Object.keys(declared.shape).join(", ")}.`,
    );
  let given: unknown;
  try {
    given = readJson(await readTextFile(file));
  } catch (error) {
    throw error instanceof NotJson ? fail([error.message]) : error;
  }
  const read = declared.partial().safeParse(given);
  if (read.success) return read.data;
  throw fail(
    read.error.issues.map(({ code, path, message, ...issue }) => {
      if (code === "unrecognized_keys" && "keys" in issue)
        return `has the unknown key "${issue.keys.join('", "')}"`;
      return path.length === 0 ? "is not an object" : `${path.join(".")} ${message}`;
    }),
  );
}
