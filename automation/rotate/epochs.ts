/** The live epochs of a gate user's git credential: what the configuration wants, and what is deployed. */
import { z } from "zod";
import type { Pulumi } from "../pulumiCli";
import { UsageError } from "../usageError";

/** Which gate user's credential. */
export type Gate = "push" | "pull";

/** The epochs of a target stack. */
export class Epochs {
  readonly #key: string;

  constructor(
    private readonly pulumi: Pulumi,
    private readonly stack: string,
    private readonly gate: Gate,
  ) {
    this.#key = `git-airlock:${gate}CredentialEpochs`;
  }

  /** One epoch, or two while a rotation is under way. @throws UsageError for anything else */
  async wanted(): Promise<number[]> {
    // `want`, when it is stopped in its middle, leaves an epoch twice.
    return [...new Set(await this.#listed())];
  }

  async #listed(): Promise<number[]> {
    const text = await this.pulumi.read(["config", "--json", "--stack", this.stack]);
    const config = z
      .record(z.string(), z.looseObject({ value: z.string().optional() }))
      .parse(JSON.parse(text));
    const given = config[this.#key]?.value;
    if (given === undefined) return [1];
    const epochs = list.safeParse(readJson(given));
    if (epochs.success) return epochs.data;
    throw new UsageError(
      `${this.#key} of the stack ${this.stack} is ${given}; expected one epoch, e.g. [3], or two while rotating, e.g. [3, 4].`,
    );
  }

  /** The epochs whose credentials are in the state, ascending. */
  async deployed(): Promise<number[]> {
    const text = await this.pulumi.read(["stack", "export", "--stack", this.stack]);
    const { deployment } = exported.parse(JSON.parse(text));
    return deployment.resources
      .flatMap(({ urn }) => new RegExp(`::[\\w.-]+-${this.gate}-credential-(\\d+)$`).exec(urn)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Writes the list into the stack's configuration. */
  async want(epochs: readonly number[]): Promise<void> {
    const config = (verb: string, ...args: string[]) =>
      this.pulumi.read(["config", verb, "--stack", this.stack, "--path", ...args]);
    const before = (await this.#listed()).length;
    for (const [i, epoch] of epochs.entries()) await config("set", `${this.#key}[${i}]`, String(epoch));
    for (let i = before - 1; i >= epochs.length; i--) await config("rm", `${this.#key}[${i}]`);
  }
}

const list = z.array(z.int().positive()).min(1).max(2);

/** Undefined where it is not JSON, which is not a list either. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const exported = z.object({
  deployment: z.object({ resources: z.array(z.looseObject({ urn: z.string() })).default([]) }),
});
