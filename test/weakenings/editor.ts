/** One editor of a stack's resources, whether an export lists them, a policy pack is shown them, or a program makes them. */

/** What Pulumi writes where a value is not known. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A resource of a stack. */
export interface Resource {
  urn: string;
  type: string;
  name: string;
  id?: string | undefined;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  /** @default false */
  protect?: boolean | undefined;
  /** URN of the parent. */
  parent?: string | undefined;
  /** Whether it waits to be deleted. @default false */
  delete?: boolean | undefined;
  /** URNs of what each property was computed from. */
  propertyDependencies?: Record<string, string[]> | undefined;
}

/** A statement of a policy document, as JSON has it. */
export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal?: unknown;
  Action?: string[];
  NotAction?: string[];
  Resource?: string[];
  NotResource?: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Stands for another resource's property among properties, as an Output does in a program. */
export class Reference {
  constructor(
    readonly urn: string,
    readonly value: unknown,
  ) {}
}

/**
 * A stack's resources, to be edited. Types are written as a program writes their classes, e.g. "ec2.Vpc" for aws.ec2.Vpc,
 * or in full. Among properties, `ref` stands for what another resource is referred to by.
 */
export class Editor {
  readonly resources: Resource[];
  /** Whether something was to be rewritten that is not known yet; it is left as it is then. */
  metUnknown = false;

  constructor(resources: readonly Resource[]) {
    this.resources = structuredClone([...resources]);
  }

  /** The one resource of that type and name. */
  find(type: string, name: string): Resource {
    const full = typeToken(type);
    const found = this.resources.find((one) => one.type === full && one.name === name);
    if (!found) throw new Error(`there is no ${full} "${name}" to edit`);
    return found;
  }

  /** What other resources refer to this one by, unknown before it exists. */
  ref(type: string, name: string, property = "id"): unknown {
    const { urn, id, outputs } = this.find(type, name);
    return new Reference(urn, outputs[property] ?? (property === "id" ? id : undefined) ?? UNKNOWN);
  }

  /** Gives a resource other properties, as inputs and as outputs. */
  change(type: string, name: string, properties: Record<string, unknown>): this {
    const found = this.find(type, name);
    const { values, propertyDependencies } = resolve(properties);
    Object.assign(found.inputs, values);
    Object.assign(found.outputs, values);
    const others = Object.entries(found.propertyDependencies ?? {}).filter(([key]) => !(key in values));
    found.propertyDependencies = { ...Object.fromEntries(others), ...propertyDependencies };
    return this;
  }

  /** Rewrites a text property. Fails where nothing changes. */
  rewrite(type: string, name: string, property: string, rewrite: (text: string) => string): this {
    const { inputs, outputs } = this.find(type, name);
    const before = String(inputs[property] ?? outputs[property]);
    if (before === UNKNOWN) {
      this.metUnknown = true;
      return this;
    }
    const after = rewrite(before);
    if (after === before) throw new Error(`nothing to rewrite in ${property} of "${name}": ${before}`);
    return this.change(type, name, { [property]: after });
  }

  /** Rewrites the statements of a policy document. */
  statements(
    type: string,
    name: string,
    rewrite: (statements: Statement[]) => unknown[],
    property = "policy",
  ): this {
    return this.rewrite(type, name, property, (text) => {
      const document = JSON.parse(text) as { Statement: Statement[] };
      return JSON.stringify({ ...document, Statement: rewrite(document.Statement) });
    });
  }

  /** Adds a resource, whose outputs are its properties, and refers to it. */
  add(type: string, name: string, properties: Record<string, unknown> = {}, id = `${name}-id`): unknown {
    const full = typeToken(type);
    const [stack = "", project = ""] = this.resources[0]?.urn.split("::") ?? [];
    const urn = [stack, project, full, name].join("::");
    const { values, propertyDependencies } = resolve(properties);
    this.resources.push({ urn, type: full, name, id, inputs: values, outputs: values, propertyDependencies });
    return new Reference(urn, id);
  }

  remove(type: string, name: string): this {
    this.resources.splice(this.resources.indexOf(this.find(type, name)), 1);
    return this;
  }

  /** The stack's own resource, whose outputs are the stack's. */
  get root(): Resource {
    const root = this.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    if (!root) throw new Error("there is no stack resource");
    return root;
  }

  /** Gives the stack other outputs. */
  exports(outputs: Record<string, unknown>): this {
    Object.assign(this.root.outputs, outputs);
    return this;
  }
}

/** The full name of a type, e.g. aws:ec2/vpc:Vpc for "ec2.Vpc". */
export function typeToken(type: string): string {
  return type.replace(
    /^(\w+)\.(\w)(\w*)$/,
    (_, module: string, first: string, rest: string) =>
      `aws:${module}/${first.toLowerCase()}${rest}:${first}${rest}`,
  );
}

/** Properties without references: what they stand for, and which resources each property was computed from. */
function resolve(properties: Record<string, unknown>) {
  const propertyDependencies: Record<string, string[]> = {};
  const values = Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const urns = new Set<string>();
      const plain = withoutReferences(value, urns);
      if (urns.size > 0) propertyDependencies[key] = [...urns];
      return [key, plain];
    }),
  );
  return { values, propertyDependencies };
}

/** A value with what its references stand for. @param urns gets the resources that they refer to */
export function withoutReferences(value: unknown, urns = new Set<string>()): unknown {
  if (value instanceof Reference) {
    urns.add(value.urn);
    return value.value;
  }
  if (Array.isArray(value)) return value.map((one: unknown) => withoutReferences(one, urns));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutReferences(one, urns)]));
}

/** Whether it is an object of properties, and not, say, an Output. */
function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
