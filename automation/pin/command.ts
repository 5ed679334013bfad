/** `git airlock pin`. */
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { flag, parseCommandLine } from "../commandLine";
import { findPulumi, PulumiFailed } from "../pulumiCli";
import { UsageError } from "../usageError";
import { NothingToPin, pin } from "./pin";

const root = join(__dirname, "..", "..");

export const usage = `Usage: git airlock pin [options]

Pins the source's addresses: writes those that the deployed target lets pushes in from into its configuration, as
git-airlock:expectedSourceAddresses. From then on an update of the target refuses any other address, whatever the source's
state says. Nothing else is changed, and no account is asked. The command amounts to

  pulumi config set --stack prd --path 'git-airlock:expectedSourceAddresses[0]' ADDRESS    # … [1], and so on

  --target-stack NAME   the target's stack (default: prd)
  --yes                 do not ask
  --help                print this text

Exit code: 0 pinned, or pinned to the same already; 1 nothing can be pinned, and why; 2 not agreed to; 3 the command line
cannot be used.`;

/** @returns the exit code. @throws UsageError */
export async function pinCommand(args: string[], stopped: AbortSignal): Promise<number> {
  const { values } = parseCommandLine(
    { args, options: { "target-stack": { type: "string", default: "prd" }, yes: flag, help: flag } },
    usage,
  );
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const stack = values["target-stack"];
  const pulumi = await findPulumi(root, "read and write the configuration with");
  const ask = values.yes ? () => Promise.resolve(true) : (question: string) => asked(question, stopped);
  try {
    const pinned = await pin(stack, { pulumi, say: console.error, ask });
    if (pinned === "pinned")
      console.log(`Pinned. Commit Pulumi.${stack}.yaml; "pulumi up --stack ${stack}" has nothing to change.`);
    return pinned === "declined" ? 2 : 0;
  } catch (error) {
    if (error instanceof NothingToPin) console.error(error.message);
    else if (error instanceof PulumiFailed)
      console.error(
        `Pulumi says: ${error.message}\nLog in with "pulumi login", or name the target by --target-stack.`,
      );
    else throw error;
    return 1;
  }
}

/** @throws UsageError where nobody can be asked */
async function asked(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError(`Nobody can be asked here: "${question}" Give --yes to agree beforehand.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} (y/N) `, { signal })).trim());
  } finally {
    terminal.close();
  }
}
