/** The folder that a rehearsal works in: inside the clone, named after the process, and gone with it unless kept. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is there, but somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Makes a new folder under `<root>/.airlock`, after sweeping away those of killed rehearsals. One that is to be kept
 * gets a name that no later sweep looks for.
 */
export function makeWorkFolder(root: string, keep: boolean): string {
  const parent = join(root, ".airlock");
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = /^rehearsal-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(parent, keep ? "kept-" : `rehearsal-${process.pid}-`));
}
