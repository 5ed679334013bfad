// Makes a fresh clone ready: checks Node.js and git, and installs the packages of package-lock.json when they are not
// there. Plain JavaScript, because nothing is installed yet when it runs.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));

function fail(message) {
  console.error(message);
  process.exit(1);
}

function checkTools() {
  if (Number(process.versions.node.split(".")[0]) < 20)
    fail(
      `git-airlock needs Node.js 20 or newer; this is ${process.version}. Install a newer one and run it again.`,
    );
  try {
    execFileSync("git", ["--version"], { stdio: "ignore" });
  } catch {
    fail("git-airlock needs git, and there is none on PATH. Install git and run it again.");
  }
}

function packages(lockfile) {
  return JSON.parse(readFileSync(lockfile, "utf8")).packages;
}

/** Whether every package of the lockfile that this machine needs is installed in its version. */
function isInstalled() {
  // npm writes this file last, so an interrupted install does not pass for a finished one.
  const installedLock = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return false;
  const installed = packages(installedLock);
  return Object.entries(packages(join(root, "package-lock.json"))).every(
    ([path, wanted]) => path === "" || wanted.optional || installed[path]?.version === wanted.version,
  );
}

/** Installs what is missing. Says so first: on a fresh clone it takes some seconds. */
export function setUp() {
  checkTools();
  if (isInstalled()) return;
  console.error("Installing packages (once, about 300 MB in node_modules) ...");
  // No package that this project uses needs its install script; Pulumi's look for a CLI that nobody asked for.
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (npm.status !== 0)
    fail("npm could not install the packages; its message is above. Mend that and run it again.");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) setUp();
