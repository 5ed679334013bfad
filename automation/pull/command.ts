/** `git airlock pull`. */
import { hasColours } from "../colours";
import { UsageError } from "../usageError";
import { readOptions, usage } from "./options";
import { pull, type Pulled } from "./pull";
import { isRefused } from "./refusals";
import { checkTools } from "./tools";
import { report } from "./report";
import { printable } from "./printable";

/** @returns the exit code, as the usage tells. @throws UsageError */
export async function pullCommand(args: string[], stopped: AbortSignal): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  let pulled: Pulled;
  try {
    await checkTools(options, stopped);
    pulled = await pull(options, stopped);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    const problem = error.message.split("\n").map(printable).join("\n");
    if (options.json) console.log(JSON.stringify({ outcome: "unknown", problems: [problem] }, null, 2));
    console.error(`The pull failed; nothing was taken.\n${problem}`);
    return 2;
  }
  const { isUnrecorded, ...result } = pulled;
  const changes = pulled.changes.map((change) => ({
    ...change,
    isRefused: isRefused(change, options),
  }));
  console.log(
    options.json
      ? JSON.stringify({ ...result, changes }, null, 2)
      : report(pulled, options, hasColours(process.stdout)),
  );
  if (isUnrecorded) return 3;
  return pulled.outcome === "refused" ? 1 : 0;
}
