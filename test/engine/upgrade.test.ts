import { expect } from "chai";
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeEngine } from "./describeEngine";
import { root } from "./fakes";
import { Site } from "./site";

const fixtures = join(root, "test", "engine", "fixtures");

/** A site as a release left it, with its configuration, under today's program. */
async function siteOf(release: string): Promise<Site> {
  const kept = join(fixtures, release);
  const site = await Site.open();
  for (const stack of ["dev", "prd"] as const) {
    const settings = `Pulumi.${stack}.yaml`;
    await site.project.run(["stack", "init", stack]);
    // Its salt goes with the state, and takes the place of the new stack's.
    copyFileSync(join(kept, settings), join(site.project.folder, settings));
    await site.run(stack, "stack", "import", "--file", join(kept, `${stack}.json`));
  }
  // The sample of 0.1.0 names a GitLab of which critical holes have become known; upgrading that is another step.
  for (const [i, cve] of ["CVE-2026-89078", "CVE-2026-93577"].entries())
    await site.run("dev", "config", "set", "--path", `git-airlock:gitlab.acceptedCves[${i}]`, cve);
  return site;
}

/** What an upgrade changes by intention, and why. Whatever else it would do fails the test. */
const intended: Readonly<Record<string, Partial<Record<"dev" | "prd", readonly string[]>>>> = {
  "0.1.0": {
    dev: [
      // What squid refuses before it looks at its rules is counted too, and the alarm says so.
      "create LogMetricFilter source-proxy-refusals-not-understood",
      "update LogMetricFilter source-proxy-refusals: pattern",
      "update MetricAlarm source-proxy-refusals: alarmDescription",
      // The resolver of GitLab's VPC answers for listed names alone.
      "create ResolverFirewallConfig source-network-dns-fail-closed",
      "create ResolverFirewallDomainList source-network-dns-all-names",
      "create ResolverFirewallDomainList source-network-dns-needed-names",
      "create ResolverFirewallRule source-network-dns-allow-needed",
      "create ResolverFirewallRule source-network-dns-block-all",
      "create ResolverFirewallRuleGroup source-network-dns-rules",
      "create ResolverFirewallRuleGroupAssociation source-network-dns-association",
      // gitlab.rb sets nginx by the keys of GitLab 19.2 and later, and new projects have no pipelines.
      "update Instance source-gitlab: userData",
      // The host keeps GitLab's own settings, and an alarm tells when it cannot.
      "create Parameter source-settings-settings",
      "create Parameter source-settings-status",
      "create Document source-settings",
      "create RolePolicy source-settings",
      "create Association source-settings",
      "create EventRule source-settings-failed",
      "create EventTarget source-settings-failed",
    ],
  },
};

for (const release of readdirSync(fixtures)) {
  describeEngine(`an upgrade from ${release}`, () => {
    let site: Site;
    before(async () => {
      site = await siteOf(release);
    });

    for (const stack of ["dev", "prd"] as const) {
      it(`of ${stack} changes nothing that was not asked for`, async () => {
        expect(await site.preview(stack)).to.have.members([...(intended[release]?.[stack] ?? [])]);
      });
    }

    it("can still read the secrets", async () => {
      expect(await site.output("prd", "pushCredential")).to.have.keys("userName", "password");
    });
  });
}
