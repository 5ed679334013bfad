/** How a command of `git-airlock` is run: its arguments in, its exit code out. */
import { guardOutput } from "./output";
import { UsageError } from "./usageError";
import { versionLine } from "./version";

/** @returns the exit code. @throws UsageError */
export type Command = (args: string[], stopped: AbortSignal) => number | Promise<number>;

/** The exit code for what cannot be used: the command line, what it names, or where the result is to be written. */
const UNUSABLE = 3;

/** Runs a command to its end, and sets the exit code of this process. */
export async function run(command: Command, args: string[]): Promise<void> {
  const stopped = untilStopped();
  // No value of an option can be one of these: it would have to begin with a hyphen.
  const options = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
  if (options.includes("--version") || options.includes("-V")) {
    console.log(versionLine());
    return;
  }
  try {
    process.exitCode = await command(options.includes("-h") ? ["--help"] : args, stopped);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = UNUSABLE;
  }
}

/** Aborted when somebody wants this process to end, or nobody can read what it prints. */
function untilStopped(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      abort.abort();
    });
  guardOutput(() => {
    abort.abort();
  }, UNUSABLE);
  return abort.signal;
}
