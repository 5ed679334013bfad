/** Targets of any size, and how the time to stand one up grows with it. */
import { deploySource, deployTarget } from "../rehearsal/engines/deployStack";
import { medianTimes } from "./measure";
import { printTable, ratio } from "./table";

/** That many repositories, as the stack file lists them. */
export function repositories(count: number): { gitlabProject: string }[] {
  return Array.from({ length: count }, (_, i) => ({
    gitlabProject: `platform/service-${String(i).padStart(4, "0")}`,
  }));
}

/** Values of the stack file that name the repositories by their exact ARNs. */
function exact(count: number): Record<string, unknown> {
  return {
    "git-airlock:repositories": repositories(count),
    // An endpoint policy does not hold so many ARNs.
    "git-airlock:pull": { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] },
  };
}

function byPrefix(count: number): Record<string, unknown> {
  return { "git-airlock:repositories": repositories(count), "git-airlock:repositoryPrefix": "airlock" };
}

/** Prints the time per repository at several sizes. */
export async function benchTarget(root: string, turns: number): Promise<void> {
  const seed = "bench";
  const { deployment } = await deploySource({ root, seed });
  const sizes = [
    { count: 125, named: "exact ARNs", overrides: exact(125) },
    { count: 250, named: "exact ARNs", overrides: exact(250) },
    { count: 500, named: "exact ARNs", overrides: exact(500) },
    { count: 1000, named: "one prefix", overrides: byPrefix(1000) },
  ];
  const times = await medianTimes(
    turns,
    sizes.map(
      ({ overrides }) =>
        () =>
          deployTarget(deployment, { root, seed, overrides }),
    ),
  );
  const perRepository = sizes.map(({ count }, i) => (times[i] ?? NaN) / count);
  printTable(
    "Standing up a target",
    "Time per repository, as a multiple of the first row's: it stays near 1 or below as long as growth is linear.",
    ["repositories", "named by", "time each"],
    sizes.map(({ count, named }, i) => [
      count.toLocaleString("en-US"),
      named,
      ratio((perRepository[i] ?? NaN) / (perRepository[0] ?? NaN)),
    ]),
  );
}
