/** What a command writes: standard output and error, and the files that it was given. */
import { closeSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { errorText } from "../facts/errorText";

/**
 * Heeds what cannot be printed. Where nobody reads any more (as in `git airlock verify | head`), the work ends and that is
 * all. Whatever else is wrong (a full disk, say) is said, and makes the exit code of this process.
 * @param stop ends the work; the error says why
 */
export function guardOutput(stop: (why: Error) => void, exitCode: number): void {
  for (const [name, stream] of [
    ["Standard output", process.stdout],
    ["Standard error", process.stderr],
  ] as const)
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") {
        stop(new Error("stopped, because nobody reads what it prints"));
        return;
      }
      const why = `${name} cannot be written: ${error.message}`;
      stop(new Error(why));
      // At the very end, so that no result of the work takes its place.
      process.on("exit", () => {
        process.exitCode = exitCode;
      });
      try {
        writeSync(2, `${why}\n`);
      } catch {
        // Then the exit code has to say it.
      }
    });
}

/**
 * Whether a file can be written, asked before the work whose result it will hold. Leaves everything as it is.
 * @returns why it cannot be; undefined where it can
 */
export function whyNotWritable(file: string): string | undefined {
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    // A pipe or a device is not for trying.
    if (there !== undefined && !there.isFile() && !there.isDirectory()) return undefined;
    closeSync(openSync(file, "a"));
    if (there === undefined) rmSync(file);
    return undefined;
  } catch (error) {
    return reasonOf(file, error);
  }
}

/** @returns why it cannot be written; undefined where it was */
export function writeText(file: string, text: string, mode?: number): string | undefined {
  try {
    writeFileSync(file, text, { mode });
    return undefined;
  } catch (error) {
    return reasonOf(file, error);
  }
}

function reasonOf(file: string, error: unknown): string {
  return `${file} cannot be written: ${errorText(error)}`;
}
