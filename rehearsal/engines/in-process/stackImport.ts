/** Reads a deployment out of `pulumi stack export --show-secrets`. */
import { z } from "zod";
import { nameOfUrn } from "../../../facts/urn";
import { isRecord } from "../../../facts/record";
import type { Properties } from "../../aws/accountContext";
import { Deployment, type ResourceState } from "./deployment";
import { rewrite, secretSignature, signatureKey } from "./wire";

const properties = z.record(z.string(), z.unknown()).default({});

const exported = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          type: z.string(),
          custom: z.boolean(),
          id: z.string().optional(),
          parent: z.string().optional(),
          protect: z.boolean().optional(),
          dependencies: z.array(z.string()).nullish(),
          propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
          inputs: properties,
          outputs: properties,
        }),
      )
      .default([]),
  }),
});

const plaintext = z.object({ [signatureKey]: z.literal(secretSignature), plaintext: z.string() });

/** An export marks a secret beside its JSON text; the wire, around its value. */
function asWire(values: Properties): Properties {
  const rewritten = rewrite(values, (value) => {
    const secret = plaintext.safeParse(value);
    if (!secret.success) return undefined;
    const opened: unknown = JSON.parse(secret.data.plaintext);
    return { [signatureKey]: secretSignature, value: opened };
  });
  return isRecord(rewritten) ? rewritten : {};
}

/** @param text what the CLI printed, secrets shown */
export function importStack(project: string, stack: string, text: string): Deployment {
  const { resources } = exported.parse(JSON.parse(text)).deployment;
  const states = resources.map(
    ({ inputs, outputs, dependencies, propertyDependencies, ...resource }): ResourceState => ({
      ...resource,
      name: nameOfUrn(resource.urn),
      inputs: asWire(inputs),
      outputs: asWire(outputs),
      dependencies: dependencies ?? [],
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies ?? {}).map(([property, on]) => [property, on ?? []]),
      ),
    }),
  );
  const root = states.find(({ type }) => type === "pulumi:pulumi:Stack");
  return new Deployment({ project, stack, resources: states, outputs: root?.outputs ?? {} });
}
