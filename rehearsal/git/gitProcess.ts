/** Git as a child process: an environment that inherits nothing, and process groups that can be ended. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/** What a finished command left behind. `code` is -1 when a signal ended it. */
export interface GitResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** The children of one owner, which are ended together. */
export class Processes {
  readonly #children = new Set<ChildProcessWithoutNullStreams>();
  #closed = false;

  /**
   * Starts a program in its own process group, so that {@link Processes.end} reaches what it starts in turn
   * (git runs its transports and packers as children). `env` is the whole environment.
   */
  spawn(program: string, args: string[], options: { cwd?: string; env: NodeJS.ProcessEnv }) {
    if (this.#closed) throw new Error(`cannot start ${program}: the rehearsal is being closed`);
    const child = spawn(program, args, { ...options, detached: true, stdio: "pipe" });
    this.#children.add(child);
    child.once("close", () => this.#children.delete(child));
    child.once("error", () => this.#children.delete(child));
    return child;
  }

  /** Kills a child and whatever it started. */
  end(child: ChildProcessWithoutNullStreams): void {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // ESRCH: the group ended by itself in the meantime.
    }
  }

  /** Kills every child, and resolves when all are gone. No child can be started afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    const gone = [...this.#children].map((child) => new Promise((resolve) => child.once("close", resolve)));
    for (const child of this.#children) this.end(child);
    await Promise.all(gone);
  }
}

/**
 * The whole environment of a git command in the rehearsal. Nothing of the caller's own git (configuration,
 * credential helpers, proxies, GIT_* variables) comes through; only where programs and temporary files are.
 *
 * @param home a folder of the rehearsal that stands for the home directory
 */
export function gitEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    TMPDIR: process.env.TMPDIR,
    HOME: home,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    // Git before 2.32 does not know this variable; there the empty home has the same effect.
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
}

/**
 * How one git command is run. `env` is the whole environment; `input` is sent to standard input; `encoding` is what
 * standard output is read as (default: UTF-8).
 */
export interface GitOptions {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  input?: string | Buffer;
  encoding?: "latin1";
  processes: Processes;
}

/** Runs git to its end. A non-zero code is a result, not an error; only a git that cannot be started throws. */
export function runGit(args: string[], options: GitOptions): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = options.processes.spawn("git", args, { cwd: options.cwd, env: options.env });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // Git may end without reading all its input; its exit code then tells more than the broken pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.once("error", (cause) => {
      const where = options.cwd === undefined ? "" : ` in ${options.cwd}`;
      reject(
        new Error(`cannot run "git ${args[0] ?? ""}"${where}: ${cause.message}; is git installed?`, {
          cause,
        }),
      );
    });
    child.once("close", (code) => {
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(stdout).toString(options.encoding),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}

/** Like {@link runGit}, and returns standard output; a non-zero code throws with what git said. */
export async function gitOutput(args: string[], options: GitOptions): Promise<string> {
  const result = await runGit(args, options);
  if (result.code !== 0) {
    throw new Error(`git ${args.join(" ")} ended with code ${result.code}: ${result.stderr.trim()}`);
  }
  return result.stdout;
}
