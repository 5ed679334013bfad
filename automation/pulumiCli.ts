/** Pulumi's CLI, as the commands of `git-airlock` use it. */
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { searchEngine, type Engine } from "../engine/engine";
import { directLoopback } from "../engine/loopback";
import { MOST, MOST_BYTES } from "./textFile";
import { UsageError } from "./usageError";

/** A command of Pulumi's CLI that failed. Its message is what the CLI said, where that was not on the screen already. */
export class PulumiFailed extends Error {}

/** What the commands need of the CLI; arguments as on a command line. */
export interface Pulumi {
  /** What it prints on standard output. @throws PulumiFailed */
  read(args: readonly string[]): Promise<string>;
  /** Shows people what it prints, and lets it ask them. @throws PulumiFailed */
  show(args: readonly string[]): Promise<void>;
}

/**
 * The CLI for a project, with the user's own login.
 * @param root the folder of Pulumi.yaml
 * @param purpose what there is no CLI to do, for the message
 * @throws UsageError when there is none
 */
export async function findPulumi(root: string, purpose: string): Promise<Pulumi> {
  const { engine, passedOver } = await searchEngine(root, process.env["PATH"] ?? "");
  if (engine === undefined) {
    const why = passedOver.length > 0 ? ` (${passedOver.join("; ")})` : "";
    throw new UsageError(
      `There is no Pulumi CLI to ${purpose}${why}. Install it (https://www.pulumi.com/docs/install/), or run "npm run engine".`,
    );
  }
  return { read: (args) => read(engine, root, args), show: (args) => show(engine, root, args) };
}

function environment({ env }: Engine): NodeJS.ProcessEnv {
  const own = { PULUMI_SKIP_UPDATE_CHECK: "true", no_grpc_proxy: directLoopback(process.env) };
  return { ...process.env, PATH: env.PATH, ...own };
}

async function read(engine: Engine, cwd: string, args: readonly string[]): Promise<string> {
  const options = { cwd, env: environment(engine), maxBuffer: MOST_BYTES };
  try {
    return (await promisify(execFile)(engine.pulumi, [...args, "--non-interactive"], options)).stdout;
  } catch (error) {
    // https://nodejs.org/api/errors.html#err_child_process_stdio_maxbuffer
    if (error instanceof Error && "code" in error && error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER")
      throw new PulumiFailed(
        `pulumi ${args.join(" ")} printed more than ${MOST}, which is the most that is read.`,
      );
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new PulumiFailed(said);
  }
}

/** On standard error, since standard output is for what the command itself has to say. */
function show(engine: Engine, cwd: string, args: readonly string[]): Promise<void> {
  const child = spawn(engine.pulumi, args, {
    cwd,
    env: environment(engine),
    stdio: ["inherit", process.stderr, process.stderr],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new PulumiFailed(`pulumi ${args.join(" ")} ended with code ${code ?? "none"}; see above`));
    });
  });
}
