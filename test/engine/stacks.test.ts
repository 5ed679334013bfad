import { expect } from "chai";
import { z } from "zod";
import { textAt } from "../../rehearsal/engines/in-process/deployment";
import { stackConfig } from "../../rehearsal/engines/in-process/stackFiles";
import { root } from "./fakes";
import { describeEngine, siteWithBoth } from "./describeEngine";
import { Site, type Stack } from "./site";

/** What the clone's stack file gives for a key. */
function configured(stack: Stack, key: string): unknown {
  return JSON.parse(stackConfig(root, stack)[`git-airlock:${key}`] ?? "");
}

const credential = z.object({ userName: z.string(), password: z.string() });
const isolatedTerminals = ["192.0.2.0/24"];

describeEngine("the README's commands, from an empty backend", () => {
  let site: Site;
  before(async () => {
    site = await siteWithBoth();
  });

  it("stand dev up, and tell where GitLab is and where pushes come from", async () => {
    expect(await site.output("dev", "gitlabUrl")).to.equal("https://gitlab.dev.example.com");
    const addresses = await site.output("dev", "natPublicIps");
    expect(addresses).to.have.members(["203.0.113.10", "203.0.113.11"]);
    const instance = String(await site.output("dev", "gitlabInstanceId"));
    expect(site.held("dev").find(({ id }) => id === instance)?.name).to.equal("source-gitlab");
  });

  it("stand prd up, whose push policy admits dev's addresses and nothing else", async () => {
    const deployment = await site.deployment("prd");
    const policy = deployment.resource("aws:iam/policy:Policy", "target-push-policy-1");
    const document: unknown = JSON.parse(textAt(policy.inputs, "policy"));
    const admitted = { "aws:SourceIp": ["203.0.113.10/32", "203.0.113.11/32"] };
    expect(document).to.have.nested.property("Statement[0].Effect", "Allow");
    expect(document)
      .to.have.nested.property("Statement[0].Condition")
      .that.deep.equals({ IpAddress: admitted });
    expect(document).to.have.nested.property("Statement[1].Effect", "Deny");
    expect(document)
      .to.have.nested.property("Statement[1].Condition")
      .that.deep.equals({ NotIpAddress: admitted });
  });

  it("hand out a push credential that the account knows", async () => {
    const { userName, password } = credential.parse(await site.output("prd", "pushCredential"));
    expect(site.accounts.prd.ledger.account.iam.authenticate(userName, password)?.userName).to.equal(
      "target-push",
    );
  });

  for (const stack of ["dev", "prd"] as const) {
    it(`leave ${stack} with nothing to do: preview, up and refresh change nothing`, async () => {
      await site.run(stack, "preview", "--expect-no-changes");
      expect(await site.up(stack)).to.deep.equal([]);
      await site.run(stack, "refresh", "--yes", "--skip-preview", "--expect-no-changes");
    });
  }
});

describeEngine("a change of the configuration", () => {
  let site: Site;
  before(async () => {
    site = await siteWithBoth();
  });

  const [network, app] = z.array(z.looseObject({})).parse(configured("prd", "repositories"));
  const gitlab = z.looseObject({}).parse(configured("dev", "gitlab"));
  const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };

  const rows: [what: string, stack: Stack, key: string, value: unknown, steps: string[]][] = [
    ["of the repositories' order changes nothing", "prd", "repositories", [app, network], []],
    [
      "of a repository's description changes that repository",
      "prd",
      "repositories",
      [network, { ...app, description: "The application" }],
      ["update Repository target-repository-platform.app: description"],
    ],
    [
      "that adds a repository makes it, and lets git through to it",
      "prd",
      "repositories",
      [{ gitlabProject: "platform/aaa" }, network, app],
      [
        "create Repository target-repository-platform.aaa",
        "update EventRule target-tripwire-foreign-write-1: eventPattern",
        "update Policy target-pull-policy-1: policy",
        "update Policy target-push-policy-1: policy",
        "update VpcEndpoint target-pull-endpoint: policy",
      ],
    ],
    [
      "to two proxy tasks changes their number",
      "dev",
      "proxy",
      { tasks: 2 },
      ["update Service source-proxy: desiredCount"],
    ],
    [
      "to office hours adds their schedules",
      "dev",
      "gitlab",
      { ...gitlab, officeHours },
      [
        "create Role source-office-hours",
        "create RolePolicy source-office-hours",
        "create Schedule source-office-hours-start",
        "create Schedule source-office-hours-stop",
      ],
    ],
    [
      "of who may pull changes the endpoint's door",
      "prd",
      "pull",
      {
        isolatedTerminalCidrs: [...isolatedTerminals, "10.20.0.0/16"],
        network: { availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"] },
      },
      ["create SecurityGroupIngressRule target-pull-endpoint-from-10.20.0.0-16"],
    ],
  ];
  for (const [what, stack, key, value, steps] of rows) {
    it(what, async () => {
      const changed = await Site.open(site.folder);
      changed.project.setConfig(stack, `git-airlock:${key}`, value);
      expect(await changed.preview(stack)).to.deep.equal(steps);
    });
  }

  it("that renames a project is refused as long as its repository is protected, and leaves all others alone", async () => {
    const renamed = await Site.open(site.folder);
    renamed.project.setConfig("prd", "git-airlock:repositories", [
      { ...network, gitlabProject: "platform/net" },
      app,
    ]);
    expect(await renamed.refusal("prd", "up", "--yes")).to.match(
      /platform\.network" cannot be deleted\n.*protected/,
    );
    expect(renamed.accounts.prd.ledger.account.codeCommit.repositories()).to.have.length(2);
    const urn = (await renamed.deployment("prd")).resource(
      "aws:codecommit/repository:Repository",
      "target-repository-platform.network",
    ).urn;
    await renamed.run("prd", "state", "unprotect", "--yes", urn);
    expect(await renamed.preview("prd")).to.deep.equal([
      "create Repository target-repository-platform.net",
      "delete Repository target-repository-platform.network",
      "update EventRule target-tripwire-foreign-write-1: eventPattern",
      "update Policy target-pull-policy-1: policy",
      "update Policy target-push-policy-1: policy",
      "update VpcEndpoint target-pull-endpoint: policy",
    ]);
  });
});

describeEngine("rotating the git credentials", () => {
  let site: Site;
  before(async () => {
    site = await siteWithBoth();
  });

  function setEpochs(epochs: number[]): void {
    for (const user of ["push", "pull"])
      site.project.setConfig("prd", `git-airlock:${user}CredentialEpochs`, epochs);
  }

  it("makes the second ones beside the first, and hands out the second", async () => {
    setEpochs([1, 2]);
    expect(await site.up("prd")).to.deep.equal([
      "create ServiceSpecificCredential target-pull-credential-2",
      "create ServiceSpecificCredential target-push-credential-2",
      "replace SecretVersion target-pull-secret-version: secretString",
    ]);
  });

  it("then deletes the first ones, and leaves the second as they are", async () => {
    setEpochs([2]);
    expect(await site.up("prd")).to.deep.equal([
      "delete ServiceSpecificCredential target-pull-credential-1",
      "delete ServiceSpecificCredential target-push-credential-1",
    ]);
    await site.run("prd", "refresh", "--yes", "--skip-preview", "--expect-no-changes");
  });
});
