/** How the time of a pull grows with the number of references. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions } from "../automation/pull/options";
import { pull } from "../automation/pull/pull";
import { medianTimes } from "./measure";
import { printTable, ratio } from "./table";

const FEW = 500;
const MANY = 2000;

/** A source with so many tags, in a folder of its own. */
function source(folder: string, tags: number): string {
  const path = join(folder, `source-${tags}`);
  const git = (args: readonly string[], input = "") =>
    execFileSync("git", ["-C", path, "-c", "user.name=Dev", "-c", "user.email=dev@example.com", ...args], {
      input,
    });
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", path]);
  git(["commit", "--quiet", "--allow-empty", "--message=first"]);
  const commands = Array.from({ length: tags }, (_, at) => `create refs/tags/v${at} HEAD\n`);
  git(["update-ref", "--stdin"], commands.join(""));
  return path;
}

/** Prints how much longer a first pull of many tags takes than one of few. */
export async function benchPull(turns: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "airlock-bench-"));
  try {
    const works = [FEW, MANY].map((tags) => {
      const from = source(folder, tags);
      let turn = 0;
      return () =>
        pull(readOptions([from, join(folder, `clone-${tags}-${turn++}`)]), new AbortController().signal);
    });
    const [few = NaN, many = NaN] = await medianTimes(turns, works);
    printTable(
      "git airlock pull",
      `A first pull of ${MANY} tags beside one of ${FEW}; ${ratio(MANY / FEW)} would be linear. ${MANY} took ${ratio(many / 1000)} s here and now.`,
      ["tags", "ratio"],
      [
        [String(FEW), ratio(1)],
        [String(MANY), ratio(many / few)],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
