/** `git airlock pull` as one file, for a room that has Node.js and git, and no packages. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ownVersion, type Version } from "../automation/version";

const root = join(__dirname, "..");

/** The file's name; its checksum is beside it, in the format of `sha256sum`. */
export const ROOM_FILE = "git-airlock-pull.cjs";

/**
 * The oldest syntax in the file. It is older than what the program needs (Node.js 20), so that Node.js 10 and newer get
 * as far as the sentence that says so.
 */
const SYNTAX = "es2018";

/** What the file does first. Plain old JavaScript. */
const CHECK_NODE = `if (parseInt(process.versions.node, 10) < 20) {
  console.error("git-airlock needs Node.js 20 or newer; this is " + process.version + ".");
  process.exit(3);
}`;

/** The text of the file. Of the same sources and the same commit it is the same, byte by byte. */
export async function roomFile(made: Version = ownVersion()): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ["automation/pull/program.ts"],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "cjs",
    target: SYNTAX,
    define: { GIT_AIRLOCK_BUILD: JSON.stringify(made) },
    banner: {
      js: `#!/usr/bin/env node\n// git-airlock ${made.version}, pull only. Apache-2.0\n${CHECK_NODE}`,
    },
    logLevel: "silent",
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error("esbuild has made no file");
  return output.text + licences(Object.keys(result.metafile.inputs));
}

/** The licences of the packages in the file, which ask to be in every copy. */
function licences(inputs: readonly string[]): string {
  const packages = new Set(
    inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  return [...packages]
    .sort()
    .map((name) => `\n/* ${name}:\n${readFileSync(licenceOf(name), "utf8").trim()}\n*/\n`)
    .join("");
}

function licenceOf(name: string): string {
  const file = ["LICENSE", "LICENSE.md", "license"]
    .map((one) => join(root, "node_modules", name, one))
    .find(existsSync);
  if (file === undefined) throw new Error(`The package ${name} has no licence file.`);
  return file;
}

/** Writes the file and its checksum into a folder, which is made if need be. @returns the checksum */
export async function writeRoomFile(folder: string): Promise<string> {
  const text = await roomFile();
  const digest = createHash("sha256").update(text).digest("hex");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ROOM_FILE), text, { mode: 0o755 });
  writeFileSync(join(folder, `${ROOM_FILE}.sha256`), `${digest}  ${ROOM_FILE}\n`);
  return digest;
}
