/** Finds the Pulumi CLI that this clone can use. Finding never downloads, builds or changes anything. */
import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { formatVersion, isNewEnough, oldestVersion, parseVersion } from "./version";

/** A Pulumi CLI with what it needs to run this project's programs and policy packs. */
export interface Engine {
  /** Path of the `pulumi` executable. */
  readonly pulumi: string;
  /** Its version, without a leading v. */
  readonly version: string;
  /**
   * What to add to a process's environment to run this CLI apart from whatever else the user does with Pulumi: PATH
   * with the CLI's folder first, and a PULUMI_HOME of the clone's own, where logins and plugins of the user are not
   * seen. Deployments to real accounts want the user's own home: leave PULUMI_HOME out for them.
   */
  readonly env: {
    readonly PATH: string;
    readonly PULUMI_HOME: string;
    readonly PULUMI_SKIP_UPDATE_CHECK: "true";
  };
}

/** Where the clone keeps what it downloaded or built: `<root>/.airlock/engine`. Not under version control. */
export function engineFolder(root: string): string {
  return join(root, ".airlock", "engine");
}

/** Each program that Pulumi starts to run a Node.js program with a policy pack and dynamic resources. */
const companions = ["pulumi-language-nodejs", "pulumi-analyzer-policy", "pulumi-resource-pulumi-nodejs"];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The folders of a search path; an empty entry, which means the current folder, is none. */
function foldersOf(searchPath: string): string[] {
  return searchPath.split(delimiter).filter((folder) => folder !== "");
}

function findIn(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** What `pulumi version` says, or why it says nothing. The time limit is for a CLI that waits for something. */
async function askVersion(pulumi: string): Promise<{ said: string } | { problem: string }> {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { stdout } = await promisify(execFile)(pulumi, ["version"], { env, timeout: 30_000 });
    return { said: stdout.trim() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message.trim() : String(error) };
  }
}

/**
 * Examines one CLI: whether it runs, is new enough, and has its companions beside it or on the search path.
 * @param searchPath - Folders to search, as in PATH
 */
async function examine(
  root: string,
  pulumi: string,
  searchPath: string,
): Promise<{ engine: Engine } | { problem: string }> {
  const answer = await askVersion(pulumi);
  if ("problem" in answer) return { problem: `${pulumi} does not run: ${answer.problem}` };
  const version = parseVersion(answer.said);
  if (version === undefined)
    return { problem: `${pulumi} gives "${answer.said}" as its version; expected a version like v3.200.0` };
  const oldest = oldestVersion(root);
  if (!isNewEnough(version, oldest)) {
    const needed = `${formatVersion(oldest)} or a newer ${oldest[0]}.x`;
    return { problem: `${pulumi} is version ${formatVersion(version)}; ${needed} is needed` };
  }
  // Pulumi itself looks for them on PATH and beside the file that it really is.
  const folders = [...foldersOf(searchPath), dirname(realpathSync(pulumi))];
  const missing = companions.filter((name) => findIn(folders, name) === undefined);
  if (missing.length > 0)
    return { problem: `${pulumi} lacks ${missing.join(" and ")}, which Pulumi's installer puts beside it` };
  return {
    engine: {
      pulumi,
      version: formatVersion(version),
      env: {
        PATH: [dirname(pulumi), searchPath].join(delimiter),
        PULUMI_HOME: join(engineFolder(root), "home"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  };
}

/** What a search came to: the engine, if there is one, and why each CLI before it was passed over. */
export interface Search {
  readonly engine?: Engine;
  readonly passedOver: readonly string[];
}

/**
 * Looks for a CLI on the search path, then in the clone.
 * @param root - The folder of the clone
 * @param searchPath - Folders to search, as in PATH
 */
export async function searchEngine(root: string, searchPath: string): Promise<Search> {
  const onPath = findIn(foldersOf(searchPath), "pulumi");
  const inClone = findIn([join(engineFolder(root), "bin")], "pulumi");
  const passedOver: string[] = [];
  for (const pulumi of [onPath, inClone]) {
    if (pulumi === undefined) continue;
    const result = await examine(root, pulumi, searchPath);
    if ("engine" in result) return { engine: result.engine, passedOver };
    passedOver.push(result.problem);
  }
  return { passedOver };
}

/**
 * The Pulumi CLI that this clone can use, or undefined when there is none: `npm run engine` gets one.
 * @param root - The folder of the clone
 */
export async function findEngine(root: string): Promise<Engine | undefined> {
  return (await searchEngine(root, process.env["PATH"] ?? "")).engine;
}
