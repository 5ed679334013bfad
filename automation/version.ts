/** Which git-airlock this is. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A version, and the commit that it was made of, where that is known; `-dirty` behind it where files were changed. */
export interface Version {
  readonly version: string;
  readonly commit?: string;
}

/** What tools/roomFile.ts writes into the single file for the room. */
declare const GIT_AIRLOCK_BUILD: Version | undefined;

/** Read where it is asked for, so that nothing else waits for it. */
export function ownVersion(): Version {
  if (typeof GIT_AIRLOCK_BUILD !== "undefined") return GIT_AIRLOCK_BUILD;
  const root = join(__dirname, "..");
  const read: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const version =
    typeof read === "object" && read !== null && "version" in read ? String(read.version) : "unknown";
  return { version, commit: commitOf(root) };
}

/** As one line: `git-airlock 0.1.0 (commit …, Node.js v20.20.2)`. */
export function versionLine(): string {
  const { version, commit } = ownVersion();
  return `git-airlock ${version} (commit ${commit ?? "unknown"}, Node.js ${process.version})`;
}

/** Undefined where the folder is not a clone's: the repository around it may be somebody else's. */
function commitOf(root: string): string | undefined {
  if (!existsSync(join(root, ".git"))) return undefined;
  const describe = ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"];
  try {
    // Without the variables of a hook, which would name another repository.
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
    return execFileSync("git", ["-C", root, ...describe], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    }).trim();
  } catch {
    return undefined;
  }
}
