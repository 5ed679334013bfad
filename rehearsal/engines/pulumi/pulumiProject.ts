/** A Pulumi project of its own for the real engine to work on: the clone's program, under a backend beside it. */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Engine } from "../../../engine/engine";
import type { AccountServer } from "./accountServer";
import { killTree } from "./processTree";

/** What a command of the CLI left behind; the code is -1 when a signal ended it. */
export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ProjectOptions {
  engine: Engine;
  /** The clone's folder: where the program and the project files are. */
  root: string;
  /** A folder for the project files' copies and the backend. */
  folder: string;
  passphrase: string;
}

export interface RunOptions {
  /** The account whose providers the command talks to. */
  server?: AccountServer;
  aborted?: AbortSignal;
  /** Kills the command, and all that it has started, when it is aborted: as if the machine had lost its power. */
  killed?: AbortSignal;
  /** Told of each line of standard output as it comes. */
  onLine?: (line: string) => void;
}

/**
 * The CLI writes into stack files (an encryption salt, for one), so it works on copies of the clone's project files,
 * whose `main` leads back to the program.
 */
export class PulumiProject {
  /** Where the copies of Pulumi.yaml and the stack files are. */
  readonly folder: string;
  /** Where the file backend keeps the stacks. */
  readonly backend: string;
  readonly #engine: Engine;
  readonly #environment: NodeJS.ProcessEnv;

  constructor({ engine, root, folder, passphrase }: ProjectOptions) {
    this.folder = join(folder, "project");
    this.backend = join(folder, "backend");
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(this.backend, { recursive: true });
    const project = parseDocument(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
    project.set("main", root);
    writeFileSync(join(this.folder, "Pulumi.yaml"), project.toString());
    for (const file of readdirSync(root).filter((name) => /^Pulumi\..+\.yaml$/.test(name))) {
      const stack = parseDocument(readFileSync(join(root, file), "utf8"));
      // Of the stack that is deployed elsewhere, whose passphrase or key is not this project's.
      for (const setting of ["encryptionsalt", "secretsprovider", "encryptedkey"]) stack.delete(setting);
      writeFileSync(join(this.folder, file), stack.toString());
    }
    this.#engine = engine;
    this.#environment = {
      ...process.env,
      ...engine.env,
      // Without metadata files beside the state: a command that is killed while it writes one leaves it empty, and then
      // the state cannot be read ("failed to load checkpoint: EOF").
      PULUMI_BACKEND_URL: `file://${this.backend}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      // For --event-log, which the CLI counts among its options for debugging.
      PULUMI_DEBUG_COMMANDS: "true",
      // The stand-ins are all the providers there are: nothing is looked for on the Internet.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  }

  /** Sets a value in a copied stack file, by its full key. */
  setConfig(stack: string, key: string, value: unknown): void {
    const file = join(this.folder, `Pulumi.${stack}.yaml`);
    const document = parseDocument(readFileSync(file, "utf8"));
    document.setIn(["config", key], value);
    writeFileSync(file, document.toString());
  }

  /** Runs `pulumi` with these arguments in the project's folder. A failure is a result: look at the code. */
  run(args: readonly string[], { server, aborted, killed, onLine }: RunOptions = {}): Promise<CliResult> {
    const child = spawn(this.#engine.pulumi, [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      env: { ...this.#environment, ...(server && { PULUMI_DEBUG_PROVIDERS: server.debugProviders }) },
      stdio: ["ignore", "pipe", "pipe"],
      signal: aborted,
    });
    killed?.addEventListener("abort", () => {
      if (child.pid !== undefined && child.exitCode === null) killTree(child.pid);
    });
    let [stdout, stderr, rest] = ["", "", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ code: code ?? -1, stdout, stderr });
      });
    });
  }
}
