import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { z } from "zod";

const root = join(__dirname, "..");
const manifest = z
  .object({ engines: z.object({ node: z.string() }), dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));

/** Installs what the lockfile lists, as npm does: everything anew, its own lockfile last. */
const NPM = `#!/usr/bin/env node
const { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
appendFileSync("calls", process.argv.slice(2).join(" ") + "\\n");
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
function install() {
  rmSync("node_modules", { recursive: true, force: true });
  for (const [path, { version, dev }] of Object.entries(packages)) {
    if (path === "" || (dev && existsSync("omits-dev"))) continue;
    mkdirSync(path, { recursive: true });
    writeFileSync(path + "/package.json", JSON.stringify({ version }));
    writeFileSync(path + "/index.js", "");
  }
  writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));
}
if (existsSync("fails")) process.exit(1);
if (!existsSync("waits")) install();
else {
  require("node:fs").watch(".", () => { if (existsSync("go")) { install(); process.exit(0); } });
  writeFileSync("started", "");
}
`;

/** A clone with two packages to install, and an npm that installs them without a network. */
class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), "airlock-setup-"));
  readonly #bin = join(this.folder, "bin");

  constructor(engines = manifest.engines.node) {
    copyFileSync(join(root, "setup.mjs"), this.path("setup.mjs"));
    this.write("package.json", JSON.stringify({ engines: { node: engines } }));
    this.lock("1.0.0");
    mkdirSync(this.#bin);
    writeFileSync(join(this.#bin, "npm"), NPM, { mode: 0o755 });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text = ""): void {
    writeFileSync(this.path(name), text);
  }

  /** Wants these packages, one in the given version. */
  lock(version: string): void {
    const packages = {
      "": {},
      "node_modules/one": { version },
      "node_modules/one/node_modules/two": { version: "2.0.0", dev: true },
      "node_modules/elsewhere": { version: "3.0.0", optional: true, os: ["no such system"] },
    };
    this.write("package-lock.json", JSON.stringify({ packages }));
  }

  start(environment: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, ["setup.mjs"], this.#options(environment));
  }

  run(environment: Record<string, string> = {}): { code: number | null; stderr: string } {
    const { status, stderr } = spawnSync(process.execPath, ["setup.mjs"], {
      ...this.#options(environment),
      encoding: "utf8",
    });
    return { code: status, stderr };
  }

  /** What npm was called with, call by call. */
  calls(): string[] {
    if (!existsSync(this.path("calls"))) return [];
    return readFileSync(this.path("calls"), "utf8").trim().split("\n");
  }

  isWhole(): boolean {
    return existsSync(this.path("node_modules/one/node_modules/two/package.json"));
  }

  #options(environment: Record<string, string>) {
    const PATH = `${this.#bin}:${process.env["PATH"] ?? ""}`;
    return { cwd: this.folder, env: { ...process.env, PATH, ...environment } };
  }
}

/** Resolves when something has come about that a file or a process's output tells of. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}

function read(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

describe("setting a clone up", () => {
  let clone: Clone;
  beforeEach(() => {
    clone = new Clone();
  });
  afterEach(() => {
    rmSync(clone.folder, { recursive: true, force: true });
  });

  it("installs the packages once", () => {
    expect(clone.run().code).to.equal(0);
    expect(clone.isWhole()).to.equal(true);
    expect(clone.run()).to.deep.equal({ code: 0, stderr: "" });
    expect(clone.calls()).to.have.length(1);
    expect(readdirSync(clone.path(".airlock"))).to.deep.equal([]);
  });

  it("runs no package's install script, and takes what NODE_ENV and npm's settings omit", () => {
    clone.run({ NODE_ENV: "production", npm_config_omit: "dev" });
    const [call] = clone.calls();
    expect(call).to.contain("--ignore-scripts");
    for (const type of ["dev", "optional", "peer"]) expect(call).to.contain(`--include=${type}`);
    expect(call).to.not.contain("--omit");
  });

  it("installs anew when the lockfile wants another version", () => {
    clone.run();
    clone.lock("1.0.1");
    clone.run();
    expect(clone.calls()).to.have.length(2);
  });

  const broken: Record<string, () => void> = {
    "without a package": () => {
      rmSync(clone.path("node_modules/one/node_modules/two"), { recursive: true });
    },
    "with another version of a package": () => {
      clone.write("node_modules/one/package.json", JSON.stringify({ version: "0.9.0" }));
    },
    "with a package whose manifest is cut off": () => {
      clone.write("node_modules/one/package.json", '{"version": "1.0');
    },
    "that an install left before its end, though npm's own lock file says that it is whole": () => {
      const markers = readdirSync(clone.path("node_modules")).filter((name) =>
        name.startsWith(".git-airlock"),
      );
      expect(markers).to.have.length(1);
      for (const name of markers) rmSync(clone.path(`node_modules/${name}`));
      rmSync(clone.path("node_modules/one/index.js"));
    },
  };
  for (const [what, damage] of Object.entries(broken))
    it(`installs anew over a node_modules ${what}`, () => {
      clone.run();
      damage();
      expect(clone.run().code).to.equal(0);
      expect(clone.calls()).to.have.length(2);
      expect(existsSync(clone.path("node_modules/one/index.js"))).to.equal(true);
    });

  it("by two at once installs once, and both wait for the end", async () => {
    clone.write("waits");
    const one = clone.start();
    await until(() => existsSync(clone.path("started")));
    const two = clone.start();
    const said = read(two);
    await until(() => said().includes("waiting"));
    clone.write("go");
    expect(await Promise.all([ended(one), ended(two)])).to.deep.equal([0, 0]);
    expect(clone.calls()).to.have.length(1);
    expect(clone.isWhole()).to.equal(true);
  });

  it("by one that is killed leaves a lock that the next waits for only as long as npm goes on", async () => {
    clone.write("waits");
    const killed = clone.start();
    await until(() => existsSync(clone.path("started")) && locks()[0]?.length === 2);
    killed.kill("SIGKILL");
    await ended(killed);
    const next = clone.start();
    const said = read(next);
    await until(() => said().includes("waiting"));
    rmSync(clone.path("waits"));
    clone.write("go");
    expect(await ended(next)).to.equal(0);
    // The killed one never said that its install was whole.
    expect(clone.calls()).to.have.length(2);
    expect(clone.run()).to.deep.equal({ code: 0, stderr: "" });
  });

  /** The processes that hold each lock. */
  function locks(): string[][] {
    if (!existsSync(clone.path(".airlock"))) return [];
    return readdirSync(clone.path(".airlock")).map((name) => readdirSync(clone.path(join(".airlock", name))));
  }

  it("takes a lock over whose process is gone, or has given its id to another", () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    for (const holder of [`${pid}.1`, `${process.pid}.1`]) {
      mkdirSync(clone.path(".airlock/install.lock"), { recursive: true });
      clone.write(`.airlock/install.lock/${holder}`);
      rmSync(clone.path("node_modules"), { recursive: true, force: true });
      const { code, stderr } = clone.run();
      expect(code, stderr).to.equal(0);
      expect(stderr).to.not.contain("waiting");
    }
    expect(readdirSync(clone.path(".airlock"))).to.deep.equal([]);
  });

  it("ends with a sentence when npm fails, and installs at the next run", () => {
    clone.write("fails");
    const { code, stderr } = clone.run();
    expect(code).to.equal(1);
    expect(stderr)
      .to.contain("npm could not install")
      .and.not.match(/^\s+at /m);
    rmSync(clone.path("fails"));
    expect(clone.run().code).to.equal(0);
    expect(clone.isWhole()).to.equal(true);
  });

  it("does not take npm's word for it when packages are not there", () => {
    clone.write("omits-dev");
    const { code, stderr } = clone.run();
    expect(code).to.equal(1);
    expect(stderr).to.contain("1 packages are not installed (node_modules/one/node_modules/two");
  });

  it("ends with a sentence without npm", () => {
    rmSync(clone.path("bin/npm"));
    const git = join(clone.folder, "only-git");
    mkdirSync(git);
    writeFileSync(join(git, "git"), "#!/bin/sh\n", { mode: 0o755 });
    const { code, stderr } = clone.run({ PATH: git });
    expect(code).to.equal(1);
    expect(stderr).to.contain("npm cannot be run (ENOENT)");
  });

  it("believes an install by hand, where npm ran the script that says so", () => {
    for (const path of ["one", "one/node_modules/two"]) {
      mkdirSync(clone.path(`node_modules/${path}`), { recursive: true });
      const version = path === "one" ? "1.0.0" : "v2.0.0";
      clone.write(`node_modules/${path}/package.json`, JSON.stringify({ version }));
    }
    spawnSync(process.execPath, ["setup.mjs", "--installed"], { cwd: clone.folder });
    expect(clone.run()).to.deep.equal({ code: 0, stderr: "" });
    expect(clone.calls()).to.deep.equal([]);
  });

  it("under a umask that takes the owner's rights away, makes what its owner can read", () => {
    const umask = `process.umask(0o777); await import(${JSON.stringify(pathToFileURL(clone.path("setup.mjs")).href)}).then(({ setUp }) => setUp()); console.log(process.umask().toString(8))`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", umask], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${clone.path("bin")}:${process.env["PATH"] ?? ""}` },
      cwd: clone.folder,
    });
    expect(stdout.trim()).to.equal("77");
    expect(clone.isWhole()).to.equal(true);
  });

  it("refuses a release of Node.js outside the range, and says which it needs", () => {
    const old = new Clone("^18.19.0 || >=90.0.0");
    const { code, stderr } = old.run();
    rmSync(old.folder, { recursive: true });
    expect(code).to.equal(1);
    expect(stderr).to.contain("needs Node.js ^18.19.0 || >=90.0.0").and.contain(process.version);
  });
});

describe("the range of Node.js in package.json", () => {
  /** The parts of a range that the packages use: `^a.b.c`, `>=a.b.c`, `a`, `a || b`, `*`. */
  function admits(range: string, version: readonly [number, number]): boolean {
    return range.split("||").some((part) => {
      const [, operator = "", major = "", minor = "0"] =
        /^\s*(\^|>=|)\s*v?(\d+|\*)(?:\.(\d+|x|\*))?/.exec(part) ?? [];
      if (major === "*") return true;
      const least = [Number(major), Number(minor) || 0] as const;
      if (version[0] === least[0]) return version[1] >= least[1];
      return operator === ">=" && version[0] > least[0];
    });
  }

  it("is exactly what every package of the lockfile accepts", async () => {
    const { packages } = z
      .object({
        packages: z.record(
          z.string(),
          z.object({
            // An old package has a list, which npm does not read.
            engines: z
              .union([
                z.object({ node: z.string().optional() }),
                z.array(z.string()).transform(() => ({ node: undefined })),
              ])
              .optional(),
          }),
        ),
      })
      .parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
    const { "": own, ...others } = packages;
    expect(own?.engines?.node).to.equal(manifest.engines.node);
    const { isInRange } = z
      .object({ isInRange: z.custom<(version: string, range: string) => boolean>() })
      .parse(await import(pathToFileURL(join(root, "setup.mjs")).href));
    for (let major = 18; major <= 26; major++)
      for (let minor = 0; minor <= 25; minor++) {
        const version = `${major}.${minor}.0`;
        const refusing = Object.entries(others).flatMap(([path, { engines }]) =>
          engines?.node === undefined || admits(engines.node, [major, minor]) ? [] : [path],
        );
        expect(isInRange(version, manifest.engines.node), `${version}: ${refusing.join()}`).to.equal(
          refusing.length === 0,
        );
      }
  });
});
