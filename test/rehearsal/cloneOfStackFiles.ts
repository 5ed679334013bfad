/** Copies of this clone's stack files, to be broken. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RehearsalError } from "../../rehearsal/rehearsalError";
import { readStacks, type RehearsedStacks } from "../../rehearsal/engines/readStacks";
import { root } from "./rehearsing";

export const stackFileNames = [
  "Pulumi.yaml",
  "Pulumi.dev.yaml",
  "Pulumi.prd.yaml",
  "Pulumi.mirror.yaml",
  "Pulumi.org.yaml",
];

/** The text of one of this clone's files. */
export function sample(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Reads the stack files of a clone in which some are other texts; undefined stands for a file that is gone. */
export function withFiles<T>(
  files: Readonly<Record<string, string | undefined>>,
  work: (folder: string) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), "airlock-stacks-"));
  try {
    for (const file of stackFileNames) cpSync(join(root, file), join(folder, file));
    for (const [file, text] of Object.entries(files)) {
      if (text === undefined) rmSync(join(folder, file));
      else writeFileSync(join(folder, file), text);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function stacksOf(files: Readonly<Record<string, string | undefined>>): RehearsedStacks {
  return withFiles(files, (folder) => readStacks(folder));
}

/** The lines that stack files are refused with, without what introduces them; none where they are not refused. */
export function refusalOf(files: Readonly<Record<string, string | undefined>>): string[] {
  try {
    stacksOf(files);
    return [];
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    const [title = "", ...lines] = error.message.split("\n");
    if (!/^[0-9]+ problems? in the stack files; nothing was stood up:$/.test(title)) throw error;
    return lines.map((line) => line.trim());
  }
}

/** The file with one text in it replaced by another. */
export function edited(file: string, from: string, to: string): Record<string, string> {
  const text = sample(file);
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  return { [file]: text.replace(from, to) };
}

/** The number of the line that holds this text. */
export function lineOf(file: string, text: string): number {
  return (
    sample(file)
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  );
}
