/** The `airlock` command: day two of a deployed airlock. */
import { createRequire } from "node:module";
import { UsageError } from "./usageError";

/** A command: its arguments in, its exit code out. */
type Command = (args: string[], stopped: AbortSignal) => Promise<number>;

/** Loaded only when run: an isolated terminal, which pulls, needs no Pulumi. */
const load = createRequire(__filename);
const commands: Readonly<Record<string, () => Command>> = {
  pull: () => (load("./pull/command") as typeof import("./pull/command")).pullCommand,
  verify: () => (load("./verify/command") as typeof import("./verify/command")).verifyCommand,
};

const usage = `Usage: airlock COMMAND [options]

  pull     take code in from the source: nothing rewritten, nothing unsigned
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
    return await command()(args, untilStopped());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 3;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
