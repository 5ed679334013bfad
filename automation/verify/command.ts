/** `airlock verify`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pc from "picocolors";
import { verify } from "../../isolation/claims/verify";
import type { Report } from "../../isolation/claims/verdict";
import { UsageError } from "../usageError";
import { asExpectations, differences, readExpectations } from "./expectations";
import { html } from "./html";
import { readOptions, usage, type VerifyOptions } from "./options";
import { readStacks } from "./stacks";
import { table } from "./table";

const root = join(__dirname, "..", "..");

/** @returns the exit code, as the usage tells. @throws UsageError */
export async function verifyCommand(args: string[], stopped: AbortSignal): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  // Read first: a mistake in it must not wait for the stacks.
  const expected = options.expect === undefined ? undefined : readExpectations(options.expect);
  let report = await prove(options);
  write(options, report);
  print(options, report);
  const judge = () => {
    if (expected === undefined) return exitCode(report);
    const found = differences(report, expected);
    for (const difference of found) console.error(pc.red(difference));
    if (found.length === 0) console.error("As expected.");
    return found.length === 0 ? 0 : 1;
  };
  let code = judge();
  while (options.watch !== undefined && (await isNotStopped(options.watch, stopped))) {
    const before = asExpectations(report);
    report = await prove(options);
    if (asExpectations(report) === before) continue;
    write(options, report);
    print(options, report);
    code = judge();
  }
  return code;
}

async function prove(options: VerifyOptions): Promise<Report> {
  const { stderr } = process;
  let line = "";
  const timer = setTimeout(() => {
    if (stderr.isTTY) stderr.write(line);
  }, 2_000);
  try {
    return verify(
      await readStacks(options, root, (what) => {
        line = `${what}\n`;
      }),
    );
  } finally {
    clearTimeout(timer);
  }
}

function write({ html: page, writeExpect }: VerifyOptions, report: Report): void {
  for (const [file, text] of [
    [page, html],
    [writeExpect, asExpectations],
  ] as const) {
    if (file === undefined) continue;
    try {
      writeFileSync(file, text(report));
    } catch (error) {
      throw new UsageError(
        `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

function print({ json, verbose }: VerifyOptions, report: Report): void {
  const isColoured = pc.isColorSupported && process.stdout.isTTY;
  console.log(json ? JSON.stringify(report, null, 2) : table(report, verbose, isColoured));
}

function exitCode({ verdicts }: Report): number {
  if (verdicts.some(({ status }) => status === "refuted")) return 1;
  return verdicts.some(({ status }) => status === "undecidable") ? 2 : 0;
}

async function isNotStopped(seconds: number, stopped: AbortSignal): Promise<boolean> {
  try {
    await wait(seconds * 1_000, undefined, { signal: stopped });
    return true;
  } catch {
    return false;
  }
}
