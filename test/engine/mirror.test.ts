import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { describeEngine, siteWithBoth, siteWithSource } from "./describeEngine";
import { type Site } from "./site";

const parameter = "aws:ssm/parameter:Parameter";
const credential = z.object({ userName: z.string(), password: z.string() });

/** A site where the mirror is up too. */
async function siteWithMirror(): Promise<Site> {
  const site = await siteWithBoth();
  await site.project.run(["stack", "init", "mirror"]);
  await site.run("mirror", "up", "--yes");
  return site;
}

describeEngine("the mirror stack", () => {
  let site: Site;
  let without: string[];
  const names = () => site.held("dev").map(({ type, name }) => `${type} ${name}`);
  const passwordOf = async () => credential.parse(await site.output("prd", "pushCredential")).password;
  before(async () => {
    const both = await siteWithBoth();
    without = both.held("dev").map(({ type, name }) => `${type} ${name}`);
    both.close();
    site = await siteWithMirror();
  });

  it("waits for prd, and says what to run", async () => {
    const early = await siteWithSource();
    await early.project.run(["stack", "init", "mirror"]);
    expect(await early.refusal("mirror", "up", "--yes")).to.match(
      /The target stack organization\/git-airlock\/prd cannot be used:[^]*pulumi up --stack prd/,
    );
    early.close();
  });

  it("stands in the development account, and has nothing to do when it is up", async () => {
    expect(names().filter((name) => !without.includes(name))).to.include.members([
      `${parameter} mirror-credentials-prd`,
      `${parameter} mirror-mirrors-prd-platform.app`,
      "aws:ssm/association:Association mirror",
    ]);
    await site.run("mirror", "preview", "--expect-no-changes");
    expect(await site.up("mirror")).to.deep.equal([]);
  });

  it("leaves the status to the host: what it writes is not a change to put right", async () => {
    const { ledger } = site.accounts.mirror;
    const status = site.held("mirror").find(({ name }) => name === "mirror-status");
    if (!status) throw new Error("there is a status parameter");
    await ledger.update(parameter, status.id, { ...status.inputs, insecureValue: '{"outcome":"succeeded"}' });
    await site.run("mirror", "refresh", "--yes", "--skip-preview");
    await site.run("mirror", "preview", "--expect-no-changes");
    expect(ledger.account.ssm.parameter(status.id)?.value).to.equal('{"outcome":"succeeded"}');
  });

  it("puts its secrets in plain text into no state and no output", async () => {
    const password = await passwordOf();
    const state = readFileSync(join(site.project.backend, ".pulumi/stacks/git-airlock/mirror.json"), "utf8");
    const printed = await site.run("mirror", "stack", "output", "--json");
    for (const text of [state, printed, await site.run("mirror", "stack", "export")]) {
      for (const form of [
        password,
        JSON.stringify(password).slice(1, -1),
        Buffer.from(password).toString("base64"),
      ])
        expect(text).not.to.include(form);
    }
  });

  it("changes, while a credential is rotated, the credential and the revision, and nothing else", async () => {
    const old = await passwordOf();
    site.project.setConfig("prd", "git-airlock:pushCredentialEpochs", [1, 2]);
    await site.up("prd");
    expect(await passwordOf()).not.to.equal(old);
    expect(await site.up("mirror")).to.deep.equal([
      "update Association mirror: parameters",
      "update Parameter mirror-credentials-prd: value",
    ]);
    const { ssm } = site.accounts.mirror.ledger.account;
    expect(ssm.parameter("/git-airlock/mirror/mirror/credentials/prd")?.value).to.include(
      JSON.stringify(await passwordOf()),
    );
  });

  it("follows a GitLab host that was replaced", async () => {
    const moved = await siteWithMirror();
    const { urn } = await moved
      .deployment("dev")
      .then((dev) => dev.resource("aws:ec2/instance:Instance", "source-gitlab"));
    await moved.run("dev", "state", "unprotect", "--yes", urn);
    moved.project.setConfig("dev", "git-airlock:network", {
      availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
      cidrBlock: "10.9.0.0/16",
    });
    await moved.up("dev");
    expect(await moved.up("mirror")).to.deep.equal(["update Association mirror: targets"]);
    expect(moved.association("mirror", "mirror")?.instanceIds).to.deep.equal([
      await moved.output("dev", "gitlabInstanceId"),
    ]);
    moved.close();
  });

  it("withdrawn takes the mirrors away; destroyed then, it leaves the source as it was", async () => {
    site.project.setConfig("mirror", "git-airlock:withdrawn", true);
    expect(await site.up("mirror")).to.deep.equal([
      "delete Parameter mirror-mirrors-prd-platform.app",
      "delete Parameter mirror-mirrors-prd-platform.network",
      "update Association mirror: parameters",
    ]);
    await site.run("mirror", "destroy", "--yes");
    expect(names()).to.have.members(without);
    await site.run("dev", "preview", "--expect-no-changes");
  });
});
