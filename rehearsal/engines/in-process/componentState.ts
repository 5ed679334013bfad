/** What a remote component answers with. */
import * as pulumi from "@pulumi/pulumi";
import type { Properties } from "../../aws/accountContext";

/** A component's outputs, and the URNs of the resources that each was computed from. */
export interface ComponentState {
  outputs: Properties;
  dependencies: ReadonlyMap<string, string[]>;
}

/** Reads the outputs as a provider of the SDK does: those that wait for a resource still say which one it is. */
export async function componentState(label: string, state: pulumi.Inputs): Promise<ComponentState> {
  const [outputs, resources] = await pulumi.runtime.serializeResourceProperties(label, state);
  const dependencies = [...resources].map(
    async ([key, all]) => [key, await Promise.all([...all].map(urnOf))] as const,
  );
  return { outputs, dependencies: new Map(await Promise.all(dependencies)) };
}

/** The URN, once the resource has one. */
export function urnOf({ urn }: pulumi.Resource): Promise<string> {
  return new Promise((resolve) => urn.apply(resolve));
}
