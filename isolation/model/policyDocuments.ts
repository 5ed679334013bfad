/** Finds policies of resources, wherever in their properties they stand. */
import { readBroadly, type BroadStatement } from "../iam/broadPolicy";
import { strictlyParsed } from "../../facts/json";
import { Secret, Unknown, type StackResource, type Value } from "./snapshot";
import { isProperties } from "./stack";

/** A policy document that Pulumi shows as JSON text or as an object; undefined for one that is not known. */
export function documentIn(property: Value | undefined): unknown {
  if (typeof property === "string") return strictlyParsed(property);
  return isProperties(property) ? property : undefined;
}

/** What it says, whatever its kind; undefined where the property holds no policy document that is known. */
export function statementsIn(property: Value | undefined): readonly BroadStatement[] | undefined {
  return readBroadly(documentIn(property));
}

/** Policies in a resource's properties, and every other text. */
export function policyDocuments({ inputs, outputs }: StackResource): {
  readonly policies: readonly (readonly BroadStatement[])[];
  readonly texts: readonly string[];
} {
  const policies = new Map<string, readonly BroadStatement[]>();
  const texts = new Set<string>();
  const visit = (value: Value): void => {
    if (typeof value === "string") {
      const statements = /^\s*\{/.test(value) ? statementsIn(value) : undefined;
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
