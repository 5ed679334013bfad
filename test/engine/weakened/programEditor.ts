/** Weakens a program where the catalogue's editor weakens what a program has made. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Editor, Reference, typeToken, type Resource, withoutReferences } from "../../weakenings/editor";
import type { Weakening } from "../../weakenings/weakening";

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
  async weaken<T>(weakening: Weakening, program: () => Promise<T>): Promise<T> {
    this.note(weakening);
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
    this.note(weakening);
    return result;
  }

  /** Does to the program what the weakening does to a stack. The other stack is of another program. */
  note({ edit }: Weakening): void {
    edit(this, new Editor([]));
  }

  /** What is inside of awsx's component is made by its provider, where no transformation of this kind reaches. */
  override find(type: string, name: string): Resource {
    if (name.startsWith("source-network-")) throw new NotInPrograms();
    const full = typeToken(type);
    const made = this.#made.get(`${full} ${name}`);
    if (this.#isOver && !made) throw new Error(`the program makes no ${full} "${name}" to refer to`);
    const outputs = Object.freeze(Object.fromEntries(Object.entries(made ?? {})));
    return Object.freeze({ type: full, name, urn: "", inputs: Object.freeze({}), outputs, protect: true });
  }

  override change(type: string, name: string, properties: Record<string, unknown>): this {
    // What is changed is made before what it would refer to may be.
    if (Object.values(properties).some((value) => value instanceof Reference)) throw new NotInPrograms();
    return this.#change(type, name, (props) => ({ ...props, ...properties }));
  }

  override rewrite(type: string, name: string, property: string, rewrite: (text: string) => string): this {
    return this.#change(type, name, (props) => ({
      ...props,
      [property]: pulumi.all([props[property]]).apply(([text]) => rewrite(String(text))),
    }));
  }

  override add(type: string, name: string, properties: Record<string, unknown> = {}): unknown {
    if (!this.#isOver) return new Reference("", undefined);
    const { tagsAll: tags, ...rest } = properties;
    const all: unknown = withoutReferences({ ...(tags !== undefined && { tags }), ...rest });
    const made: unknown = Reflect.construct(classOf(type), [name, all]);
    return new Reference("", made instanceof pulumi.CustomResource ? made.id : undefined);
  }

  override remove(): this {
    throw new NotInPrograms();
  }

  #change(type: string, name: string, change: Change): this {
    if (this.#isOver) return this;
    const key = `${typeToken(type)} ${name}`;
    this.#changes.set(key, [...(this.#changes.get(key) ?? []), change]);
    return this;
  }
}

/** Whether a program can be weakened so. */
export function isOfPrograms(weakening: Weakening): boolean {
  try {
    new ProgramEditor().note(weakening);
    return true;
  } catch {
    // What it looks for is not a part of a program, or it would set what is not a program's to set.
    return false;
  }
}

/** The class of AWS's provider that makes resources of a type. */
function classOf(type: string) {
  const [, module = "", name = ""] = /^aws:(\w+)\/\w+:(\w+)$/.exec(typeToken(type)) ?? [];
  const found: unknown = Reflect.get(Object(Reflect.get(aws, module)), name);
  if (typeof found !== "function") throw new Error(`AWS's provider has no class for ${type}`);
  return found;
}
