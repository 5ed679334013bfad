/** How a command of `airlock` is run: its arguments in, its exit code out. */
import { UsageError } from "./usageError";

/** @returns the exit code. @throws UsageError */
export type Command = (args: string[], stopped: AbortSignal) => Promise<number>;

/** Runs a command to its end, and sets the exit code of this process: 3 for what cannot be used. */
export async function run(command: Command, args: string[]): Promise<void> {
  try {
    process.exitCode = await command(args, untilStopped());
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
  // As in `airlock verify | head`: whoever reads has seen enough.
  process.stdout.on("error", () => {
    abort.abort();
  });
  return abort.signal;
}
