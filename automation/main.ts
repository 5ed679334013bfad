/** The `airlock` command: day two of a deployed airlock. */
import { UsageError } from "./usageError";
import { verifyCommand } from "./verify/command";

/** A command: its arguments in, its exit code out. */
type Command = (args: string[], stopped: AbortSignal) => Promise<number>;

const commands: Readonly<Record<string, Command>> = { verify: verifyCommand };

const usage = `Usage: airlock COMMAND [options]

  verify   prove the isolation of what is deployed, claim by claim

"airlock COMMAND --help" tells more.`;

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

async function main([name = "--help", ...args]: string[]): Promise<number> {
  if (name === "--help" || name === "-h") {
    console.log(usage);
    return 0;
  }
  const command = commands[name];
  if (command === undefined) {
    console.error(`There is no command "${name}".\n\n${usage}`);
    return 3;
  }
  try {
    return await command(args, untilStopped());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 3;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
