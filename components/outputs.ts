/** The outputs of a component, in one place: its own fields. */
import * as pulumi from "@pulumi/pulumi";

/**
 * Every field of a component that is an Output, by name, in the order in which the constructor sets them; not the URN,
 * which each resource has. What a component registers and what its stack exports are the same.
 */
export function outputsOf(component: pulumi.ComponentResource): Record<string, pulumi.Output<unknown>> {
  const outputs: Record<string, pulumi.Output<unknown>> = {};
  for (const [name, value] of Object.entries(component)) {
    if (name !== "urn" && pulumi.Output.isInstance(value)) outputs[name] = value;
  }
  return outputs;
}
