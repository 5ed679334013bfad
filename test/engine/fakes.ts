/** Folders of a made-up machine: a clone that holds what the engine's finder reads, and stand-ins for programs. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder of this clone. */
export const root = join(__dirname, "..", "..");

/** A new temporary folder; whoever asks for it removes it. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "airlock-engine-")));
}

/** Puts into `folder` a clone without a CLI: only this clone's go.mod files and shims. */
export function fakeClone(folder: string): string {
  const clone = join(folder, "clone");
  for (const part of ["pulumi", "language-nodejs", "shims"])
    cpSync(join(root, "engine", part), join(clone, "engine", part), { recursive: true });
  return clone;
}

/** Writes an executable shell script and makes its folder where it is missing. */
export function script(folder: string, name: string, body: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

/** Puts a CLI of a version into a folder, with everything that Pulumi's installer puts beside it. */
export function fakePulumi(folder: string, version: string): void {
  script(folder, "pulumi", `echo ${version}`);
  for (const name of ["pulumi-language-nodejs", "pulumi-analyzer-policy", "pulumi-resource-pulumi-nodejs"])
    script(folder, name, "exit 1");
}
