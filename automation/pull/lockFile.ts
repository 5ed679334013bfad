/** A lock that a process holds as a file, and that counts for nothing once the process is gone. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { beganAt, isThere } from "./processes";

/** @returns what lets go of the lock; undefined while another process holds it @throws Error where it cannot be made */
export function takeLock(file: string): (() => void) | undefined {
  if (wasLeft(file)) rmSync(file, { force: true });
  try {
    writeFileSync(file, `${process.pid} ${beganAt(process.pid)}`, { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return undefined;
    throw error;
  }
  return () => {
    rmSync(file, { force: true });
  };
}

/** Whether a lock is there whose process is not: it was killed. */
export function wasLeft(file: string): boolean {
  return existsSync(file) && !isTaken(file);
}

/** Whether the process that wrote the file is there, and not another one that was given its id. */
function isTaken(file: string): boolean {
  let written: string;
  try {
    written = readFileSync(file, "utf8");
  } catch {
    return false;
  }
  const [id = "", began = ""] = written.split(" ");
  const pid = Number(id);
  // Just made, and not written yet.
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  return isThere(pid) && (began === "" || began === beganAt(pid));
}
