import { expect } from "chai";
import { describeEngine, siteWithBoth, siteWithSource } from "./describeEngine";
import type { Site } from "./site";

describeEngine("the organization stack", () => {
  let site: Site;
  const attached = (type: "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY") =>
    site.accounts.org.ledger.account.organizations
      .attachedTo("222222222222", type)
      .map(({ document }) => document);
  const exported = async () => [
    await site.output("prd", "serviceControlPolicy"),
    await site.output("prd", "resourceControlPolicy"),
  ];
  const bound = () => [...attached("SERVICE_CONTROL_POLICY"), ...attached("RESOURCE_CONTROL_POLICY")];
  before(async () => {
    site = await siteWithBoth();
    await site.project.run(["stack", "init", "org"]);
    await site.run("org", "up", "--yes");
  });

  it("waits for prd, and says what to run", async () => {
    const early = await siteWithSource();
    await early.project.run(["stack", "init", "org"]);
    expect(await early.refusal("org", "up", "--yes")).to.match(
      /The target stack organization\/git-airlock\/prd cannot be used:[^]*pulumi up --stack prd/,
    );
    early.close();
  });

  it("attaches to production's account what prd exports, and has nothing to do then", async () => {
    expect(bound()).to.deep.equal(await exported());
    await site.run("org", "preview", "--expect-no-changes");
  });

  it("follows a repository that is added, by an update of both policies and nothing else", async () => {
    site.project.setConfig("prd", "git-airlock:repositories", [
      { gitlabProject: "platform/network" },
      { gitlabProject: "platform/app" },
      { gitlabProject: "platform/monitoring" },
    ]);
    await site.up("prd");
    expect(await site.up("org")).to.deep.equal([
      "update Policy guard-prd-resource: content",
      "update Policy guard-prd-service: content",
    ]);
    expect(bound()).to.deep.equal(await exported());
  });

  it("takes the policies off again when it is destroyed, and leaves production as it was", async () => {
    await site.run("org", "destroy", "--yes");
    expect(bound()).to.deep.equal([]);
    await site.run("prd", "preview", "--expect-no-changes");
  });
});
