/** A source, a room and the command between them, for the tests of `git airlock pull`. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pullCommand } from "../../automation/pull/command";
import { UsageError } from "../../automation/usageError";
import { gitEnvironment } from "../../rehearsal/git/gitProcess";

export interface Printed {
  code: number;
  /** Both streams. */
  text: string;
}

/** Who signs: a key of its own. */
export interface Signer {
  key: string;
  /** The line that lets this person sign; options go between name and key. */
  line: (options?: string) => string;
}

export class PullWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "airlock-pull-"));
  /** A repository with a working tree; what it holds is what the source holds. */
  readonly source = this.at("source");
  readonly clone = this.at("clone");

  constructor() {
    mkdirSync(this.source);
    this.git("init", "--quiet", "--initial-branch=main");
    this.commit("first", { "a.txt": "1\n" });
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** Runs git at the source. */
  git(...args: string[]): string {
    return this.gitIn(this.source, ...args);
  }

  gitIn(folder: string, ...args: string[]): string {
    const identity = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"];
    const env = { ...gitEnvironment(this.folder), ...this.date };
    return execFileSync("git", [...identity, ...args], { cwd: folder, env, stdio: "pipe" })
      .toString()
      .trim();
  }

  /** What the next commits bear as their date. */
  date: Record<string, string> = {};

  /** Commits at the source, signed if somebody is named. Returns the commit's id. */
  commit(message: string, files: Readonly<Record<string, string>> = {}, signer?: Signer): string {
    this.write(this.source, files);
    this.git("add", "--all");
    this.git(...this.signing(signer), "commit", "--quiet", "--allow-empty", "-m", message);
    return this.git("rev-parse", "HEAD");
  }

  /** Arguments with which git signs; none without a signer. */
  signing(signer?: Signer): string[] {
    if (signer === undefined) return [];
    const settings = ["gpg.format=ssh", `user.signingKey=${signer.key}`, "commit.gpgSign=true"];
    return [...settings, "tag.gpgSign=true"].flatMap((setting) => ["-c", setting]);
  }

  write(folder: string, files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  }

  signer(name: string): Signer {
    const key = this.at(`${name}.key`);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key]);
    const pub = readFileSync(`${key}.pub`, "utf8").trim();
    return { key, line: (options = "") => `${name}@example.com ${options} ${pub}\n` };
  }

  /** Writes who may sign; returns the option. */
  allowing(...lines: string[]): string[] {
    writeFileSync(this.at("signers"), lines.join(""), { mode: 0o600 });
    return ["--allowed-signers", this.at("signers")];
  }

  /** Every reference of the clone and what it points at, to see that nothing has changed. */
  state(): string {
    const refs = this.gitIn(this.clone, "for-each-ref", "--format=%(refname) %(objectname)");
    return `${refs}\n${this.gitIn(this.clone, "status", "--porcelain")}`;
  }

  /** `git airlock pull` of the clone, made from the source if it is not there yet. */
  pull(...options: string[]): Promise<Printed> {
    return airlockPull(this.source, this.clone, ...options);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Runs the command in this process. */
export function airlockPull(...args: string[]): Promise<Printed> {
  return stoppableAirlockPull(new AbortController().signal, ...args);
}

/** The same, until it is stopped. */
export async function stoppableAirlockPull(stopped: AbortSignal, ...args: string[]): Promise<Printed> {
  const said: string[] = [];
  const { log, error } = console;
  console.log = console.error = (text: string) => said.push(text);
  try {
    const code = await pullCommand(args, stopped);
    return { code, text: said.join("\n") };
  } catch (problem) {
    if (!(problem instanceof UsageError)) throw problem;
    return { code: 3, text: problem.message };
  } finally {
    Object.assign(console, { log, error });
  }
}
