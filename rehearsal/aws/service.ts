/** What a stand-in service is made of: resource types with AWS's rules, and look-up functions. */
import { z } from "zod";

/** A resource's or a function's properties in plain JSON form: secrets opened, Outputs resolved. */
export type Properties = Record<string, unknown>;

/** A resource that the program asks for. `name` is its logical Pulumi name, which ids are derived from. */
export interface Creation {
  type: string;
  name: string;
  inputs: Properties;
  /** What the account answered when it made this very resource before; what it gave away then stays given. */
  previous?: Properties;
}

/** A resource as the account now holds it: its physical id and all output properties. */
export interface Created {
  id: string;
  outputs: Properties;
}

/** How one resource type behaves. */
export interface Kind {
  create(creation: Creation): Created | Promise<Created>;
}

/** An error in the words AWS would use: its code, then the message. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = "AwsError";
  }
}

/**
 * A kind whose inputs have the given shape. Inputs of another shape are refused with a ValidationException that
 * names each property.
 */
export function kind<S extends z.ZodType>(
  schema: S,
  create: (inputs: z.infer<S>, creation: Creation) => Created | Promise<Created>,
): Kind {
  return {
    create(creation) {
      const parsed = schema.safeParse(creation.inputs, { reportInput: true });
      if (!parsed.success) {
        const problems = parsed.error.issues.map((i) => `${i.path.join(".") || "(inputs)"}: ${i.message}`);
        throw new AwsError(
          "ValidationException",
          `${creation.type} "${creation.name}": ${problems.join("; ")}`,
        );
      }
      return create(parsed.data, creation);
    },
  };
}

/** The records of one sort that an account holds, by id. A second record under the same id is refused. */
export class Table<T> {
  readonly #rows = new Map<string, T>();

  /** @param missing AWS's error code for an id that does not exist; @param noun what a row is called in messages */
  constructor(
    private readonly noun: string,
    private readonly missing: string,
    private readonly duplicate: string = "EntityAlreadyExists",
  ) {}

  add(id: string, row: T): void {
    if (this.#rows.has(id)) throw new AwsError(this.duplicate, `the ${this.noun} "${id}" already exists`);
    this.#rows.set(id, row);
  }

  get(id: string): T {
    const row = this.#rows.get(id);
    if (row === undefined) throw new AwsError(this.missing, `the ${this.noun} "${id}" does not exist`);
    return row;
  }

  find(id: string): T | undefined {
    return this.#rows.get(id);
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  entries(): [string, T][] {
    return [...this.#rows];
  }

  values(): T[] {
    return [...this.#rows.values()];
  }
}

/** One AWS service (or provider) of an account: the kinds and functions it serves, by Pulumi token. */
export interface Service {
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly functions?: Readonly<Record<string, (inputs: Properties) => Properties>>;
}

/** What every service may ask of the account it lives in. */
export interface AccountContext {
  readonly accountId: string;
  readonly region: string;
  /** The same text for the same account seed and parts, so that a second run yields the same bytes. */
  digest(...parts: string[]): string;
  /** A physical id as EC2 makes them: prefix, dash, 17 hexadecimal digits. */
  newId(prefix: string, name: string): string;
  /** `arn:aws:<service>:<region>:<account>:<resource>` */
  arn(service: string, resource: string): string;
}
