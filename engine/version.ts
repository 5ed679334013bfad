/** Versions of the Pulumi CLI: reading, comparing, and which one this project needs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Major, minor and patch. Pre-release and build parts do not matter here and are dropped. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Reads a version as `pulumi version` prints it, `v3.200.0` or `3.201.0-alpha.1`; undefined if it is none. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim()) ?? [];
  return patch === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Writes a version without a leading v. */
export function formatVersion(version: Version): string {
  return version.join(".");
}

/** Whether a CLI of version `actual` can stand in for one of `oldest`: the same major version, and not older. */
export function isNewEnough(actual: Version, oldest: Version): boolean {
  const [major, minor, patch] = actual;
  if (major !== oldest[0]) return false;
  return minor === oldest[1] ? patch >= oldest[2] : minor > oldest[1];
}

/**
 * The version of a module that one of the go.mod files under `engine/` requires.
 * @param root - The folder of the clone
 * @param folder - The folder under `engine/`
 * @param module - Path of the required module
 */
export function pinnedVersion(root: string, folder: string, module: string): Version {
  const file = join(root, "engine", folder, "go.mod");
  const words = readFileSync(file, "utf8").split(/\s+/);
  // A whole word: the path of the tool to build begins with the module's.
  const version = parseVersion(words[words.indexOf(module) + 1] ?? "");
  if (version === undefined)
    throw new Error(`${file} requires no version of ${module}. Restore the file from git.`);
  return version;
}

/**
 * The oldest CLI that this project runs on: the version that engine/pulumi/go.mod requires, because that is the one
 * that CI builds and tests. Newer ones of the same major version keep to its protocol.
 * @param root - The folder of the clone
 */
export function oldestVersion(root: string): Version {
  return pinnedVersion(root, "pulumi", "github.com/pulumi/pulumi/pkg/v3");
}
