/** What the command costs beside the rehearsal: starting a process, and loading Pulumi and this project into it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { medianTimes } from "./measure";
import { printTable, share } from "./table";

/** Runs node to its end. Rejects when it fails. */
function node(root: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`node ${args.join(" ")} ended with code ${String(code)}`));
    });
  });
}

/** Prints the parts of one `npm start`. */
export async function benchCommand(root: string, turns: number): Promise<void> {
  const start = join(root, "rehearsal", "start.mjs");
  const [bare = NaN, loaded = NaN, whole = NaN] = await medianTimes(turns, [
    () => node(root, ["--eval", ""]),
    // Loads everything, then prints a text.
    () => node(root, [start, "--help"]),
    () => node(root, [start]),
  ]);
  printTable(
    "npm start",
    `Parts of the whole, which took ${(whole / 1000).toFixed(1)} s here and now (${process.version}).`,
    ["what", "part"],
    [
      ["start node", share(bare, whole)],
      ["load Pulumi and the program", share(loaded - bare, whole)],
      ["rehearse", share(whole - loaded, whole)],
    ],
  );
}
