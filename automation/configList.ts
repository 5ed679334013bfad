/** A list in a stack's configuration, read and written by Pulumi's CLI, which keeps the rest of the file as it is. */
import { z } from "zod";
import type { Pulumi } from "./pulumiCli";

export class ConfigList {
  /** @param key the full key, e.g. "git-airlock:expectedSourceAddresses" */
  constructor(
    private readonly pulumi: Pulumi,
    private readonly stack: string,
    readonly key: string,
  ) {}

  /** As Pulumi prints it; undefined where the configuration has none. */
  async readText(): Promise<string | undefined> {
    const text = await this.pulumi.read(["config", "--json", "--stack", this.stack]);
    const config = z
      .record(z.string(), z.looseObject({ value: z.string().optional() }))
      .parse(JSON.parse(text));
    return config[this.key]?.value;
  }

  /** What it is; undefined where there is none, or where it is not JSON. */
  async read(): Promise<unknown> {
    const text = await this.readText();
    try {
      return text === undefined ? undefined : JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  /** Replaces the list, item by item. */
  async write(items: readonly string[]): Promise<void> {
    const listed = await this.read();
    const before = Array.isArray(listed) ? listed.length : 0;
    const config = (verb: string, ...args: string[]) =>
      this.pulumi.read(["config", verb, "--stack", this.stack, "--path", ...args]);
    for (const [i, item] of items.entries()) await config("set", `${this.key}[${i}]`, item);
    for (let i = before - 1; i >= items.length; i--) await config("rm", `${this.key}[${i}]`);
  }
}
