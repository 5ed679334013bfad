/** What the interpreter reads of a stack's export: plain properties, by the names that the AWS provider gives them. */
import type { Resource } from "../../../weakenings/editor";

export type Properties = Readonly<Record<string, unknown>>;

/** The resources of one stack. */
export class State {
  private readonly byType = new Map<string, Resource[]>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      if (!resource.type.startsWith("aws:")) continue;
      const type = resource.type.slice(resource.type.lastIndexOf(":") + 1);
      this.byType.set(type, [...(this.byType.get(type) ?? []), resource]);
    }
  }

  /** All of the types, by their last words. */
  of(...types: readonly string[]): Resource[] {
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }
}

/** A text; empty where there is none. */
export function text(properties: Properties, name: string): string {
  const value = properties[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** A text or a list of them. */
export function texts(properties: Properties, name: string): string[] {
  const all: unknown[] = [properties[name]].flat();
  return all.filter((one) => typeof one === "string").filter((one) => one !== "");
}

export function number(properties: Properties, name: string): number {
  return Number(properties[name] ?? 0);
}

/** A list of objects, or one. */
export function objects(properties: Properties, name: string): Properties[] {
  return [properties[name]].flat().filter(isProperties);
}

function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}
