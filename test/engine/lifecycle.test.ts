import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { describeEngine, siteWithBoth } from "./describeEngine";
import { accountFile, Site, type Stack } from "./site";

const inSource = "urn:pulumi:dev::git-airlock::git-airlock:source:NetworkedGitlab$";
const inTarget = "urn:pulumi:prd::git-airlock::git-airlock:target:MirrorTarget$";
const eip = `${inSource}aws:ec2/eip:Eip::source-nat-ap-northeast-1a`;
const gitlab = `${inSource}aws:ec2/instance:Instance::source-gitlab`;
const repository = `${inTarget}aws:codecommit/repository:Repository::target-repository-platform.network`;

/** The addresses that pushes come from. */
async function natPublicIps(site: Site): Promise<string[]> {
  return z.array(z.string()).parse(await site.output("dev", "natPublicIps"));
}

describeEngine("an Elastic IP that is replaced", () => {
  let site: Site;
  before(async () => {
    site = await siteWithBoth();
  });

  it("takes lifting its protection, and takes its NAT gateway along", async () => {
    const before = await natPublicIps(site);
    expect(await site.refusal("dev", "up", "--yes", "--replace", eip)).to.contain("marked for protection");
    await site.run("dev", "state", "unprotect", "--yes", eip);
    expect(await site.up("dev", "--replace", eip)).to.deep.equal([
      "replace Eip source-nat-ap-northeast-1a",
      "replace NatGateway source-network-1: allocationId",
      "update Route source-network-private-1: natGatewayId",
    ]);
    const after = await natPublicIps(site);
    expect(after).to.have.length(2).and.not.deep.equal(before);
  });

  it("changes of prd the push policy, to the new addresses, and nothing else", async () => {
    expect(await site.up("prd")).to.deep.equal(["update Policy target-push-policy-1: policy"]);
    const addresses = await natPublicIps(site);
    expect(await site.output("prd", "pushSourceAddresses")).to.have.members(addresses);
    const admitted = site.accounts.prd.ledger.account.iam
      .policiesOf("target-push")
      .flatMap(({ document }) => document.match(/[\d.]+\/32/g) ?? []);
    expect([...new Set(admitted)]).to.have.members(addresses.map((address) => `${address}/32`));
  });
});

describeEngine("a network that is rebuilt in another range", () => {
  let site: Site;
  before(async () => {
    site = await siteWithBoth();
    site.project.setConfig("dev", "git-airlock:network", {
      cidrBlock: "10.9.0.0/16",
      availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
    });
  });

  it("takes lifting the protection of the GitLab host, which moves along", async () => {
    expect(await site.refusal("dev", "up", "--yes")).to.match(/source-gitlab"\n.*marked for protection/);
    await site.run("dev", "state", "unprotect", "--yes", gitlab);
  });

  it("keeps its addresses: each NAT gateway gives its own up before the next one takes it", async () => {
    const before = await natPublicIps(site);
    const steps = await site.up("dev");
    expect(steps).to.include.members([
      "replace NatGateway source-network-1: subnetId",
      "replace NatGateway source-network-2: subnetId",
      "replace Vpc source-network: cidrBlock",
    ]);
    expect(steps.filter((step) => / (Eip|Volume) /.test(step))).to.deep.equal([]);
    expect(await natPublicIps(site)).to.deep.equal(before);
  });

  it("leaves nothing of the old one behind, nothing to do, and prd as it was", async () => {
    const ranges = site
      .held("dev")
      .filter(({ type }) => /:(?:Vpc|Subnet)$/.test(type))
      .map(({ inputs }) => inputs["cidrBlock"]);
    expect(ranges).to.have.length(7);
    expect(ranges.filter((range) => !String(range).startsWith("10.9."))).to.deep.equal([]);
    expect(await site.preview("dev")).to.deep.equal([]);
    expect(await site.preview("prd")).to.deep.equal([]);
  });
});

describeEngine("retiring both sides", () => {
  let site: Site;
  before(async () => {
    site = await siteWithBoth();
  });

  const rows: [stack: Stack, what: string][] = [
    ["prd", "target-repository-platform.network"],
    ["dev", "source-gitlab"],
  ];
  for (const [stack, what] of rows) {
    it(`of ${stack} is refused while ${what} is protected, and then nothing is destroyed`, async () => {
      const held = site.held(stack);
      const said = await site.refusal(stack, "destroy", "--yes");
      expect(said).to.contain(`${what}" cannot be deleted`).and.contain("pulumi state unprotect");
      expect(site.held(stack)).to.deep.equal(held);
    });
  }

  it("of prd is refused too late when the preview is skipped: all that is not protected is gone", async () => {
    const careless = await siteWithBoth();
    const said = await careless.refusal("prd", "destroy", "--yes", "--skip-preview");
    expect(said).to.contain(`${repository}" cannot be deleted`);
    expect([...new Set(careless.held("prd").map(({ type }) => type))]).to.have.members([
      "aws:codecommit/repository:Repository",
      "aws:s3/bucket:Bucket",
    ]);
  });

  it("of dev is refused for an Elastic IP alone, when all else may go", async () => {
    await site.run("dev", "state", "unprotect", "--yes", "--all");
    await site.run("dev", "state", "protect", "--yes", eip);
    const held = site.held("dev");
    expect(await site.refusal("dev", "destroy", "--yes")).to.contain(`${eip}" cannot be deleted`);
    expect(site.held("dev")).to.deep.equal(held);
    await site.run("dev", "state", "unprotect", "--yes", eip);
  });

  it("is stopped by a git credential that was made by hand, until somebody has looked whose it is", async () => {
    const { ledger } = site.accounts.prd;
    const type = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential";
    const inputs = { userName: "target-push", serviceName: "codecommit.amazonaws.com" };
    const foreign = await ledger.create({ type, name: "by-hand", inputs });
    await site.run("prd", "state", "unprotect", "--yes", repository);
    await site.run("prd", "state", "unprotect", "--yes", "--all");
    expect(await site.refusal("prd", "destroy", "--yes")).to.match(/User \(target-push\):\n.*still in use/);
    await ledger.delete(type, foreign.id);
    await site.run("prd", "destroy", "--yes");
  });

  it("leaves the record of what happened, and nothing else in either account, and takes the stacks away", async () => {
    await site.run("dev", "destroy", "--yes");
    const record = "aws:s3/bucket:Bucket target-tripwires";
    for (const [stack, left] of [
      ["prd", [record]],
      ["dev", []],
    ] as const) {
      expect(site.held(stack).map(({ type, name }) => `${type} ${name}`)).to.deep.equal(left);
      await site.project.run(["stack", "rm", "--preserve-config", "--yes", stack]);
    }
    expect((await site.project.run(["stack", "ls", "--json"])).stdout.trim()).to.equal("[]");
  });
});

describeEngine("what somebody changed by hand in the account", () => {
  let site: Site;
  before(async () => {
    const tampered = await siteWithBoth();
    const file = accountFile(tampered.folder, "prd");
    const account = z
      .looseObject({ entries: z.array(z.looseObject({ name: z.string() })) })
      .parse(JSON.parse(readFileSync(file, "utf8")));
    const entries = account.entries.filter(({ name }) => name !== "target-repository-platform.app");
    const text = JSON.stringify({ ...account, entries });
    writeFileSync(file, text.replaceAll("203.0.113.10/32", "198.51.100.0/24"));
    site = await Site.open(tampered.folder);
  });

  it("is shown by refresh: a wider push policy, a repository that is gone", async () => {
    const said = await site.run("prd", "refresh", "--preview-only", "--diff");
    expect(said).to.match(/- aws:codecommit\/repository:Repository: \(delete\)[^]*\[id=platform\.app\]/);
    expect(said).to.match(
      /~ aws:iam\/policy:Policy: \(update\)[^]*"203\.0\.113\.10\/32" => "198\.51\.100\.0\/24"/,
    );
    expect(said).to.match(/~ 1 to update\n +- 1 to delete/);
  });

  it("is put right by the next up", async () => {
    await site.run("prd", "refresh", "--yes", "--skip-preview");
    expect(await site.up("prd")).to.deep.equal([
      "create Repository target-repository-platform.app",
      "update Policy target-push-policy-1: policy",
    ]);
    await site.run("prd", "refresh", "--yes", "--skip-preview", "--expect-no-changes");
  });
});
