/**
 * A stand-in account that lives on: its resources can be read, changed and deleted, and it is kept as text.
 *
 * The ledger lists what the account holds. After a change it builds the account anew from the list, so that the rules
 * of creation are the only rules there are: a VPC that still has a subnet cannot be deleted, because that subnet could
 * not be made without it.
 */
import { z } from "zod";
import { Account } from "./account";
import type { AccountOptions, Created, Creation, Properties } from "./accountContext";
import { AwsError } from "./awsError";

const properties = z.record(z.string(), z.unknown());
const entrySchema = z.object({
  type: z.string(),
  name: z.string(),
  id: z.string(),
  /** How many resources of this type and name there were before. */
  incarnation: z.number().int(),
  inputs: properties,
  outputs: properties,
});
const ledgerSchema = z.object({
  entries: z.array(entrySchema),
  incarnations: z.record(z.string(), z.number().int()),
});

type Entry = z.infer<typeof entrySchema>;

/** Providers whose resources exist in Pulumi's state only: they are not part of the account. */
function isStateOnly(type: string): boolean {
  return type.startsWith("random:") || type.startsWith("tls:");
}

/**
 * What AWS keeps when it deletes what it leads to: a route to a NAT gateway that is gone stays, as a black hole.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
 */
function outlivesItsTarget(type: string): boolean {
  return type === "aws:ec2/route:Route";
}

export class Ledger {
  /** The account as it stands. Another object after each change: do not keep it. */
  account: Account;
  #entries: Entry[] = [];
  #incarnations: Record<string, number> = {};
  /** Changes happen one after the other, as the engine asks for several at once. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: AccountOptions) {
    this.account = new Account(options);
  }

  /** An account with what the text lists; an empty one without a text. */
  static async open(options: AccountOptions, text?: string): Promise<Ledger> {
    const ledger = new Ledger(options);
    if (text === undefined) return ledger;
    const { entries, incarnations } = ledgerSchema.parse(JSON.parse(text));
    ledger.#incarnations = incarnations;
    await ledger.#become(entries);
    return ledger;
  }

  /** The text that `open` takes. */
  toText(): string {
    // The schema puts every entry's properties in one order: equal accounts, equal texts.
    const ledger = ledgerSchema.parse({ entries: this.#entries, incarnations: this.#incarnations });
    return `${JSON.stringify(ledger, undefined, 1)}\n`;
  }

  create(creation: Creation): Promise<Created> {
    return this.#inTurn(async () => {
      const key = `${creation.type} ${creation.name}`;
      const incarnation = this.#incarnations[key] ?? 0;
      const created = await this.account.create(creation, incarnation).catch(async (error: unknown) => {
        // What was half made is not there.
        await this.#become(this.#entries);
        throw error;
      });
      this.#incarnations[key] = incarnation + 1;
      this.#entries.push({ ...creation, ...created, incarnation });
      return created;
    });
  }

  /** What the account holds under an id; undefined when it is gone. */
  read(type: string, id: string): Pick<Entry, "inputs" | "outputs"> | undefined {
    return this.#find(type, id);
  }

  /** Changes a resource in place. Throws an AwsError, and changes nothing, when AWS would refuse. */
  update(type: string, id: string, inputs: Properties): Promise<Properties> {
    return this.#inTurn(async () => {
      const entry = this.#find(type, id);
      if (!entry) throw new AwsError("ResourceNotFoundException", `there is no ${type} ${id}`);
      const changed = { ...entry, inputs };
      await this.#become(
        this.#entries.map((e) => (e === entry ? changed : e)),
        changed,
      );
      // By what it is and not by its id: a repository that is renamed in place has another.
      const { name, incarnation } = entry;
      const isIt = (e: Entry) => e.type === type && e.name === name && e.incarnation === incarnation;
      return this.#entries.find(isIt)?.outputs ?? {};
    });
  }

  /** Deletes a resource. One that is gone already is not an error. Throws a DependencyViolation when others need it. */
  delete(type: string, id: string): Promise<void> {
    return this.#inTurn(async () => {
      const [entry] = this.#under(type, id);
      if (!entry) return;
      try {
        await this.#become(this.#entries.filter((e) => e !== entry));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        throw new AwsError("DependencyViolation", `the ${type} ${id} is still in use (${error.message})`);
      }
    });
  }

  call(token: string, inputs: Properties): Properties {
    return this.account.call(token, inputs);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done;
    return done;
  }

  #find(type: string, id: string): Entry | undefined {
    return this.#under(type, id).at(-1);
  }

  /** The oldest first. There can be two while one replaces the other: revisions of a task definition share an id. */
  #under(type: string, id: string): Entry[] {
    return this.#entries
      .filter((e) => e.type === type && e.id === id)
      .sort((a, b) => a.incarnation - b.incarnation);
  }

  /**
   * Builds the account from the entries; on failure everything stays as it was.
   * @param changed the entry that may not lead nowhere, because it has just been given its target
   */
  async #become(wanted: readonly Entry[], changed?: Entry): Promise<void> {
    const leadNowhere = new Set<Entry>();
    let order = [...wanted];
    let fewest = Infinity;
    for (;;) {
      const { account, built, failures } = await this.#build(order, leadNowhere);
      const failed = [...failures.keys()];
      if (failed.length === 0) {
        this.account = account;
        this.#entries = built;
        return;
      }
      if (failed.length < fewest) {
        // An entry may by now refer to one that was made after it: it then goes behind.
        fewest = failed.length;
        order = [...order.filter((entry) => !failures.has(entry)), ...failed];
        continue;
      }
      const refused = failed.find((entry) => entry === changed || !outlivesItsTarget(entry.type));
      if (refused) throw failures.get(refused);
      for (const entry of failed) leadNowhere.add(entry);
    }
  }

  async #build(order: readonly Entry[], leadNowhere: ReadonlySet<Entry>) {
    const account = new Account(this.options);
    const built: Entry[] = [];
    const failures = new Map<Entry, unknown>();
    for (const entry of order) {
      if (isStateOnly(entry.type) || leadNowhere.has(entry)) {
        built.push(entry);
        continue;
      }
      try {
        const creation = { ...entry, previous: entry.outputs };
        built.push({ ...entry, ...(await account.create(creation, entry.incarnation)) });
      } catch (error) {
        failures.set(entry, error);
      }
    }
    return { account, built, failures };
  }
}
