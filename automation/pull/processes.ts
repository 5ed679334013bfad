/** Which processes are there, as far as the system tells. */
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join, sep } from "node:path";

/** Where Linux tells of its processes; other systems have no such folder. https://man7.org/linux/man-pages/man5/proc.5.html */
const PROC = "/proc";

/**
 * When a process began, in the system's own count. With its id it names a process for good, while an id alone is given to
 * others later. Empty where the system does not tell.
 */
export function beganAt(pid: number): string {
  // The command's name, in brackets, may hold spaces; the count is the 20th field after it.
  return (
    read(`${PROC}/${pid}/stat`)
      ?.replace(/^.*\) /s, "")
      .split(" ")[19] ?? ""
  );
}

/** Whether a process is there. */
export function isThere(pid: number): boolean {
  try {
    // Signal 0 reaches nobody; it asks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The ids of the gits that work in these folders. Nothing where the system does not tell. */
export function gitsIn(folders: readonly string[]): number[] | undefined {
  if (!existsSync(`${PROC}/self/cwd`)) return undefined;
  return readdirSync(PROC)
    .map(Number)
    .filter((pid) => pid > 0 && isGit(pid) && worksIn(pid, folders));
}

function isGit(pid: number): boolean {
  // One that has ended waits as a "zombie" until its parent looks.
  const isOver = /^State:\s+[ZX]/m.test(read(`${PROC}/${pid}/status`) ?? "State: X");
  return !isOver && (read(`${PROC}/${pid}/comm`) ?? "").startsWith("git");
}

function worksIn(pid: number, folders: readonly string[]): boolean {
  let at: string;
  try {
    at = readlinkSync(`${PROC}/${pid}/cwd`);
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ENOENT";
    return !isGone && mayWrite(pid, folders);
  }
  // Those that wait for questions hold no lock.
  if (/--daemon/.test(read(`${PROC}/${pid}/cmdline`) ?? "")) return false;
  const said = `${read(`${PROC}/${pid}/cmdline`) ?? ""}\0${read(`${PROC}/${pid}/environ`) ?? ""}`;
  return folders.some((folder) => `${at}${sep}`.startsWith(`${folder}${sep}`) || said.includes(folder));
}

/** Of another's process one cannot see where it works, but whether it could. */
function mayWrite(pid: number, folders: readonly string[]): boolean {
  const owner = statSync(join(PROC, String(pid)), { throwIfNoEntry: false })?.uid;
  return owner === 0 || folders.some((folder) => (statSync(folder).mode & 0o022) !== 0);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
