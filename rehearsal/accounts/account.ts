/** A stand-in AWS account: every service it has, behind the two calls a Pulumi provider makes. */
import { createHash } from "node:crypto";
import { AwsError, type AccountContext, type Created, type Creation, type Properties, type Service } from "./service";

export interface AccountOptions {
  /** Twelve digits. */
  accountId: string;
  region: string;
  /** Whatever looks random (ids, passwords) follows from this text. */
  seed: string;
}

export class Account implements AccountContext {
  readonly accountId: string;
  readonly region: string;
  readonly #seed: string;
  readonly #services: Service[];

  constructor(options: AccountOptions) {
    this.accountId = options.accountId;
    this.region = options.region;
    this.#seed = options.seed;
    this.#services = [];
  }

  async create(creation: Creation): Promise<Created> {
    const kind = this.#services.map((s) => s.kinds[creation.type]).find((k) => k !== undefined);
    if (!kind) throw new AwsError("InvalidResourceType", `this account has no resource type "${creation.type}"`);
    return kind.create(creation);
  }

  call(token: string, inputs: Properties): Properties {
    const fn = this.#services.map((s) => s.functions?.[token]).find((f) => f !== undefined);
    if (!fn) throw new AwsError("InvalidAction", `this account has no function "${token}"`);
    return fn(inputs);
  }

  digest(...parts: string[]): string {
    return createHash("sha256")
      .update(JSON.stringify([this.#seed, this.accountId, ...parts]))
      .digest("hex");
  }

  newId(prefix: string, name: string): string {
    return `${prefix}-${this.digest(prefix, name).slice(0, 17)}`;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.accountId}:${resource}`;
  }
}
