/** One rehearsal as the command line asks for it: in a folder of its own, narrated, its result written down. */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { errorText } from "../facts/errorText";
import { whyNotWritable, writeText } from "../automation/output";
import { Console } from "./scenario/console";
import { exportStack } from "./engines/in-process/stackExport";
import { UsageError, type CommandLine } from "./options";
import { rehearse, type RehearsalResult } from "./scenario/rehearse";
import { asJson, listPlaceholders, narrate, verdict } from "./scenario/report";
import { byEngine } from "./engines/pulumi/byEngine";
import { inProcess } from "./engines/deployStack";
import { stackFilesOf, type RehearsedStacks } from "./engines/readStacks";
import { makeWorkFolder } from "./workFolder";

/**
 * Whether everything went as expected.
 *
 * @param root the clone's folder
 * @throws UsageError when there is no writing to the folder given for the exports; else what `rehearse` throws
 */
export async function run(
  { repo, json, out, keep, engine }: CommandLine,
  root: string,
  stopped: AbortSignal,
): Promise<boolean> {
  const started = performance.now();
  if (out !== undefined) makeExportFolder(out);
  const screen = new Console(json ? process.stderr : process.stdout);
  const folder = makeWorkFolder(root, keep);
  try {
    const seed = randomBytes(16).toString("hex");
    const builder = engine
      ? await byEngine({
          root,
          folder,
          seed,
          aborted: stopped,
          onLine: (line) => {
            screen.passing(line);
          },
        })
      : inProcess({ root, seed, aborted: stopped });
    if (out !== undefined) requireWritable(out, builder.stacks);
    const result = await rehearse(
      { folder, repository: repo, seed, builder, aborted: stopped },
      narrate(screen),
    ).finally(() => {
      builder.close();
    });
    const seconds = (performance.now() - started) / 1000;
    if (out !== undefined) {
      const written = writeExports(out, result);
      screen.note(`wrote ${written.join(", ")} to ${out}`);
    }
    listPlaceholders(screen, result.placeholders);
    if (json) process.stdout.write(`${JSON.stringify(asJson(result), undefined, 2)}\n`);
    screen.end(result.passed, verdict(result), `${seconds.toFixed(1)} s`);
    return result.passed;
  } finally {
    if (keep) screen.note(`kept ${relative(process.cwd(), folder)}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** The file of a stack's export. */
function exportFile(folder: string, stack: string): string {
  return join(folder, `${stack}.json`);
}

/** Asked before the work is done. @throws UsageError */
function makeExportFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`--out ${folder}: ${errorText(error)}`);
  }
}

/** Asked before the work is done. @throws UsageError */
function requireWritable(folder: string, stacks: RehearsedStacks): void {
  for (const { stack } of stackFilesOf(stacks)) refuse(whyNotWritable(exportFile(folder, stack)));
}

/** Returns the names of the files. */
function writeExports(
  folder: string,
  { source, target, others, mirror, organization }: RehearsalResult,
): string[] {
  // Nobody learns a random passphrase: what it closes stays closed.
  const passphrase = process.env["PULUMI_CONFIG_PASSPHRASE"] ?? randomBytes(32).toString("hex");
  const targets = [target, ...others.map((other) => other.target)];
  return [source, ...targets, mirror, ...(organization ? [organization] : [])].map(({ deployment }) => {
    const text = `${JSON.stringify(exportStack(deployment, passphrase), undefined, 2)}\n`;
    const file = exportFile(folder, deployment.stack);
    refuse(writeText(file, text, 0o600));
    return basename(file);
  });
}

/** @throws UsageError where there is a problem */
function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new UsageError(`--out: ${problem}`);
}
