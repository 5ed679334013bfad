/** Finds policies of resources, wherever in their properties they stand. */
import { isRecord } from "../../facts/record";
import { readBroadly, type BroadStatement } from "../iam/broadPolicy";
import { strictlyParsed } from "./json";
import { Secret, Unknown, type StackResource, type Value } from "./snapshot";

/** Policies in a resource's properties, and every other text. */
export function policyDocuments({ inputs, outputs }: StackResource): {
  readonly policies: readonly (readonly BroadStatement[])[];
  readonly texts: readonly string[];
} {
  const policies = new Map<string, readonly BroadStatement[]>();
  const texts = new Set<string>();
  const visit = (value: Value): void => {
    if (typeof value === "string") {
      const document = /^\s*\{/.test(value) ? strictlyParsed(value) : undefined;
      const statements = isRecord(document) ? readBroadly(document) : undefined;
      if (statements === undefined) texts.add(value);
      else policies.set(value, statements);
    } else if (
      typeof value === "object" &&
      value !== null &&
      !(value instanceof Secret) &&
      !(value instanceof Unknown)
    ) {
      const statements = readBroadly(value);
      if (statements !== undefined) policies.set(JSON.stringify(value), statements);
      else Object.values<Value>(value).forEach(visit);
    }
  };
  for (const value of [...Object.values(inputs), ...Object.values(outputs)]) visit(value);
  return { policies: [...policies.values()], texts: [...texts] };
}
