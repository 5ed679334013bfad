/** What a stack holds after it was deployed: its resources and outputs, secrets still marked. */
import { isRecord } from "../../../facts/record";
import type { Properties } from "../../aws/accountContext";
import { containsSecret, open } from "./wire";

/** One resource. Inputs and outputs are in wire form: a secret is a marked object, and so is an unknown. */
export interface ResourceState {
  urn: string;
  type: string;
  name: string;
  custom: boolean;
  id?: string;
  inputs: Properties;
  outputs: Properties;
  parent?: string;
  provider?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  deleteBeforeReplace?: boolean;
  ignoreChanges?: string[];
  additionalSecretOutputs?: string[];
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  external?: boolean;
}

/** What a deployment is made of. */
export type Deployed = Pick<Deployment, "project" | "stack" | "resources" | "outputs"> &
  Partial<Pick<Deployment, "warnings" | "fullName">>;

export class Deployment {
  readonly project: string;
  readonly stack: string;
  /** In the order in which they were made, so that whatever a resource needs comes before it. */
  readonly resources: readonly ResourceState[];
  /** Stack outputs in wire form. */
  readonly outputs: Properties;
  /** What the program logged as a warning. */
  readonly warnings: readonly string[];
  /** What a StackReference finds it by. */
  readonly fullName: string;

  constructor({ project, stack, resources, outputs, warnings = [], fullName }: Deployed) {
    this.project = project;
    this.stack = stack;
    this.resources = resources;
    this.outputs = outputs;
    this.warnings = warnings;
    this.fullName = fullName ?? `organization/${project}/${stack}`;
  }

  /** The value of a stack output, opened if it is a secret; undefined if there is none of that name. */
  output(name: string): unknown {
    return open(this.outputs[name]);
  }

  secretOutputNames(): string[] {
    return Object.keys(this.outputs)
      .filter((name) => containsSecret(this.outputs[name]))
      .sort();
  }

  ofType(type: string): ResourceState[] {
    return this.resources.filter((r) => r.type === type);
  }

  /** The one resource of that type and name. Throws when there is none. */
  resource(type: string, name: string): ResourceState {
    const found = this.ofType(type).find((r) => r.name === name);
    if (found) return found;
    const names = this.ofType(type).map((r) => r.name);
    throw new Error(`no ${type} "${name}" in ${this.stack}; there are: ${names.join(", ") || "none"}`);
  }
}

/** Reads the string at a path of a property bag, secrets opened. Throws when there is none. */
export function textAt(properties: Properties, ...path: string[]): string {
  let value: unknown = open(properties);
  for (const key of path) value = isRecord(value) ? value[key] : undefined;
  if (typeof value !== "string") throw new Error(`there is no text at ${path.join(".")}`);
  return value;
}
