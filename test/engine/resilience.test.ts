import { expect } from "chai";
import { z } from "zod";
import { describeEngine, emptySite, siteWithBoth, siteWithSource } from "./describeEngine";
import { resourceOf, Site, type Stack } from "./site";

const eip = "aws:ec2/eip:Eip";

const pendingCreates = z.object({
  deployment: z.object({
    pending_operations: z
      .array(
        z.object({ type: z.literal("creating"), resource: z.object({ urn: z.string(), type: z.string() }) }),
      )
      .default([]),
  }),
});

/** Ends the command with kill -9 in the moment in which the account has made a resource, before anybody knows. */
async function killedUp(site: Site, stack: Stack, type: string, name: string): Promise<void> {
  const { ledger } = site.accounts[stack];
  const power = new AbortController();
  const create = ledger.create.bind(ledger);
  ledger.create = async (creation) => {
    const made = await create(creation);
    if (creation.type === type && creation.name === name) power.abort();
    return made;
  };
  const { code } = await site.try(stack, ["up", "--yes", "--skip-preview"], { killed: power.signal });
  ledger.create = create;
  expect(code).to.equal(-1);
}

/** What Pulumi does not know of: whether it was made. As "Type name". */
async function unknownOf(site: Site, stack: Stack): Promise<{ urn: string; type: string }[]> {
  const exported = pendingCreates.parse(JSON.parse(await site.run(stack, "stack", "export")));
  return exported.deployment.pending_operations.map(({ resource }) => resource);
}

/** Finds in the account what was made of it: by its name, as people do in AWS's console. */
function madeOf(site: Site, stack: Stack, { urn, type }: { urn: string; type: string }) {
  return site.held(stack).find((held) => held.type === type && urn.endsWith(`::${held.name}`));
}

/** Deletes in the account what was made of all that Pulumi does not know of, but for one type. */
async function deleteMade(site: Site, stack: Stack, kept?: string): Promise<void> {
  for (const resource of await unknownOf(site, stack)) {
    const made = madeOf(site, stack, resource);
    if (made && made.type !== kept) await site.accounts[stack].ledger.delete(made.type, made.id);
  }
}

/** "Type name" of all that an account holds. */
function names(site: Site, stack: Stack): string[] {
  return site
    .held(stack)
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

describeEngine("an up that was killed", () => {
  let whole: Site;
  before(async () => {
    whole = await siteWithBoth();
  });

  const moments: [stack: Stack, type: string, name: string][] = [
    ["prd", "aws:iam/user:User", "target-push"],
    ["prd", "aws:iam/serviceSpecificCredential:ServiceSpecificCredential", "target-push-credential-1"],
    ["dev", "aws:ec2/natGateway:NatGateway", "source-network-1"],
    ["dev", "aws:ec2/instance:Instance", "source-gitlab"],
  ];
  for (const [stack, type, name] of moments) {
    it(`while ${stack} got its ${resourceOf(`::::${type}::${name}`)} comes to the same once what it left is deleted`, async () => {
      const site = stack === "prd" ? await siteWithSource() : await emptySite();
      await killedUp(site, stack, type, name);

      expect(await site.refusal(stack, "up", "--yes", "--skip-preview")).to.contain("`pulumi cancel`");
      await site.project.run(["cancel", "--yes", "--stack", stack]);
      const unknown = await unknownOf(site, stack);
      expect(unknown.map(({ urn }) => urn.split("::").at(-1))).to.include(name);
      await deleteMade(site, stack);
      await site.run(stack, "refresh", "--yes", "--skip-preview", "--clear-pending-creates");

      await site.up(stack);
      expect(names(site, stack)).to.deep.equal(names(whole, stack));
      expect(await unknownOf(site, stack)).to.deep.equal([]);
      expect(await site.preview(stack)).to.deep.equal([]);
    });
  }

  it("while prd got its User target-push stops the next one there, unless that is deleted first", async () => {
    const site = await siteWithSource();
    await killedUp(site, "prd", "aws:iam/user:User", "target-push");
    await site.project.run(["cancel", "--yes", "--stack", "prd"]);
    await deleteMade(site, "prd", "aws:iam/user:User");
    expect(await site.run("prd", "preview")).not.to.contain("interrupted while creating");
    const said = await site.refusal("prd", "up", "--yes", "--skip-preview");
    expect(said).to.contain("EntityAlreadyExists").and.contain("target-push, interrupted while creating");
  });

  it("while dev got an Elastic IP leaves that behind if nobody looks: the next one makes another", async () => {
    const site = await emptySite();
    await killedUp(site, "dev", eip, "source-nat-ap-northeast-1a");
    await site.project.run(["cancel", "--yes", "--stack", "dev"]);
    await deleteMade(site, "dev", eip);
    await site.up("dev");
    const addresses = site.held("dev").filter(({ name }) => name === "source-nat-ap-northeast-1a");
    expect(addresses).to.have.length(2);
  });

  it("while dev got an Elastic IP can keep that address: Pulumi takes it in", async () => {
    const site = await emptySite();
    await killedUp(site, "dev", eip, "source-nat-ap-northeast-1a");
    await site.project.run(["cancel", "--yes", "--stack", "dev"]);
    await deleteMade(site, "dev", eip);
    for (const resource of await unknownOf(site, "dev")) {
      const made = madeOf(site, "dev", resource);
      if (!made) continue;
      const parent = "source=urn:pulumi:dev::git-airlock::git-airlock:source:NetworkedGitlab::source";
      const what = [eip, made.name, made.id, "--parent", parent];
      await site.run("dev", "import", ...what, "--generate-code=false", "--yes", "--skip-preview");
    }
    await site.run("dev", "refresh", "--yes", "--skip-preview", "--clear-pending-creates");
    const address = site.held("dev").find(({ name }) => name === "source-nat-ap-northeast-1a")?.outputs[
      "publicIp"
    ];

    await site.up("dev");
    expect(await site.output("dev", "natPublicIps")).to.include(address);
    expect(names(site, "dev")).to.deep.equal(names(whole, "dev"));
    expect(await site.preview("dev")).to.deep.equal([]);
  });
});

describeEngine("prd before dev", () => {
  it("is told to bring dev up first, when there is no such stack", async () => {
    const site = await Site.open();
    await site.project.run(["stack", "init", "prd"]);
    const said = await site.refusal("prd", "up", "--yes");
    expect(said).to.contain("The source stack organization/git-airlock/dev cannot be used:");
    expect(said).to.contain('unknown stack "organization/git-airlock/dev"');
    expect(said).to.contain("Run `pulumi up --stack dev` first");
    expect(said).not.to.match(/^ +at /m);
    expect(site.held("prd")).to.deep.equal([]);
  });

  it("is told so, and makes nothing, when dev was never brought up", async () => {
    const site = await emptySite();
    const said = await site.refusal("prd", "up", "--yes", "--skip-preview");
    expect(said).to.contain("it has no output natPublicIps").and.contain("Run `pulumi up --stack dev` first");
    expect(site.held("prd")).to.deep.equal([]);
    expect(
      (await site.deployment("prd")).resources.filter(({ type }) => type.startsWith("aws:")),
    ).to.deep.equal([]);
  });
});

describeEngine("a wrong configuration", () => {
  const rows: [stack: Stack, key: string, value: unknown, says: string][] = [
    ["dev", "workTerminalCidrs", ["198.51.100.0/33"], "git-airlock:workTerminalCidrs[0]"],
    ["prd", "pushCredentialEpochs", [1, 2, 3], "git-airlock:pushCredentialEpochs"],
  ];
  for (const [stack, key, value, says] of rows) {
    it(`of ${stack} is told by its key and without a stack trace, and nothing is made`, async () => {
      const site = await siteWithSource();
      const held = site.held(stack);
      site.project.setConfig(stack, `git-airlock:${key}`, value);
      const said = await site.refusal(stack, "up", "--yes", "--skip-preview");
      expect(said).to.contain(says).and.contain("nothing was registered");
      expect(said).not.to.match(/^ +at /m);
      expect(site.held(stack)).to.deep.equal(held);
    });
  }
});

describeEngine("two people who bring one stack up at once", () => {
  it("do not get into each other's way: the second is told of the lock and how to lift it", async () => {
    const site = await siteWithBoth();
    let second: Promise<string> | undefined;
    const first = await site.try("dev", ["up", "--yes", "--skip-preview"], {
      // Its first line comes when it holds the lock.
      onLine: () => {
        second ??= site.refusal("dev", "up", "--yes", "--skip-preview");
      },
    });
    expect(first.code).to.equal(0);
    expect(await second).to.match(/the stack is currently locked by 1 lock.*`pulumi cancel`/);
  });
});
