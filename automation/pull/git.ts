/** Git as `git airlock pull` runs it: nothing that the source, the clone or the environment says can change what git does. */
import { spawn } from "node:child_process";
import { dirname } from "node:path";
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
}

/** How one git command is run. */
export interface Call {
  /** What git reads on standard input. */
  input?: string;
  /** Further settings, `key=value`. */
  settings?: readonly string[];
  /**
   * Whether git talks to the source. Only then do the user's and the system's settings count, which hold proxies and
   * credentials; the user sees git's progress if that is a terminal.
   */
  isRemote?: boolean;
}

const SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.attributesFile=/dev/null",
  "core.protectHFS=true",
  "core.protectNTFS=true",
  "transfer.fsckObjects=true",
  "fetch.fsckObjects=true",
  "fetch.recurseSubmodules=false",
  "submodule.recurse=false",
  "fetch.prune=false",
  "fetch.pruneTags=false",
  "fetch.writeCommitGraph=false",
  "transfer.bundleURI=false",
  // GIT_GRAFT_FILE says that there are none, and git would advise against them in every message.
  "advice.graftFileDeprecated=false",
  "i18n.logOutputEncoding=UTF-8",
  // A signature counts by the signers' file, and not by whatever keyring there is: no OpenPGP, no X.509.
  "gpg.program=/dev/null",
  "gpg.openpgp.program=/dev/null",
  "gpg.x509.program=/dev/null",
  "gpg.ssh.program=ssh-keygen",
  "gpg.minTrustLevel=fully",
];

/** Of git's many variables, those that say how to reach the source. */
const REACHES_SOURCE = /^GIT_(ASKPASS|TERMINAL_PROMPT|EXEC_PATH|SSH|SSL_|HTTP_|PROXY_|CONFIG_)/;

function environment(folder: string, isRemote: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("GIT_") || (isRemote && REACHES_SOURCE.test(name)),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    // A folder that is no clone must not pass for a part of one that it lies in.
    GIT_CEILING_DIRECTORIES: dirname(folder),
    // Neither can be sent by a source, but both would change what an ancestor is.
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null",
    // Without encryption anybody on the way could answer; ext:: runs commands.
    GIT_ALLOW_PROTOCOL: "https:ssh:file",
    GIT_LFS_SKIP_SMUDGE: "1",
    ...(isRemote ? {} : { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" }),
  };
}

/** Starts git in a clone, with everything that makes it safe. */
export function startGit({ folder, stopped }: Clone, args: readonly string[], call: Call = {}) {
  const { settings = [], isRemote = false } = call;
  // Whose clone it is was checked by the one command that runs with the user's own settings.
  const all = isRemote ? SETTINGS : [...SETTINGS, "safe.directory=*"];
  const options = [...all, ...settings].flatMap((setting) => ["-c", setting]);
  return spawn("git", [...options, "-C", folder, ...args], {
    env: environment(folder, isRemote),
    signal: stopped,
    stdio: "pipe",
  });
}

/** Runs git to its end and returns what it printed. @throws GitError */
export function git(clone: Clone, args: readonly string[], call: Call = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = startGit(clone, args, call);
    const stdout: Buffer[] = [];
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (call.isRemote && process.stderr.isTTY) process.stderr.write(printableLines(text));
    });
    // Git may end without reading all its input; its exit code then tells more than the broken pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(call.input ?? "");
    child.once("error", (error) => {
      const why = clone.stopped.aborted ? "it was stopped" : `it cannot be run: ${error.message}`;
      reject(new GitError(`git ${args[0] ?? ""}: ${why}.`, -1));
    });
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(stdout).toString());
      else
        reject(
          new GitError(
            `git ${args[0] ?? ""} failed: ${printableLines(said).trim() || "no message"}`,
            code ?? -1,
          ),
        );
    });
  });
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
