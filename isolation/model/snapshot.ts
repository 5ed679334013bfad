/** What Pulumi says of one stack, whoever asked: `pulumi stack export`, or a policy pack in a preview. */

/** One stack. */
export interface StackSnapshot {
  /** e.g. "prd" */
  readonly stack: string;
  readonly resources: readonly StackResource[];
  /** The stack's outputs. */
  readonly outputs: Properties;
}

/** One resource of a stack. */
export interface StackResource {
  readonly urn: string;
  /** e.g. "aws:ec2/vpc:Vpc" */
  readonly type: string;
  readonly name: string;
  /** Absent for components, and while it is not known. */
  readonly id?: string;
  /** URN. */
  readonly parent?: string;
  readonly protect: boolean;
  /** A component: it groups others, and makes nothing in a cloud. */
  readonly isComponent: boolean;
  /** URN of the provider that makes it; undefined where nothing says it. */
  readonly provider?: string;
  /** Why the state itself does not say for certain that it stands as its properties say, as the end of "The resource …". */
  readonly unsure?: string;
  readonly inputs: Properties;
  /** Where nothing is deployed yet: the inputs, as far as they are known. */
  readonly outputs: Properties;
  /** URNs of what each input was computed from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

export type Properties = Readonly<Record<string, Value>>;

/** A property's value. */
export type Value =
  string | number | boolean | null | Secret | Unknown | readonly Value[] | { readonly [key: string]: Value };

/** A secret, which stays closed: nothing of it is read, compared or shown. */
export class Secret {
  readonly kind = "secret";
  static readonly value = new Secret();
  private constructor() {}
}

/** Not known before the next `pulumi up`. */
export class Unknown {
  readonly kind = "unknown";
  static readonly value = new Unknown();
  private constructor() {}
}

/** Every text in a value; none of secrets, nor of what is not known yet. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || value instanceof Secret || value instanceof Unknown)
    return [];
  return Object.values(value).flatMap(textsIn);
}
