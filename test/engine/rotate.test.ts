import { expect } from "chai";
import { rotate, RotationFailed, type RotateOptions } from "../../automation/rotate/rotate";
import { PulumiFailed, type Pulumi } from "../../automation/pulumiCli";
import { describeEngine, siteWithBoth } from "./describeEngine";
import { type Site, type Stack } from "./site";

const push: RotateOptions = {
  gate: "push",
  targetStack: "prd",
  mirrorStack: "mirror",
  finish: false,
  yes: true,
};

/** The GitLab host: it runs whenever the mirror stack is updated, and says this. */
type Host = (revision: string) => object | undefined;
const succeeds: Host = (revision) => ({ revision, outcome: "succeeded", problems: [] });

/** A person at the command line of a site, whose commands are counted and can be stopped. */
class Operator {
  readonly said: string[] = [];
  readonly updates: string[] = [];
  /** The command that somebody interrupts before it runs: its first words. */
  interrupted?: string;
  /** Kills the update that runs, as if the machine had lost its power. */
  killed?: AbortSignal;

  constructor(
    private readonly site: Site,
    public host: Host = succeeds,
  ) {}

  rotate(options: Partial<RotateOptions> = {}): Promise<string> {
    const say = (text: string) => void this.said.push(text);
    const wait = () => Promise.reject(new Error("there is nothing to wait for"));
    return rotate({ ...push, ...options }, { pulumi: this.#pulumi(), say, wait });
  }

  /** The live credentials of a user in the account. */
  credentials(user = "target-push"): string[] {
    return this.site
      .held("prd")
      .filter(({ type, inputs }) => type.endsWith("ServiceSpecificCredential") && inputs["userName"] === user)
      .map(({ name }) => name)
      .sort();
  }

  #pulumi(): Pulumi {
    const run = async (args: readonly string[]) => {
      if (this.interrupted !== undefined && args.join(" ").startsWith(this.interrupted))
        throw new Error("Ctrl-C");
      const stack = args[args.indexOf("--stack") + 1] as Stack;
      const { code, stdout, stderr } = await this.site.project.run(args, {
        server: this.site.accounts[stack],
        killed: args[0] === "up" ? this.killed : undefined,
      });
      if (code !== 0) throw new PulumiFailed(stdout + stderr);
      if (args[0] === "up") {
        this.updates.push(stack);
        if (stack === "mirror") await this.#runHost();
      }
      return stdout;
    };
    return {
      read: run,
      async show(args) {
        await run(args);
      },
    };
  }

  async #runHost(): Promise<void> {
    const { ledger } = this.site.accounts.mirror;
    const status = this.site.held("mirror").find(({ name }) => name === "mirror-status");
    const said = this.host(this.site.association("mirror", "mirror")?.parameters["revision"] ?? "");
    if (status && said)
      await ledger.update("aws:ssm/parameter:Parameter", status.id, {
        ...status.inputs,
        insecureValue: JSON.stringify(said),
      });
  }
}

async function siteWithMirror(): Promise<Site> {
  const site = await siteWithBoth();
  await site.project.run(["stack", "init", "mirror"]);
  await site.run("mirror", "up", "--yes");
  return site;
}

describeEngine("git airlock rotate", () => {
  let site: Site;
  beforeEach(async () => {
    site = await siteWithMirror();
  });
  afterEach(() => {
    site.close();
  });

  it("push replaces the credential, in three updates, and leaves nothing to do", async () => {
    const operator = new Operator(site);
    expect(await operator.rotate()).to.equal("done");
    expect(operator.updates).to.deep.equal(["prd", "mirror", "prd"]);
    expect(operator.credentials()).to.deep.equal(["target-push-credential-2"]);
    for (const stack of ["prd", "mirror"] as const) await site.run(stack, "preview", "--expect-no-changes");
    expect(await operator.rotate()).to.equal("done");
    expect(operator.credentials()).to.deep.equal(["target-push-credential-3"]);
  });

  it("push goes on where it was stopped, wherever that was, and never makes a third credential", async () => {
    const operator = new Operator(site);
    for (const moment of [
      "up --stack prd",
      "up --stack mirror",
      "refresh --stack mirror",
      "config rm --stack prd",
    ]) {
      operator.interrupted = moment;
      await operator.rotate().then(
        () => expect.fail("it was interrupted"),
        (error: unknown) => {
          expect(String(error)).to.include("Ctrl-C");
        },
      );
      expect(operator.credentials().length, moment).to.be.within(1, 2);
    }
    operator.interrupted = undefined;
    expect(await operator.rotate()).to.equal("done");
    expect(operator.credentials()).to.deep.equal(["target-push-credential-2"]);
  });

  it("push moves the mirrors over before it takes away what they push with, though the list has it no more", async () => {
    site.project.setConfig("prd", "git-airlock:pushCredentialEpochs", [1, 2]);
    await site.run("prd", "up", "--yes", "--skip-preview");
    site.project.setConfig("prd", "git-airlock:pushCredentialEpochs", [2]);
    const operator = new Operator(site);
    expect(await operator.rotate()).to.equal("done");
    expect(operator.updates).to.deep.equal(["mirror", "prd"]);
    expect(operator.credentials()).to.deep.equal(["target-push-credential-2"]);
  });

  it("push keeps both credentials when the host could not move its mirrors over, and says why", async () => {
    const operator = new Operator(site, (revision) => ({
      revision,
      outcome: "failed",
      problems: ["platform/app: GitLab could not push: 403"],
    }));
    const error: unknown = await operator.rotate().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RotationFailed);
    expect(String(error)).to.match(/platform\/app: GitLab could not push: 403[^]*Both credentials are live/);
    expect(operator.credentials()).to.have.length(2);
    operator.host = succeeds;
    expect(await operator.rotate()).to.equal("done");
  });

  it("push refuses when the free slot is a stranger's, and changes nothing", async () => {
    const { ledger } = site.accounts.prd;
    const type = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential";
    await ledger.create({
      type,
      name: "by-hand",
      inputs: { userName: "target-push", serviceName: "codecommit.amazonaws.com" },
    });
    const operator = new Operator(site);
    const error: unknown = await operator.rotate().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RotationFailed);
    expect(String(error)).to.match(
      /ServiceSpecificCredentialsPerUser[^]*No credential was made[^]*find out whose it is/,
    );
    expect(operator.credentials()).to.deep.equal(["by-hand", "target-push-credential-1"]);
    await site.run("prd", "preview", "--expect-no-changes");
  });

  it("push whose update was killed makes no third credential, and goes on once what that left is deleted", async function () {
    this.timeout("6m");
    const { ledger } = site.accounts.prd;
    const power = new AbortController();
    const create = ledger.create.bind(ledger);
    ledger.create = async (creation) => {
      const made = await create(creation);
      if (creation.name === "target-push-credential-2") power.abort();
      return made;
    };
    const operator = new Operator(site);
    const failure = () => operator.rotate().then(() => expect.fail("it was refused"), String);
    operator.killed = power.signal;
    await failure();
    Object.assign(operator, { killed: undefined });
    ledger.create = create;

    expect(await failure()).to.match(/currently locked[^]*`pulumi cancel`/);
    await site.project.run(["cancel", "--yes", "--stack", "prd"]);
    expect(await failure()).to.match(/ServiceSpecificCredentialsPerUser[^]*an update that was killed/);
    expect(operator.credentials()).to.deep.equal(["target-push-credential-1", "target-push-credential-2"]);

    const lost = site.held("prd").find(({ name }) => name === "target-push-credential-2");
    await ledger.delete(lost?.type ?? "", lost?.id ?? "");
    await site.run("prd", "refresh", "--yes", "--skip-preview", "--clear-pending-creates");
    expect(await operator.rotate()).to.equal("done");
    expect(operator.credentials()).to.deep.equal(["target-push-credential-2"]);
  });

  it("pull stops half-way, for people to move over, and finishes when told", async () => {
    const operator = new Operator(site);
    const nothing: unknown = await operator
      .rotate({ gate: "pull", finish: true })
      .catch((thrown: unknown) => thrown);
    expect(String(nothing)).to.include("there is none to finish");
    for (let again = 0; again < 2; again++)
      expect(await operator.rotate({ gate: "pull" })).to.equal("half-way");
    expect(operator.updates).to.deep.equal(["prd"]);
    expect(operator.credentials("target-pull")).to.have.length(2);
    expect(await operator.rotate({ gate: "pull", finish: true })).to.equal("done");
    expect(operator.credentials("target-pull")).to.deep.equal(["target-pull-credential-2"]);
  });
});
