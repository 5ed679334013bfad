/** What the tests under the real engine share: when to skip them, and sites that stand already. */
import { cpSync, rmSync } from "node:fs";
import { engine, Site, siteFolder } from "./site";

let said = false;

/** Tests that need a Pulumi CLI. Where there is none they are skipped, and one line says how to get it. */
export function describeEngine(title: string, tests: () => void): void {
  describe(title, function () {
    this.timeout("10m");
    before(async function () {
      if (await engine()) return;
      if (!said) console.log("There is no Pulumi CLI: what needs one is skipped. `npm run engine` gets one.");
      said = true;
      this.skip();
    });
    tests();
    after(() => {
      for (const site of Site.opened) site.close();
    });
  });
}

const standing: { source?: Promise<string>; both?: Promise<string> } = {};

const kept: string[] = [];

// Not in a hook: a worker of `mocha --parallel` runs hooks of the top level for one file, and goes on with others.
process.on("exit", () => {
  for (const folder of kept) rmSync(folder, { recursive: true, force: true });
});

/** Puts a site aside, for others to begin with. */
function keep(site: Site): string {
  const folder = siteFolder();
  kept.push(folder);
  cpSync(site.folder, folder, { recursive: true });
  site.close();
  return folder;
}

async function standSourceUp(): Promise<string> {
  const site = await emptySite();
  await site.run("dev", "up", "--yes");
  return keep(site);
}

async function standTargetUp(): Promise<string> {
  const site = await siteWithSource();
  await site.run("prd", "up", "--yes");
  return keep(site);
}

/** A site with both stacks and nothing in them. */
export async function emptySite(): Promise<Site> {
  const site = await Site.open();
  for (const stack of ["dev", "prd"]) await site.project.run(["stack", "init", stack]);
  return site;
}

/** A site where dev is up, by the README's commands, and prd is still empty. Made once for all tests; each gets a copy. */
export async function siteWithSource(): Promise<Site> {
  return Site.open(await (standing.source ??= standSourceUp()));
}

/** A site where both sides are up, by the README's commands. Made once for all tests; each gets a copy. */
export async function siteWithBoth(): Promise<Site> {
  return Site.open(await (standing.both ??= standTargetUp()));
}
