/** What a weakening is, and how one is written down. */
import * as pulumi from "@pulumi/pulumi";
import { subject, type Subject } from "../harness";

export interface Weakening {
  /** What somebody did, as the end of "a program whose author …". */
  what: string;
  stack: "source" | "target";
  /** Does it to the stack's resources. */
  weaken: (stack: Editor) => void;
  /** The rule that must stop it, alone. */
  rule: string;
  /** The level of a rule that warns only. @default "mandatory" */
  level?: "advisory";
  /** What the message must hold: the resource's name, and what was found. */
  says: string[];
}

type ResourceClass = Parameters<typeof subject>[0];

/** A stack's resources, to be edited. */
export class Editor {
  readonly subjects: Subject[];
  /** Whether something was to be rewritten that is not known yet; it is left as it is then. */
  metUnknown = false;

  constructor(subjects: readonly Subject[]) {
    this.subjects = structuredClone([...subjects]);
  }

  /** The one resource of that class and name. */
  find(resourceClass: ResourceClass, name: string): Subject {
    const { type } = subject(resourceClass, name, {});
    const found = this.subjects.find((s) => s.type === type && s.name === name);
    if (!found) throw new Error(`there is no ${type} "${name}" to weaken`);
    return found;
  }

  /** Gives a resource other properties, as inputs and as outputs; none of them was computed from anything then. */
  change(resourceClass: ResourceClass, name: string, properties: Record<string, unknown>): void {
    const found = this.find(resourceClass, name);
    Object.assign(found.inputs, properties);
    Object.assign(found.outputs, properties);
    for (const key of Object.keys(properties)) delete found.propertyDependencies?.[key];
  }

  /** Has a property refer to another resource, by its id. */
  refer(resourceClass: ResourceClass, name: string, property: string, to: Subject): void {
    this.change(resourceClass, name, { [property]: referenceTo(to) });
    const found = this.find(resourceClass, name);
    found.propertyDependencies = { ...found.propertyDependencies, [property]: [to.urn] };
  }

  /** Rewrites a text property. Fails where nothing changes. */
  rewrite(
    resourceClass: ResourceClass,
    name: string,
    property: string,
    rewrite: (text: string) => string,
  ): void {
    const before = String(this.find(resourceClass, name).inputs[property]);
    if (before === pulumi.runtime.unknownValue) {
      this.metUnknown = true;
      return;
    }
    const after = rewrite(before);
    if (after === before) throw new Error(`nothing to rewrite in ${property} of "${name}": ${before}`);
    this.change(resourceClass, name, { [property]: after });
  }

  /** Rewrites the statements of a policy document. */
  statements(
    resourceClass: ResourceClass,
    name: string,
    rewrite: (statements: Statement[]) => unknown[],
  ): void {
    this.rewrite(resourceClass, name, "policy", (text) => {
      const document = JSON.parse(text) as { Statement: Statement[] };
      return JSON.stringify({ ...document, Statement: rewrite(document.Statement) });
    });
  }

  /**
   * Adds a resource. `from` says which resources properties were computed from; where the properties do not say it, each
   * is that resource's id, or for an IAM user its name.
   */
  add(
    resourceClass: ResourceClass,
    name: string,
    properties: Record<string, unknown>,
    from: Record<string, Subject> = {},
  ): void {
    const computed = Object.entries(from).map(([key, source]) => [key, referenceTo(source)] as const);
    const propertyDependencies = Object.fromEntries(
      Object.entries(from).map(([key, { urn }]) => [key, [urn]]),
    );
    const all = { ...Object.fromEntries(computed), ...properties };
    this.subjects.push(subject(resourceClass, name, all, { propertyDependencies }));
  }

  remove(resourceClass: ResourceClass, name: string): void {
    this.subjects.splice(this.subjects.indexOf(this.find(resourceClass, name)), 1);
  }
}

/** A statement of a policy document, as JSON has it. */
export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Changes the statements of one effect. */
export function only(effect: Statement["Effect"], change: (statement: Statement) => Statement) {
  return (statements: Statement[]) => statements.map((s) => (s.Effect === effect ? change(s) : s));
}

/** What another resource refers to this one by: unknown before it exists. */
export function referenceTo({ type, outputs }: Subject): unknown {
  return outputs[type === "aws:iam/user:User" ? "name" : "id"] ?? pulumi.runtime.unknownValue;
}
