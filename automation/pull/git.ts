/** Git as `git airlock pull` runs it. */
import { spawn } from "node:child_process";
import { isatty } from "node:tty";
import { environment, safeSettings, traces } from "./environment";
import type { Patience } from "./patience";
import { printableLines } from "./printable";

/** Git or what it needs did not do its work, so nothing can be told. */
export class GitError extends Error {
  constructor(
    message: string,
    /** Git's exit code; -1 when it was not started, or was stopped. */
    readonly code: number,
  ) {
    super(message);
  }
}

/** A clone that git works in. */
export interface Clone {
  /** An absolute path. */
  folder: string;
  /** Ends git when aborted. */
  stopped: AbortSignal;
  /** How files are written here, as settings: line endings and the like. */
  conventions: readonly string[];
}

/** How one git command is run. */
export interface Call {
  /** What git reads on standard input. */
  input?: string;
  /** Further settings, `key=value`. */
  settings?: readonly string[];
  /** Further variables. */
  variables?: Readonly<Record<string, string>>;
  /** Whether the user's and the system's settings count, which hold proxies and credentials. */
  isRemote?: boolean;
  /** For the one command that waits for the source: how long. Its progress and the traces asked for are shown. */
  patience?: Patience;
}

/** What came of a command that git ran to its end. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** How long a helper that git left behind (a shared ssh connection, a cache of passwords) may hold its output open. */
const DRAIN_MS = 500;

/** Starts git in a clone, with everything that makes it safe. */
export function startGit(clone: Clone, args: readonly string[], call: Call = {}) {
  const { settings = [], isRemote = false, patience, variables } = call;
  const all = [...safeSettings(isRemote), ...(isRemote ? [] : clone.conventions), ...settings];
  const traced = patience === undefined ? {} : { GIT_TRACE_PACKET: "1", ...traces() };
  const isDetached = patience !== undefined && !isatty(0);
  const child = spawn("git", [...all.flatMap((setting) => ["-c", setting]), "-C", clone.folder, ...args], {
    env: { ...environment(clone.folder, isRemote), ...traced, ...variables },
    // Its own group where nobody can be asked for a password, so that what git started ends with it.
    detached: isDetached,
    stdio: "pipe",
  });
  const end = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (!isDetached) child.kill();
    else
      try {
        process.kill(-child.pid);
      } catch {
        // It ended meanwhile.
      }
  };
  clone.stopped.addEventListener("abort", end);
  child.once("exit", () => {
    clone.stopped.removeEventListener("abort", end);
  });
  return { child, end };
}

/** Runs git to its end, whatever its exit code. @throws GitError where it cannot be run, was stopped or waited in vain */
export function run(clone: Clone, args: readonly string[], call: Call = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const wasStopped = `git ${args[0] ?? ""}: it was stopped.`;
    if (clone.stopped.aborted) {
      reject(new GitError(wasStopped, -1));
      return;
    }
    const { child, end } = startGit(clone, args, call);
    const { patience } = call;
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const watch = wholeLines((line) => {
      patience?.saw(line);
      show(line);
    });
    const fail = (message: string) => {
      patience?.end();
      child.stdout.destroy();
      child.stderr.destroy();
      reject(new GitError(message, -1));
    };
    patience?.begin(() => {
      end();
      fail(patience.message);
    });
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      stderr.push(chunk);
      if (patience !== undefined) watch(chunk.toString());
    });
    // Git may end without reading all its input; its exit code then tells more than the broken pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(call.input ?? "");
    const stopped = () => {
      fail(wasStopped);
    };
    clone.stopped.addEventListener("abort", stopped);
    child.once("error", (error) => {
      fail(`git ${args[0] ?? ""}: it cannot be run: ${error.message}.`);
    });
    const finish = () => {
      clone.stopped.removeEventListener("abort", stopped);
      patience?.end();
      watch("\n");
      resolve({
        code: child.exitCode ?? -1,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    };
    child.once("close", finish);
    child.once("exit", () => {
      if (patience !== undefined) setTimeout(finish, DRAIN_MS).unref();
    });
  });
}

/** A line of a trace: git's begin with the time, the events of GIT_TRACE2_EVENT with a brace. */
const TRACE = /^(\d\d:\d\d:\d\d\.\d+ |\{"event":)/;
/** Of GIT_TRACE_PACKET, which also shows {@link Patience} that something arrives. */
const PACKET = /^\S+ +\S+ +packet:/;

/** Shows people the progress, if they look, and the traces that they asked for. */
function show(line: string): void {
  const asked = traces();
  const isAsked = PACKET.test(line) ? "GIT_TRACE_PACKET" in asked : Object.keys(asked).length > 0;
  if (line.trim() !== "" && (TRACE.test(line) ? isAsked : process.stderr.isTTY))
    process.stderr.write(printableLines(line));
}

/** Calls for each whole line, of progress too, so that no secret is cut in two. */
function wholeLines(each: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const parts = (rest + text).split(/(?<=[\r\n])/);
    rest = /[\r\n]$/.test(parts.at(-1) ?? "") ? "" : (parts.pop() ?? "");
    for (const part of parts) each(part);
  };
}

/** What git said, without traces and progress. */
function complaint(stderr: string): string {
  const said = stderr.split("\n").map((line) => line.replace(/^.*\r(?=.)/, ""));
  return printableLines(said.filter((line) => !TRACE.test(line)).join("\n")).trim();
}

/** Runs git to its end and returns what it printed. @throws GitError */
export async function git(clone: Clone, args: readonly string[], call: Call = {}): Promise<string> {
  const { code, stdout, stderr } = await run(clone, args, call);
  if (code === 0) return stdout;
  throw new GitError(`git ${args[0] ?? ""} failed: ${complaint(stderr) || "no message"}`, code);
}

/** For commands that answer by their exit code: 0 is yes and 1 is no. @throws GitError for every other code */
export async function asks(clone: Clone, args: readonly string[]): Promise<boolean> {
  try {
    await git(clone, args);
    return true;
  } catch (error) {
    if (error instanceof GitError && error.code === 1) return false;
    throw error;
  }
}

/** The parts of a list in which each ends with a NUL. */
export function zeroTerminated(text: string): string[] {
  return text.split("\0").slice(0, -1);
}

/** The lines of a text in which each ends with a line break. */
export function lines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}
