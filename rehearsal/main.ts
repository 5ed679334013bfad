/** The command behind `npm start`. */
import { join } from "node:path";
import { guardOutput } from "../automation/output";
import { readOptions, usage, UsageError } from "./options";
import { RehearsalError } from "./rehearsalError";
import { run } from "./run";

const root = join(__dirname, "..");

/** Aborted when somebody wants this process to end, with the reason. */
function untilStopped(): AbortSignal {
  const abort = new AbortController();
  // Every time, not once: npm hands on the Ctrl-C that the terminal has sent here already.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      abort.abort(new Error(`stopped by ${signal}`));
    });
  }
  guardOutput((why) => {
    abort.abort(why);
  }, 2);
  return abort.signal;
}

async function main(): Promise<number> {
  const stopped = untilStopped();
  try {
    const commandLine = readOptions(process.argv.slice(2), root);
    if (commandLine.help) {
      console.log(usage);
      return 0;
    }
    return (await run(commandLine, root, stopped)) ? 0 : 1;
  } catch (error) {
    if (stopped.aborted) {
      const reason: unknown = stopped.reason;
      console.error(
        `\n${reason instanceof Error ? reason.message : String(reason)}; nothing is left behind.`,
      );
      return 130;
    }
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`);
      return 2;
    }
    if (!(error instanceof RehearsalError)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
