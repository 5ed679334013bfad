/** Gets a Pulumi CLI into the clone when none is to be found: Pulumi's own installer, else built from Go modules. */
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorText } from "../facts/errorText";
import { buildEngine, type Log } from "./build";
import { engineFolder, searchEngine, type Engine } from "./engine";

/** No engine could be had; the message says what to do. */
export class InstallError extends Error {}

function firstLine(error: unknown): string {
  const text = errorText(error);
  return (
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? "no reason given"
  );
}

/** Runs Pulumi's own installer, which fetches the release of the SDK that this project uses. Its folder, if it worked. */
async function runInstaller(folder: string, log: Log): Promise<string | undefined> {
  log("Running Pulumi's own installer (a download of some 150 MB) ...");
  try {
    await PulumiCommand.install({ root: folder });
    return join(folder, "bin");
  } catch (error) {
    log(`  That did not work: ${firstLine(error)}`);
    return undefined;
  }
}

async function build(root: string, folder: string, log: Log): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  await buildEngine(root, folder, log);
  return folder;
}

/**
 * Makes sure that this clone has a Pulumi CLI: one on PATH, one that an earlier run left in the clone, Pulumi's own
 * installer, or a build from Go modules; whichever works first. An interrupted run leaves nothing that is taken for a
 * finished one: what is fetched or built moves to its place in one step.
 * @param root - The folder of the clone
 * @param log - Takes progress and what was done
 * @throws InstallError or BuildError
 */
export async function installEngine(root: string, log: Log): Promise<Engine> {
  const searchPath = process.env["PATH"] ?? "";
  const before = await searchEngine(root, searchPath);
  for (const problem of before.passedOver) log(`Not used: ${problem}.`);
  if (before.engine !== undefined) return before.engine;

  const parent = engineFolder(root);
  const incoming = join(parent, `incoming-${process.pid}`);
  mkdirSync(parent, { recursive: true });
  try {
    const made = (await runInstaller(incoming, log)) ?? (await build(root, incoming, log));
    rmSync(join(parent, "bin"), { recursive: true, force: true });
    renameSync(made, join(parent, "bin"));
  } finally {
    // Those of interrupted runs go too.
    for (const name of readdirSync(parent))
      if (name.startsWith("incoming-")) rmSync(join(parent, name), { recursive: true, force: true });
  }

  const { engine, passedOver } = await searchEngine(root, searchPath);
  if (engine === undefined)
    throw new InstallError(
      `What was installed does not work: ${passedOver.join("; ")}. Install Pulumi yourself.`,
    );
  return engine;
}
