/** Ends processes with all that they have started. */
import { execFileSync } from "node:child_process";

/** The processes of this machine: those each has started, by its id. */
function children(): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  for (const line of lines) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    found.set(parent, [...(found.get(parent) ?? []), pid]);
  }
  return found;
}

/**
 * Kills a process and all its descendants, who get no chance to tidy up. Their process group would not do: Pulumi gives
 * each plugin one of its own.
 */
export function killTree(pid: number): void {
  const startedBy = children();
  const tree = [pid];
  for (const member of tree) tree.push(...(startedBy.get(member) ?? []));
  for (const member of tree) {
    try {
      process.kill(member, "SIGKILL");
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}
