/** Leaves open what a state says of a resource beyond what its readers understand, and what it should say and does not. */
import type { KnownProperties } from "../../facts/properties/knownProperties";
import { RESOURCE_PROPERTIES } from "../../facts/resourceProperties";
import { resourceType } from "../../facts/resourceTypes";
import { Secret, Unknown, type StackResource, type Value } from "./snapshot";
import { propertiesOf, type Stack } from "./stack";

/** Raises the gaps of every resource that is read, about all that its type can have a say in. */
export function closeWorld(stack: Stack): void {
  for (const resource of stack.resources) {
    const { isRead, concerns } = resourceType(resource.type);
    const known = RESOURCE_PROPERTIES.get(resource.type);
    const { unsure } = resource;
    stack.readFor(concerns, () => {
      if (unsure !== undefined && concerns.length > 0) stack.gap(resource, unsure);
      if (!isRead || resource.isComponent) return;
      if (known === undefined)
        throw new Error(`no properties are known of the type ${resource.type}, which is read`);
      for (const reason of problems(resource, known)) stack.gap(resource, reason);
    });
  }
}

function problems(resource: StackResource, { known, only, required }: KnownProperties): string[] {
  const properties = Object.entries(propertiesOf(resource)).filter(([name]) => !name.startsWith("__"));
  const set = new Map(properties.filter(([, value]) => !isUnset(value)));
  const strange = [...set.keys()].filter((name) => !known.has(name));
  const other = properties.filter(
    ([name, value]) => value !== null && value !== "" && only.get(name)?.includes(value) === false,
  );
  return [
    ...strange.map((name) => `its ${name} is not read`),
    ...other.map(([name]) => `its ${name} has a value that is not understood`),
    ...required
      .filter((name) => !properties.some(([one, value]) => one === name && value !== null && value !== ""))
      .map((name) => `its ${name} is missing`),
    ...unconfirmed(resource).map(
      (name) => `its ${name} was asked for, and the state does not say what became of it`,
    ),
  ];
}

/** What was given as an input, and of a resource that exists is not among its outputs. */
function unconfirmed({ id, inputs, outputs }: StackResource): string[] {
  if (id === undefined || Object.keys(outputs).length === 0) return [];
  return Object.entries(inputs)
    .filter(([name, value]) => !name.startsWith("__") && !isUnset(value) && !Object.hasOwn(outputs, name))
    .map(([name]) => name);
}

/** Whether a value, and all that it holds, says nothing. */
function isUnset(value: Value): boolean {
  if (value === null || value === false || value === "" || value === 0) return true;
  if (typeof value !== "object" || value instanceof Secret || value instanceof Unknown) return false;
  return Object.values<Value>(value).every(isUnset);
}
