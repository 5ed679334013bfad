/** Who else may change a file. */
import { statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Whether others may change a file, or put another one in its place; of one that is not there yet, whether they may put one
 * there. Windows knows no such modes.
 */
export function mayOthersWrite(file: string): boolean {
  if (process.platform === "win32") return false;
  const folder = statSync(dirname(file)).mode;
  // In a folder like /tmp nobody can replace what is another's.
  const isSticky = (folder & 0o1000) !== 0;
  const own = statSync(file, { throwIfNoEntry: false });
  return ((own?.mode ?? 0) & 0o022) !== 0 || (!isSticky && (folder & 0o022) !== 0);
}
