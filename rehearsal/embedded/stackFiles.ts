/** The configuration of a stack, as the engine computes it from Pulumi.yaml and Pulumi.<stack>.yaml. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const projectFile = z.looseObject({
  name: z.string(),
  config: z.record(z.string(), z.looseObject({ default: z.unknown().optional() })).default({}),
});
const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The project's name. */
export function projectName(root: string): string {
  return projectFile.parse(parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"))).name;
}

/**
 * Full keys to text: the defaults of Pulumi.yaml, then the stack's own values, then `overrides` (full keys to values).
 * A key of Pulumi.yaml without a namespace belongs to the project. Throws when a key has neither default nor value, as
 * the engine does.
 */
export function stackConfig(
  root: string,
  stack: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
  const project = projectFile.parse(parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")));
  const own = stackFile.parse(parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8"))).config;
  const given = { ...own, ...overrides };
  const values: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(project.config)) {
    const key = name.includes(":") ? name : `${project.name}:${name}`;
    const value = given[key] ?? declared.default;
    if (value === undefined) throw new Error(`Stack '${stack}' is missing configuration value '${key}'`);
    values[key] = value;
  }
  return Object.fromEntries(
    Object.entries({ ...values, ...given }).map(([key, value]) => [key, asText(value)]),
  );
}
