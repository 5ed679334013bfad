/** Builds the Pulumi CLI and its Node.js language host from Go modules, for machines that reach only registries. */
import { spawn } from "node:child_process";
import { readdirSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { formatVersion, pinnedVersion } from "./version";

/** Takes one line of progress for people. */
export type Log = (line: string) => void;

/** A build that failed; the message says what was run and ends with what Go said. */
export class BuildError extends Error {}

interface GoModule {
  /** Folder under `engine/`, with a go.mod that names what to build by a `tool` line. */
  readonly folder: string;
  /** The required module whose version the built program reports as its own. */
  readonly versionOf: string;
}

/**
 * Two modules, because the last release of Pulumi's SDK for Go that holds the language host is older than the SDK that
 * the CLI needs. The old host is enough: it starts the Node.js SDK of the program, which does the work.
 */
const modules: readonly GoModule[] = [
  { folder: "pulumi", versionOf: "github.com/pulumi/pulumi/pkg/v3" },
  { folder: "language-nodejs", versionOf: "github.com/pulumi/pulumi/sdk/v3" },
];

/** After how many modules or packages to say so: a first build downloads some 250 and compiles some 1,500. */
const linesPerReport = 100;

/** Runs `go build` and reports its progress. Go keeps what it compiled, so that a second run is quick. */
function goBuild(cwd: string, args: readonly string[], log: Log): Promise<void> {
  const failed = `go ${args.join(" ")} in ${cwd} failed`;
  return new Promise((resolve, reject) => {
    // Without cgo the programs depend on neither a C compiler nor the machine's C library.
    const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
    const go = spawn("go", args, { cwd, env, stdio: ["ignore", "inherit", "pipe"] });
    const said: string[] = [];
    const done = { downloaded: 0, compiled: 0 };
    const count = (kind: keyof typeof done): void => {
      if (++done[kind] % linesPerReport === 0)
        log(`  ${done.downloaded} modules downloaded, ${done.compiled} packages compiled`);
    };
    createInterface({ input: go.stderr }).on("line", (line) => {
      // With -v, Go names each module that it downloads and each package that it compiles, one to a line.
      if (line.startsWith("go: downloading ")) count("downloaded");
      else if (/^[\w.~/-]+$/.test(line)) count("compiled");
      else said.push(line);
    });
    go.on("error", (error) => {
      reject(new BuildError(`${failed}: ${error.message}. Install Go 1.24 or newer, or Pulumi itself.`));
    });
    go.on("close", (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new BuildError(`${failed} (${signal ?? `exit ${code ?? "?"}`}):\n${said.slice(-20).join("\n")}`),
        );
    });
  });
}

/**
 * Builds the CLI and the language host into a folder, and links the shims that complete them.
 * @param root - The folder of the clone
 * @param folder - An empty folder inside the clone; it can be moved to another name in the same parent afterwards
 * @throws BuildError
 */
export async function buildEngine(root: string, folder: string, log: Log): Promise<void> {
  for (const { folder: name, versionOf } of modules) {
    const version = `v${formatVersion(pinnedVersion(root, name, versionOf))}`;
    log(`Building ${versionOf} ${version} ...`);
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
    await goBuild(
      join(root, "engine", name),
      ["build", "-v", "-trimpath", "-ldflags", flags, "-o", folder, "tool"],
      log,
    );
  }
  // Linked and not copied, so that a clone that is brought up to date runs the new ones.
  const shims = join(root, "engine", "shims");
  for (const shim of readdirSync(shims)) symlinkSync(relative(folder, join(shims, shim)), join(folder, shim));
}
