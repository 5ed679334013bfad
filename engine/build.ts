/** Builds the Pulumi CLI and its Node.js language host from Go modules, for machines that reach only registries. */
import { spawn } from "node:child_process";
import { readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";

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

/** After how many compiled packages to say so: a build compiles some 1,500, a handful per second. */
const packagesPerLine = 250;

function requiredVersion(goMod: string, module: string): string {
  const line = readFileSync(goMod, "utf8")
    .split("\n")
    .map((text) =>
      text
        .replace(/^require/, "")
        .trim()
        .split(" "),
    )
    .find(([path]) => path === module);
  if (line?.[1] === undefined)
    throw new BuildError(`${goMod} does not require ${module}. Restore the file from git.`);
  return line[1];
}

/** Runs `go build` and reports its progress. Go keeps what it compiled, so that a second run is quick. */
function goBuild(cwd: string, args: readonly string[], log: Log): Promise<void> {
  const failed = `go ${args.join(" ")} in ${cwd} failed`;
  return new Promise((resolve, reject) => {
    // Without cgo the programs depend on neither a C compiler nor the machine's C library.
    const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
    const go = spawn("go", args, { cwd, env, stdio: ["ignore", "inherit", "pipe"] });
    const said: string[] = [];
    let compiled = 0;
    createInterface({ input: go.stderr }).on("line", (line) => {
      // With -v, Go names each module that it downloads and each package that it compiles, one to a line.
      const isPackage = /^[\w.~/-]+$/.test(line);
      if (!isPackage && !line.startsWith("go: downloading ")) said.push(line);
      if (isPackage && ++compiled % packagesPerLine === 0) log(`  ${compiled} packages compiled`);
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
    const cwd = join(root, "engine", name);
    const version = requiredVersion(join(cwd, "go.mod"), versionOf);
    log(`Building ${versionOf} ${version} ...`);
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
    await goBuild(cwd, ["build", "-v", "-trimpath", "-ldflags", flags, "-o", folder, "tool"], log);
  }
  // Linked and not copied, so that a clone that is brought up to date runs the new ones.
  const shims = join(root, "engine", "shims");
  for (const shim of readdirSync(shims)) symlinkSync(relative(folder, join(shims, shim)), join(folder, shim));
}
