/** Pins the source's addresses: what the target lets in today becomes what it will ever let in. */
import { z } from "zod";
import { publicAddressProblem, sortAddresses } from "../../facts/ipv4";
import { ConfigList } from "../configList";
import type { Pulumi } from "../pulumiCli";

export interface Surroundings {
  pulumi: Pulumi;
  /** Tells people what is pinned and what would be. */
  say: (text: string) => void;
  /** Whether somebody agrees. */
  ask: (question: string) => Promise<boolean>;
}

/** What came of it: they were pinned, they had been already, or nobody agreed. */
export type Pinned = "pinned" | "already" | "declined";

/** Why nothing can be pinned, and what to do. */
export class NothingToPin extends Error {}

const outputs = z.looseObject({ pushSourceAddresses: z.array(z.string()).min(1) });

/**
 * Writes the addresses that a deployed target lets pushes in from into its configuration as `expectedSourceAddresses`.
 * @throws NothingToPin, PulumiFailed
 */
export async function pin(stack: string, { pulumi, say, ask }: Surroundings): Promise<Pinned> {
  const given = await new ConfigList(pulumi, stack, "git-airlock:pushSourceAddresses").read();
  if (Array.isArray(given) && given.length > 0)
    throw new NothingToPin(
      `The stack ${stack} names its push sources itself, in git-airlock:pushSourceAddresses: nothing that another stack says can widen that.`,
    );
  const deployed = await deployedAddresses(pulumi, stack);
  const list = new ConfigList(pulumi, stack, "git-airlock:expectedSourceAddresses");
  const before = addressesOf(await list.read());
  if (sortAddresses(before).join() === deployed.join()) {
    say(`${stack} is pinned to ${deployed.join(", ")} already.`);
    return "already";
  }
  say(`${stack} lets pushes in from ${deployed.join(", ")}.`);
  say(before.length === 0 ? "Nothing is pinned." : `Pinned until now: ${before.join(", ")}.`);
  if (!(await ask(`Pin ${stack} to ${deployed.join(", ")}?`))) return "declined";
  await list.write(deployed);
  return "pinned";
}

async function deployedAddresses(pulumi: Pulumi, stack: string): Promise<string[]> {
  const text = await pulumi.read(["stack", "output", "--json", "--stack", stack]);
  const read = outputs.safeParse(JSON.parse(text));
  if (!read.success)
    throw new NothingToPin(
      `The stack ${stack} has no output pushSourceAddresses. Run "pulumi up --stack ${stack}" first; if the target is another stack, name it by --target-stack.`,
    );
  const wrong = read.data.pushSourceAddresses.filter(
    (address) => publicAddressProblem(address) !== undefined,
  );
  if (wrong.length > 0)
    throw new NothingToPin(
      `The stack ${stack} says that it lets in ${wrong.join(", ")}, which is not one public IPv4 address each. Find out why before you pin anything.`,
    );
  return sortAddresses(read.data.pushSourceAddresses);
}

function addressesOf(value: unknown): string[] {
  return z.array(z.string()).safeParse(value).data ?? [];
}
