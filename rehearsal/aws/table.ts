/** What an account holds. */
import { AwsError } from "./awsError";

/** The records of one sort that an account holds, by id. A second record under the same id is refused. */
export class Table<T> {
  readonly #rows = new Map<string, T>();

  /** @param missing AWS's error code for an id that does not exist; @param noun what a row is called in messages */
  constructor(
    private readonly noun: string,
    private readonly missing: string,
    private readonly duplicate: string = "EntityAlreadyExists",
  ) {}

  add(id: string, row: T): T {
    if (this.#rows.has(id)) throw new AwsError(this.duplicate, `the ${this.noun} "${id}" already exists`);
    this.#rows.set(id, row);
    return row;
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

  /** Takes a record away, if it is there. */
  remove(id: string): void {
    this.#rows.delete(id);
  }

  get size(): number {
    return this.#rows.size;
  }

  entries(): [string, T][] {
    return [...this.#rows];
  }

  values(): T[] {
    return [...this.#rows.values()];
  }
}
