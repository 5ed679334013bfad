import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { weakenings } from "../weakenings";
import { describeEngine, emptySite, siteWithBoth, siteWithSource } from "./describeEngine";
import { root } from "./fakes";
import type { Site, Stack } from "./site";
import { isOfPrograms } from "./weakened/programEditor";

const pack = ["--policy-pack", join(root, "policies")];

/** Rules over documents that hang on an id: before it is known, the pack says that it waits. */
const late = [
  "gate-policy-has-no-wildcard-action",
  "no-secret-in-user-data",
  "pull-policy-is-locked-to-isolated-zone",
  "pull-policy-reads-only",
];

/** The first weakening of each mandatory rule that a program can be weakened by. */
const chosen = weakenings
  .flatMap((weakening) => {
    const { rule: [rule = "", ...says] = [], level } = weakening;
    return level === undefined && rule !== "" && !late.includes(rule) && isOfPrograms(weakening)
      ? [{ ...weakening, rule, says }]
      : [];
  })
  .filter(({ rule, stack }, i, all) => i === all.findIndex((w) => w.rule === rule && w.stack === stack));

/** The rules that advise something, in order. */
const advised = (printed: string) =>
  [...printed.matchAll(/^.*\[advisory\].*$/gm)]
    .flatMap(([line]) => /[a-z]+(?:-[a-z]+){2,}/.exec(line) ?? [])
    .sort();

describeEngine("the policy pack, run by the CLI over this program", () => {
  it("says nothing in dev's first preview", async () => {
    const site = await emptySite();
    const printed = await site.run("dev", "preview", ...pack);
    expect(printed)
      .to.contain("git-airlock")
      .and.not.match(/mandatory|advisory|can't run|violation/i);
  });

  it("says in prd's first preview only what waits for the pull endpoint's id, and for the pin", async () => {
    const site = await siteWithSource();
    const printed = await site.run("prd", "preview", ...pack);
    expect(advised(printed)).to.deep.equal(["gate-policy-can-be-decided", "push-sources-are-pinned"]);
    expect(printed).not.to.contain("[mandatory]");
  });

  it("says nothing once both are up, but that nothing is pinned", async () => {
    const site = await siteWithBoth();
    for (const [stack, says] of [
      ["dev", []],
      ["prd", ["push-sources-are-pinned"]],
    ] as const) {
      const printed = await site.run(stack, "preview", ...pack);
      expect(advised(printed)).to.deep.equal(says);
      expect(printed).to.not.match(/mandatory|can't run|violation/i);
    }
  });
});

describeEngine("the policy pack, with settings of one's own", () => {
  it("takes a rule's level and its settings from a file", async () => {
    const site = await emptySite();
    const file = join(site.folder, "rules.json");
    writeFileSync(file, JSON.stringify({ "no-world-open-ingress": { widestIpv4Prefix: 25 } }));
    const printed = await site.refusal("dev", "preview", ...pack, "--policy-pack-config", file);
    expect(printed)
      .to.contain("[mandatory]")
      .and.contain("no-world-open-ingress")
      .and.contain("198.51.100.0/24");
  });

  it("lets a GitLab without a proxy through where the rules that forbid it are told so", async () => {
    const site = await emptySite();
    site.project.setConfig("dev", "git-airlock:proxy", { mode: "none" });
    const file = join(site.folder, "rules.json");
    expect(await site.refusal("dev", "preview", ...pack)).to.contain("[mandatory]");
    const rules = {
      "gitlab-egress-stays-inside": "advisory",
      "gitlab-has-no-route-out": "advisory",
      "gitlab-resolver-is-closed": "advisory",
      "isolation-holds": { accepted: ["C7", "C13"] },
    };
    writeFileSync(file, JSON.stringify(rules));
    const printed = await site.run("dev", "preview", ...pack, "--policy-pack-config", file);
    expect(printed).to.contain("[advisory]").and.contain("gitlab-has-no-route-out");
  });
});

/** Has a site's project run the weakened program. */
function weakened(site: Site): Site {
  const file = join(site.project.folder, "Pulumi.yaml");
  const project = parseDocument(readFileSync(file, "utf8"));
  project.set("main", join(root, "test", "engine", "weakened", "index.ts"));
  writeFileSync(file, project.toString());
  return site;
}

describeEngine("a weakened program, before anything is made", () => {
  const sites: Partial<Record<Stack, Site>> = {};
  before(async () => {
    sites.dev = weakened(await emptySite());
    sites.prd = weakened(await siteWithSource());
  });

  it("is one of at least 25", () => {
    expect(chosen).to.have.length.of.at.least(25);
  });

  for (const { what, stack, rule, says } of chosen) {
    it(`is stopped whose author ${what}`, async () => {
      const name = stack === "source" ? "dev" : "prd";
      const site = sites[name];
      site?.project.setConfig(name, "weakened:what", what);
      const printed = await site?.refusal(name, "preview", ...pack);
      expect(printed).to.contain(`[mandatory]`).and.contain(rule);
      for (const part of says) expect(printed).to.contain(part);
      expect(site?.held(name)).to.deep.equal([]);
    });
  }

  it("is stopped in an up as well", async () => {
    const [first] = chosen;
    sites.dev?.project.setConfig("dev", "weakened:what", first?.what);
    expect(await sites.dev?.refusal("dev", "up", "--yes", ...pack)).to.contain(first?.rule);
    expect(sites.dev?.held("dev")).to.deep.equal([]);
  });

  it("is found out too late when the preview is skipped: a rule over several resources waits for them all", async () => {
    const site = weakened(await siteWithSource());
    site.project.setConfig("prd", "weakened:what", "puts an Internet gateway into the isolated VPC");
    const said = await site.refusal("prd", "up", "--yes", "--skip-preview", ...pack);
    expect(said).to.contain("isolated-vpc-has-no-gateway");
    expect(site.held("prd").map(({ name }) => name)).to.include("way-out");
  });
});
