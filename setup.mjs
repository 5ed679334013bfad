// Makes a fresh clone ready: checks Node.js and git, and installs the packages of package-lock.json when they are not
// there. Plain JavaScript that old releases of Node.js can parse, because nothing is installed or checked when it runs.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const lockfile = join(root, "package-lock.json");

/** Written last, with the lockfile's hash: node_modules without it was made by an install that did not end. */
const marker = join(root, "node_modules", ".git-airlock-installed");

/** Held by the one process that installs. A folder of files that are named after the processes that hold it. */
const lock = join(root, ".airlock", "install.lock");

/** What the packages take in node_modules, in MB. */
const INSTALLED_MB = 400;

function fail(message) {
  console.error(message);
  process.exit(1);
}

/**
 * Whether a version of Node.js is in a range of package.json, whose forms are `^20.19.0` and `>=24.0.0`, with `||`
 * between them.
 */
export function isInRange(version, range) {
  const [major, minor] = version.split(".").map(Number);
  return range.split("||").some((part) => {
    const [, operator, least, leastMinor] = /^\s*(\^|>=)(\d+)\.(\d+)\.0\s*$/.exec(part);
    if (major === Number(least)) return minor >= Number(leastMinor);
    return operator === ">=" && major > Number(least);
  });
}

function checkTools() {
  const { engines } = JSON.parse(fs.readFileSync(join(root, "package.json"), "utf8"));
  if (!isInRange(process.versions.node, engines.node))
    fail(
      `git-airlock needs Node.js ${engines.node}; this is ${process.version}. ` +
        `Install a release in that range (https://nodejs.org/) and run it again.`,
    );
  try {
    execFileSync("git", ["--version"], { stdio: "ignore" });
  } catch {
    fail("git-airlock needs git, and there is none on PATH. Install git and run it again.");
  }
}

/** Whether npm installs the package on this machine. One that is optional, and for no platform, may be absent. */
function isWanted({ optional, os, cpu }) {
  if (!optional) return true;
  if (os === undefined) return false;
  return os.includes(process.platform) && (cpu === undefined || cpu.includes(process.arch));
}

/** As npm writes it into a lockfile: some packages put a "v" in front. */
function installedVersion(path) {
  try {
    return JSON.parse(fs.readFileSync(join(root, path, "package.json"), "utf8")).version.replace(/^v/, "");
  } catch {
    return undefined;
  }
}

/** The lockfile's packages that are not in node_modules in their version. */
function missingPackages() {
  const { packages } = JSON.parse(fs.readFileSync(lockfile, "utf8"));
  return Object.keys(packages).filter(
    (path) => path !== "" && isWanted(packages[path]) && installedVersion(path) !== packages[path].version,
  );
}

const lockfileHash = () => createHash("sha256").update(fs.readFileSync(lockfile)).digest("hex");

function isInstalled() {
  try {
    if (fs.readFileSync(marker, "utf8") !== lockfileHash()) return false;
  } catch {
    return false;
  }
  return missingPackages().length === 0;
}

/** When a process started, as the system writes it; undefined when it is not running. */
function startOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is running, as another user's.
    if (error.code !== "EPERM") return undefined;
  }
  try {
    if (process.platform !== "linux") {
      const options = { encoding: "utf8", env: { PATH: process.env.PATH, LC_ALL: "C" } };
      return execFileSync("ps", ["-o", "lstart=", "-p", pid], options).replace(/\W+/g, "-");
    }
    // After the name, which is in parentheses, the first field is the state and the 20th the start. A zombie holds
    // nothing; in a container without an init process it stays for ever.
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop().split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return "unknown";
  }
}

/** The name of a process's file in the lock. Its start tells it from a later process with the same id. */
const holder = (pid) => `${pid}.${startOf(pid)}`;

function isRunning(name) {
  const [pid] = name.split(".");
  return startOf(pid) !== undefined && holder(pid) === name;
}

function holders() {
  try {
    return fs.readdirSync(lock);
  } catch {
    return [];
  }
}

/**
 * Takes the lock, unless a running process holds it. Each step is safe against another process that does the same at
 * once: a folder cannot be renamed over one that has a file, nor can a folder that has a file be removed.
 */
function takeLock() {
  const held = holders();
  if (held.some(isRunning)) return false;
  const own = fs.mkdtempSync(`${lock}.`);
  fs.writeFileSync(join(own, holder(process.pid)), "");
  try {
    for (const name of held) fs.rmSync(join(lock, name), { force: true });
    fs.renameSync(own, lock);
    return true;
  } catch {
    // Another process was faster.
    fs.rmSync(own, { recursive: true });
    return false;
  }
}

async function alone(work) {
  let told = false;
  while (!takeLock()) {
    if (!told) console.error("Another process installs the packages here; waiting for it ...");
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    // In one step: another process may take the name as soon as the folder is empty.
    fs.renameSync(lock, `${lock}.${process.pid}`);
    fs.rmSync(`${lock}.${process.pid}`, { recursive: true });
  }
}

/** Ends with a sentence where the clone cannot be written to, or has no room. */
function checkRoom() {
  try {
    fs.mkdirSync(dirname(lock), { recursive: true });
    fs.accessSync(root, fs.constants.W_OK);
    fs.accessSync(dirname(lock), fs.constants.W_OK);
  } catch (error) {
    fail(
      `The packages cannot be installed, because ${root} cannot be written to (${error.code}). ` +
        "Clone the repository to a folder that you can write to, and run it again.",
    );
  }
  const { bavail, bsize } = fs.statfsSync(root);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < INSTALLED_MB)
    fail(
      `The packages take about ${INSTALLED_MB} MB, and the file system of ${root} has ${free} MB left. ` +
        "Free some space and run it again.",
    );
}

/** Resolves with what went wrong, if anything. npm holds the lock too: it goes on when this process is killed. */
function npmCi() {
  // No package that this project uses needs its install script; Pulumi's look for a CLI that nobody asked for.
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  // Whatever NODE_ENV and the user's npm settings omit: of `--omit` and `--include`, the latter decides.
  // https://docs.npmjs.com/cli/v11/commands/npm-ci#include
  const everything = ["--include=dev", "--include=optional", "--include=peer"];
  const npm = spawn("npm", ["ci", ...everything, ...quiet], {
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  return new Promise((resolve) => {
    npm.once("spawn", () => fs.writeFileSync(join(lock, holder(npm.pid)), ""));
    npm.once("error", ({ code }) =>
      resolve(
        `The packages cannot be installed: npm cannot be run (${code}). Put npm on PATH and run it again.`,
      ),
    );
    npm.once("close", (code) =>
      resolve(
        code === 0
          ? undefined
          : "npm could not install the packages; its message is above. Fix that and run it again.",
      ),
    );
  });
}

const mark = () => fs.writeFileSync(marker, lockfileHash());

/** Installs the packages. Resolves with what went wrong, if anything. */
async function install() {
  // Another process may have installed them while this one waited.
  if (isInstalled()) return undefined;
  console.error(`Installing packages (once, about ${INSTALLED_MB} MB in node_modules) ...`);
  fs.rmSync(marker, { force: true });
  const problem = await npmCi();
  if (problem !== undefined) return problem;
  const missing = missingPackages();
  if (missing.length > 0)
    return (
      `npm reported success, but ${missing.length} packages are not installed (${missing[0]}, for one). ` +
      'A setting of npm keeps them out: look at "npm config ls", change it, and run it again.'
    );
  mark();
  return undefined;
}

/** Installs what is missing. Says so first: on a fresh clone it takes some seconds. */
export async function setUp() {
  // Under a umask that takes the owner's own rights away, nobody could read what is made here.
  process.umask(process.umask() & 0o077);
  checkTools();
  if (isInstalled()) return;
  checkRoom();
  const problem = await alone(install);
  if (problem !== undefined) fail(problem);
}

// npm runs the script `postinstall` when somebody installs by hand, so that it need not be done again.
if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1] ?? ".")).href)
  if (process.argv[2] !== "--installed") await setUp();
  else if (missingPackages().length === 0) mark();
