/** The command behind `npm start`. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { errorText } from "../facts/errorText";
import { guardOutput } from "../automation/output";
import "./leanPulumi";
import { readOptions, usage, UsageError } from "./options";
import { RehearsalError } from "./rehearsalError";

const root = join(__dirname, "..");
const load = createRequire(__filename);

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
  // What was under way then finds its processes and ports gone, and nobody waits for it any more. Not before: what a
  // deployment leaves unhandled is its own affair.
  abort.signal.addEventListener("abort", () => {
    for (const event of ["unhandledRejection", "uncaughtException"] as const)
      process.on(event, () => undefined);
  });
  return abort.signal;
}

/** What the operating system would not do, in words for people; undefined when the error is not of that kind. */
function machineProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const remedy = new Map<unknown, string>([
    ["ENOSPC", "Free some space on the file system of this clone"],
    ["EDQUOT", "Free some space of your quota on the file system of this clone"],
    ["EMFILE", 'Raise the limit of open files with "ulimit -n 1024"'],
    ["ENFILE", "Close other programs, which hold too many files open"],
    ["EROFS", "Clone the repository to a folder that you can write to"],
    ["EACCES", "Clone the repository to a folder that you can write to"],
    ["EAGAIN", 'Raise the limit of processes with "ulimit -u"'],
    ["ENOMEM", "Close other programs, which hold too much memory"],
  ]).get(error.code);
  return remedy && `The rehearsal cannot go on: ${error.message}. ${remedy}, and run it again.`;
}

async function main(): Promise<number> {
  const stopped = untilStopped();
  try {
    const commandLine = readOptions(process.argv.slice(2), root);
    if (commandLine.help) {
      console.log(usage);
      return 0;
    }
    // Not before, so that nobody waits for Pulumi who only asks how this is used.
    const { run } = load("./run") as typeof import("./run");
    return (await run(commandLine, root, stopped)) ? 0 : 1;
  } catch (error) {
    if (stopped.aborted) {
      const reason: unknown = stopped.reason;
      console.error(`\n${errorText(reason)}; nothing is left behind.`);
      // What was under way may wait for an answer for ever, and must not keep the process.
      process.exit(130);
    }
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`);
      return 2;
    }
    const problem = error instanceof RehearsalError ? error.message : machineProblem(error);
    if (problem === undefined) throw error;
    console.error(`\n${problem}`);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
