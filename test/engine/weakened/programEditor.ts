/** Weakens a program where the catalogue's editor weakens what a program has made. */
import * as pulumi from "@pulumi/pulumi";
import type { Subject } from "../../policies/harness";
import { Editor, referenceTo, type Weakening } from "../../policies/weakenings/weakening";

type ResourceClass = Parameters<Editor["find"]>[0];
type Change = (props: Record<string, unknown>) => Record<string, unknown>;

/** A weakening that no transformation of a program can express. */
export class NotInPrograms extends Error {}

/** Before the program runs it notes what is to be changed; afterwards it adds what is to be added. */
export class ProgramEditor extends Editor {
  readonly #changes = new Map<string, Change[]>();
  readonly #made = new Map<string, pulumi.Resource>();
  #isOver = false;

  constructor() {
    super([]);
  }

  /** Runs a program, weakened. */
  async weaken<T>({ weaken }: Weakening, program: () => Promise<T>): Promise<T> {
    weaken(this);
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts, resource }) => {
      const key = `${type} ${name}`;
      this.#made.set(key, resource);
      const changes = this.#changes.get(key);
      if (!changes) return undefined;
      this.#changes.delete(key);
      return { props: changes.reduce((all: Record<string, unknown>, change) => change(all), props), opts };
    });
    const result = await program();
    const [missed] = this.#changes.keys();
    if (missed !== undefined) throw new Error(`the program makes no ${missed} to weaken`);
    this.#isOver = true;
    weaken(this);
    return result;
  }

  /** What is inside of awsx's component is made by its provider, where no transformation of this kind reaches. */
  override find(resourceClass: ResourceClass, name: string): Subject {
    if (name.startsWith("source-network-")) throw new NotInPrograms();
    const type = typeOf(resourceClass);
    const made = this.#made.get(`${type} ${name}`);
    if (this.#isOver && !made) throw new Error(`the program makes no ${type} "${name}" to refer to`);
    const outputs = Object.freeze(Object.fromEntries(Object.entries(made ?? {})));
    return Object.freeze({ type, name, urn: "", inputs: Object.freeze({}), outputs, protect: true });
  }

  override change(resourceClass: ResourceClass, name: string, properties: Record<string, unknown>): void {
    this.#change(resourceClass, name, (props) => ({ ...props, ...properties }));
  }

  override rewrite(
    resourceClass: ResourceClass,
    name: string,
    property: string,
    rewrite: (text: string) => string,
  ): void {
    this.#change(resourceClass, name, (props) => ({
      ...props,
      [property]: pulumi.all([props[property]]).apply(([text]) => rewrite(String(text))),
    }));
  }

  override add(
    resourceClass: ResourceClass,
    name: string,
    properties: Record<string, unknown>,
    from: Record<string, Subject> = {},
  ): void {
    if (!this.#isOver) return;
    const computed = Object.entries(from).map(([key, made]) => [key, referenceTo(made)] as const);
    const { tagsAll: tags, ...rest } = properties;
    const all = { ...Object.fromEntries(computed), ...(tags !== undefined && { tags }), ...rest };
    Reflect.construct(resourceClass, [name, all]);
  }

  override refer(): void {
    throw new NotInPrograms();
  }

  override remove(): void {
    throw new NotInPrograms();
  }

  #change(resourceClass: ResourceClass, name: string, change: Change): void {
    if (this.#isOver) return;
    const key = `${typeOf(resourceClass)} ${name}`;
    this.#changes.set(key, [...(this.#changes.get(key) ?? []), change]);
  }
}

/** Whether a program can be weakened so. */
export function isOfPrograms({ weaken }: Weakening): boolean {
  try {
    weaken(new ProgramEditor());
    return true;
  } catch {
    // What it looks for is not a part of a program, or it would set what is not a program's to set.
    return false;
  }
}

function typeOf(resourceClass: ResourceClass): string {
  return "__pulumiType" in resourceClass ? String(resourceClass["__pulumiType"]) : "";
}
