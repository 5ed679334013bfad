/** The live epochs of a gate user's git credential: what the configuration wants, and what is deployed. */
import { z } from "zod";
import { ConfigList } from "../configList";
import type { Pulumi } from "../pulumiCli";
import { UsageError } from "../usageError";

/** Which gate user's credential. */
export type Gate = "push" | "pull";

/** The epochs of a target stack. */
export class Epochs {
  readonly #listed: ConfigList;

  constructor(
    private readonly pulumi: Pulumi,
    private readonly stack: string,
    private readonly gate: Gate,
  ) {
    this.#listed = new ConfigList(pulumi, stack, `git-airlock:${gate}CredentialEpochs`);
  }

  /** One epoch, or two while a rotation is under way. @throws UsageError for anything else */
  async wanted(): Promise<number[]> {
    const given = await this.#listed.readText();
    if (given === undefined) return [1];
    const epochs = list.safeParse(await this.#listed.read());
    // Writing the list, when it is stopped in its middle, leaves an epoch twice.
    if (epochs.success) return [...new Set(epochs.data)];
    throw new UsageError(
      `${this.#listed.key} of the stack ${this.stack} is ${given}; expected one epoch, e.g. [3], or two while rotating, e.g. [3, 4].`,
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
  want(epochs: readonly number[]): Promise<void> {
    return this.#listed.write(epochs.map(String));
  }
}

const list = z.array(z.int().positive()).min(1).max(2);

const exported = z.object({
  deployment: z.object({ resources: z.array(z.looseObject({ urn: z.string() })).default([]) }),
});
