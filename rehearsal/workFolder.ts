/** The folder that a rehearsal works in: inside the clone, named after the process, gone when the process is. */
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

/** Makes a new folder under `<root>/.airlock`, after sweeping away those of killed rehearsals. */
export function makeWorkFolder(root: string): string {
  const parent = join(root, ".airlock");
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = /^rehearsal-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(parent, `rehearsal-${process.pid}-`));
}
