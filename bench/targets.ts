/** How the time for a target grows with the number of targets beside it. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deployMirror,
  deployOrganization,
  deploySource,
  deployTarget,
  type DeployedStack,
} from "../rehearsal/engines/deployStack";
import { prove, type ProvedStacks } from "../rehearsal/scenario/proof";
import { time } from "./measure";
import { printTable, ratio } from "./table";

const COUNTS = [1, 10, 50];

/** So many targets of one source, each in an account of its own, and how long that took for each, in milliseconds. */
interface Site {
  deploying: number;
  proving: number;
}

/** Prints the time per target at several numbers of targets. */
export async function benchTargets(root: string): Promise<void> {
  // Compiles the code, and is not counted.
  await siteOf(root, 1);
  const sites: Site[] = [];
  for (const count of COUNTS) sites.push(await siteOf(root, count));
  const of = (kind: keyof Site) => sites.map((site) => ratio(site[kind] / (sites[0]?.[kind] ?? NaN)));
  const [deploying, proving] = [of("deploying"), of("proving")];
  printTable(
    "Several targets",
    "Time per target, as a multiple of the first row's: deployed with its mirrors and what binds it, and proved with the others in view.",
    ["targets", "deployed, each", "proved, each"],
    COUNTS.map((count, i) => [String(count), deploying[i] ?? "", proving[i] ?? ""]),
  );
}

async function siteOf(root: string, count: number): Promise<Site> {
  const names = Array.from({ length: count }, (_, i) => `target-${i}`);
  const folder = clonedStackFiles(root, names);
  try {
    const settings = { root: folder, seed: "bench" };
    const source = await deploySource(settings);
    let stacks: ProvedStacks[] = [];
    const deploying = await time(async () => {
      const targets: DeployedStack<"target">[] = [];
      for (const [i, stack] of names.entries())
        targets.push(
          await deployTarget(source.deployment, { ...settings, stack, accountId: String(222222222222 + i) }),
        );
      const mirror = await deployMirror(source, targets, settings);
      const organization = await deployOrganization(targets, settings);
      stacks = targets.map((target) => ({
        source,
        target,
        mirror,
        organization,
        others: targets.filter((other) => other !== target),
      }));
    });
    const proving = await time(() => stacks.map(prove));
    return { deploying: deploying / count, proving: proving / count };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The sample's stack files, with so many targets that have the sample's settings. */
function clonedStackFiles(root: string, names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "airlock-bench-"));
  cpSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  cpSync(join(root, "Pulumi.dev.yaml"), join(folder, "Pulumi.dev.yaml"));
  const append = (from: string, to: string, lines: string) => {
    cpSync(join(root, from), join(folder, to));
    writeFileSync(join(folder, to), lines, { flag: "a" });
  };
  const list = names.map((name) => `organization/git-airlock/${name}`).join(", ");
  for (const file of ["Pulumi.mirror.yaml", "Pulumi.org.yaml"])
    append(file, file, `  git-airlock:targetStacks: [${list}]\n`);
  for (const name of names)
    append("Pulumi.prd.yaml", `Pulumi.${name}.yaml`, `  git-airlock:repositoryPrefix: ${name}\n`);
  return folder;
}
