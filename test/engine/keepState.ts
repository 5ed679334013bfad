/**
 * Keeps what this release deploys, for later releases to be tested as upgrades of it. Run once, when a release is made:
 *
 *     npx tsx test/engine/keepState.ts
 *
 * Writes `test/engine/fixtures/<version>/`: both stacks' configuration, and their state with its secrets encrypted.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { root } from "./fakes";
import { Site, type Stack } from "./site";

/** Where in the program a resource was made: paths of the machine that nobody needs. */
const machinesOwn = ["sourcePosition", "stackTrace"];

/** What `pulumi stack export` prints, in one line. */
function portable(exported: string): string {
  return `${JSON.stringify(JSON.parse(exported), (key, value: unknown) =>
    machinesOwn.includes(key) ? undefined : value,
  )}\n`;
}

async function main(): Promise<void> {
  const manifest: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { version } = z.object({ version: z.string() }).parse(manifest);
  const folder = join(root, "test", "engine", "fixtures", version);
  mkdirSync(folder, { recursive: true });
  const site = await Site.open();
  const stacks: Stack[] = ["dev", "prd"];
  for (const stack of stacks) {
    await site.project.run(["stack", "init", stack]);
    await site.run(stack, "up", "--yes", "--skip-preview");
    writeFileSync(join(folder, `${stack}.json`), portable(await site.run(stack, "stack", "export")));
    const settings = `Pulumi.${stack}.yaml`;
    copyFileSync(join(site.project.folder, settings), join(folder, settings));
  }
  site.close();
  console.log(folder);
}

void main();
