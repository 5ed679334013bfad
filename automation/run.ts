/** How a command of `git-airlock` is run: its arguments in, its exit code out. */
import { UsageError } from "./usageError";
import { versionLine } from "./version";

/** @returns the exit code. @throws UsageError */
export type Command = (args: string[], stopped: AbortSignal) => Promise<number>;

/** Runs a command to its end, and sets the exit code of this process: 3 for what cannot be used. */
export async function run(command: Command, args: string[]): Promise<void> {
  // No value of an option can be one of these: it would have to begin with a hyphen.
  const options = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
  if (options.includes("--version") || options.includes("-V")) {
    console.log(versionLine());
    return;
  }
  try {
    process.exitCode = await command(options.includes("-h") ? ["--help"] : args, untilStopped());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 3;
  }
}

/** Aborted when somebody wants this process to end. */
function untilStopped(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      abort.abort();
    });
  // As in `git airlock verify | head`: whoever reads has seen enough.
  process.stdout.on("error", () => {
    abort.abort();
  });
  return abort.signal;
}
