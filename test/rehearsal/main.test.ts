import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { root } from "./rehearsing";
import { commit, makeRepository } from "./someRepository";

const airlock = join(root, ".airlock");

/** A rehearsal as `npm start` runs it, and what it printed so far. */
class Command {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly #ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Told of each piece of output. */
  #onOutput: () => void = () => undefined;

  constructor(args: string[], environment: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [join(root, "rehearsal", "start.mjs"), ...args], {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.stdout += chunk.toString();
      this.#onOutput();
    });
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString();
      this.#onOutput();
    });
    this.#ended = new Promise((resolve) =>
      this.child.once("close", (code, signal) => {
        resolve({ code, signal });
        this.#onOutput();
      }),
    );
  }

  /** Where it works, among other rehearsals that may run at the same time. */
  folders(): string[] {
    const own = `rehearsal-${String(this.child.pid)}-`;
    return readdirSync(airlock).filter((name) => name.startsWith(own));
  }

  /** Resolves once it has printed this. Fails when it ended without. */
  async printed(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onOutput = () => {
        const over = this.child.exitCode !== null || this.child.signalCode !== null;
        if (over || (this.stdout + this.stderr).includes(text)) resolve();
      };
      this.#onOutput();
    });
    expect(this.stdout + this.stderr).to.contain(text);
  }

  /** Its exit code; fails with what it said when a signal killed it. */
  async code(): Promise<number | null> {
    const { code, signal } = await this.#ended;
    expect(signal, this.stderr).to.equal(null);
    return code;
  }

  /** Processes that still work in its folder, by command line (Linux only). */
  leftBehind(folders: readonly string[]): string[] {
    if (process.platform !== "linux") return [];
    return readdirSync("/proc").flatMap((pid) => {
      try {
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const told = [
          commandLine,
          readlinkSync(`/proc/${pid}/cwd`),
          readFileSync(`/proc/${pid}/environ`, "utf8"),
        ];
        return folders.some((folder) => told.some((text) => text.includes(folder))) ? [commandLine] : [];
      } catch {
        // Not a process, not ours, or gone.
        return [];
      }
    });
  }
}

describe("npm start", () => {
  let folder: string;
  let small: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "airlock-command-"));
    small = makeRepository(join(folder, "small.git"), [
      commit({ branch: "main", files: { "main.tf": "x" } }),
    ]);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  describe("run to its end with --json, --out and --keep", () => {
    let command: Command;
    const out = () => join(folder, "exports", "of today");
    before(async () => {
      command = new Command(["--repo", small, "--json", "--keep", "--out", out()], {
        PULUMI_CONFIG_PASSPHRASE: "open sesame",
      });
      expect(await command.code(), command.stderr).to.equal(0);
    });

    it("prints one JSON document on standard output and nothing else", () => {
      const document = z
        .object({
          passed: z.literal(true),
          source: z.object({ natPublicIps: z.array(z.string()) }),
          target: z.object({ pushAddresses: z.array(z.string()) }),
          delivery: z.object({ comparison: z.object({ equal: z.literal(true) }) }),
          escapes: z
            .array(z.object({ attempt: z.string(), refused: z.literal(true), by: z.string() }))
            .min(6),
        })
        .parse(JSON.parse(command.stdout));
      expect(document.source.natPublicIps).to.deep.equal(["203.0.113.10", "203.0.113.11"]);
      expect(document.target.pushAddresses).to.deep.equal(["203.0.113.10/32", "203.0.113.11/32"]);
    });

    it("tells people on standard error how it went", () => {
      expect(command.stderr).to.contain("Code went in. Nothing came out.").and.contain(`Carry ${small} in`);
      expect(command.stderr).to.not.match(/\u001b/);
    });

    it("writes each stack as `pulumi stack export` does, readable by its owner alone", () => {
      for (const [stack, role] of [
        ["dev", "git-airlock:source:NetworkedGitlab"],
        ["prd", "git-airlock:target:MirrorTarget"],
      ] as const) {
        const { version, deployment } = z
          .object({
            version: z.literal(3),
            deployment: z.object({
              resources: z.array(z.looseObject({ urn: z.string(), type: z.string() })),
            }),
          })
          .parse(JSON.parse(readFileSync(join(out(), `${stack}.json`), "utf8")));
        expect(version).to.equal(3);
        expect(deployment.resources[0]?.type).to.equal("pulumi:pulumi:Stack");
        expect(deployment.resources.map(({ type }) => type)).to.include(role);
      }
    });

    it("prints no credential, in whatever form", () => {
      const printed = command.stdout + command.stderr;
      expect(printed).to.not.match(/PRIVATE KEY|password":|[A-Za-z0-9+/]{43}=/);
    });

    it("leaves its folder to look at, under a name that no later rehearsal sweeps away", () => {
      const path = join(root, /kept (\S+)/.exec(command.stderr)?.[1] ?? "nowhere");
      expect(path).to.match(/\.airlock[/\\]kept-\w+$/);
      expect(existsSync(join(path, "repository.git", "HEAD"))).to.equal(true);
      rmSync(path, { recursive: true });
    });
  });

  it("refuses an option that there is none of, with code 2 and how to use it", async () => {
    const command = new Command(["--jason"]);
    expect(await command.code()).to.equal(2);
    expect(command.stderr).to.contain("--jason").and.contain("Usage: npm start");
    expect(command.stdout).to.equal("");
  });

  it("ends with code 1 and the reason, not a stack trace, for what is not a repository", async () => {
    const command = new Command(["--repo", folder]);
    expect(await command.code()).to.equal(1);
    expect(command.stderr)
      .to.contain(`"${folder}" is not a git repository`)
      .and.not.match(/^\s+at /m);
    expect(command.folders()).to.deep.equal([]);
  });

  describe("interrupted", () => {
    let large: string;
    before(() => {
      const stream = Array.from({ length: 400 }, (_, i) =>
        commit({ branch: "main", files: { [`${i}.bin`]: Buffer.alloc(100_000, i) } }),
      );
      large = makeRepository(join(folder, "large.git"), stream);
    });

    /** Sends the signals once the line is printed, and looks at what is left. */
    function interruptedAt(line: string, ...signals: NodeJS.Signals[]): Promise<void> {
      return interruptedWith(large, line, ...signals);
    }

    async function interruptedWith(
      repository: string,
      line: string,
      ...signals: NodeJS.Signals[]
    ): Promise<void> {
      const command = new Command(["--repo", repository]);
      await command.printed(line);
      const folders = command.folders();
      expect(folders).to.have.length(1);
      for (const signal of signals) command.child.kill(signal);
      expect(await command.code(), command.stderr).to.equal(130);
      expect(command.stderr)
        .to.contain(`stopped by ${String(signals[0])}`)
        .and.not.match(/^\s+at /m);
      expect(command.stdout).to.not.contain("Code went in");
      expect(command.leftBehind(folders)).to.deep.equal([]);
      expect(command.folders()).to.deep.equal([]);
    }

    it("while both sides are deployed, leaves nothing behind", () =>
      interruptedAt("1. Deploy the stacks", "SIGINT"));

    it("while a developer pushes, leaves nothing behind", () => interruptedAt("2. Carry", "SIGTERM"));

    it("by Ctrl-C under npm, which the terminal and npm both hand on, leaves nothing behind", () =>
      interruptedAt("a developer pushed", "SIGINT", "SIGINT"));

    it("while people push on day two, leaves nothing behind and no stack trace", () =>
      interruptedWith(small, "6. Day two", "SIGINT"));

    it("by whoever reads it going away, ends without a stack trace and leaves nothing behind", async () => {
      const command = new Command(["--repo", small]);
      await command.printed("git-airlock rehearsal");
      const folders = command.folders();
      command.child.stdout?.destroy();
      expect(await command.code()).to.equal(130);
      expect(command.stderr)
        .to.contain("nobody reads")
        .and.not.match(/^\s+at /m);
      expect(command.leftBehind(folders)).to.deep.equal([]);
      expect(command.folders()).to.deep.equal([]);
    });
  });
});
