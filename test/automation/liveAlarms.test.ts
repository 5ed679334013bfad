import { expect } from "chai";
import { ringAlarms, type AlarmAccess } from "../../automation/verify/liveAlarms";
import type { Trial } from "../../automation/verify/live";
import { readStackExport } from "../../isolation/model/stackExport";
import type { StackSnapshot } from "../../isolation/model/snapshot";
import { cloudTrailEvent, gitCall, type ApiCall } from "../../rehearsal/scenario/cloudTrailEvents";
import { exportStack } from "../../rehearsal/engines/in-process/stackExport";
import { asTheyCome, type BothSides } from "../rehearsal/rehearsing";
import { Lab, PULL, REPOSITORIES } from "../rehearsal/git/lab";

/** The AWS CLI of somebody who is signed in to one of the accounts, answering as the real one prints. */
class Cli {
  readonly calls: string[] = [];
  readonly rung = new Map<string, number>();
  failing = false;
  /** What CloudWatch says of an alarm's action; undefined where it took none. */
  action: string | undefined = "Successfully executed action arn:aws:sns:r:1:t";
  #events = 0;

  constructor(
    private readonly sides: BothSides,
    private readonly accountId: string,
  ) {}

  /** What CloudTrail would log of a call, to the rules that were deployed. */
  log(call: Omit<ApiCall, "caller"> & { caller?: string }): void {
    const { account } = this.sides.target;
    const caller = `arn:aws:sts::${account.accountId}:assumed-role/deployer/me`;
    const event = cloudTrailEvent(account, { caller, ...call }, ++this.#events);
    for (const { rule } of account.eventBridge.put(event))
      this.rung.set(rule, (this.rung.get(rule) ?? 0) + 1);
  }

  readonly aws = (args: readonly string[]): Promise<string> => {
    this.calls.push(args.slice(0, 2).join(" "));
    const value = (option: string) => args[args.indexOf(option) + 1] ?? "";
    switch (args.slice(0, 2).join(" ")) {
      case "sts get-caller-identity":
        return Promise.resolve(`${this.accountId}\n`);
      case "codecommit get-repository-triggers":
        return Promise.resolve("[]\n");
      case "codecommit put-repository-triggers": {
        expect(JSON.parse(value("--triggers"))).to.deep.equal([]);
        const requestParameters = { repositoryName: value("--repository-name") };
        this.log({
          service: "codecommit",
          action: "PutRepositoryTriggers",
          readOnly: false,
          requestParameters,
        });
        return Promise.resolve("");
      }
      case "iam update-service-specific-credential": {
        const { iam } = this.sides.target.account;
        const id = value("--service-specific-credential-id");
        const userName = value("--user-name");
        expect(iam.users().map((user) => user.userName)).to.include(userName);
        expect(id).to.match(/^ACCA/);
        const call = { service: "iam", action: "UpdateServiceSpecificCredential", region: "us-east-1" };
        this.log({ ...call, readOnly: false, requestParameters: { userName } });
        return Promise.resolve("");
      }
      case "sns get-topic-attributes":
        return Promise.resolve("\n");
      case "sns set-topic-attributes": {
        const requestParameters = { topicArn: value("--topic-arn") };
        this.log({ service: "sns", action: "SetTopicAttributes", readOnly: false, requestParameters });
        return Promise.resolve("");
      }
      case "codestar-notifications subscribe":
        this.log({ service: "codestar-notifications", action: "Subscribe", readOnly: false });
        return Promise.reject(new Error("An error occurred (ResourceNotFoundException): no such rule"));
      case "cloudwatch get-metric-statistics": {
        const rule = value("--dimensions").replace("Name=RuleName,Value=", "");
        const isFailed = value("--metric-name") === "FailedInvocations";
        const count = isFailed && !this.failing ? 0 : (this.rung.get(rule) ?? 0);
        // What the CLI prints of the sum of nothing.
        return Promise.resolve(count === 0 ? "0\n" : `${count}.0\n`);
      }
      case "cloudwatch set-alarm-state":
        return Promise.resolve("");
      case "cloudwatch describe-alarms": {
        const alarm = { ActionsEnabled: true, AlarmActions: ["arn:aws:sns:r:1:t"] };
        return Promise.resolve(JSON.stringify({ MetricAlarms: [alarm] }));
      }
      case "cloudwatch describe-alarm-history":
        return Promise.resolve(JSON.stringify(this.action === undefined ? [] : [this.action]));
      default:
        return Promise.reject(new Error(`nobody expected aws ${args.join(" ")}`));
    }
  };
}

describe("git airlock verify --live alarms", () => {
  let lab: Lab;
  let sides: BothSides;
  let stacks: StackSnapshot[];
  before(async () => {
    lab = await Lab.open();
    sides = await asTheyCome();
    stacks = [sides.source, sides.target].map(({ deployment }) =>
      readStackExport(exportStack(deployment, "phrase"), deployment.stack),
    );
  });
  after(async () => {
    await lab.close();
  });

  async function ring(cli: Cli): Promise<{ trials: Trial[]; waited: number }> {
    let now = 0;
    const access: AlarmAccess = {
      aws: cli.aws,
      live: () => ({
        cloneUrl: `${REPOSITORIES}/platform.app`,
        pull: () => {
          // Git is refused by the lab, and CloudTrail tells of it.
          const { account } = sides.target;
          const principal = `arn:aws:iam::${account.accountId}:user/target-pull`;
          const call = gitCall(account, {
            arrival: { sourceIp: "203.0.113.250" },
            request: "",
            reason: "",
            status: 403,
            principal,
            action: "codecommit:GitPull",
            repository: "platform.app",
            allowed: false,
            transferred: false,
          });
          if (call) cli.log(call);
          return Promise.resolve({ userName: PULL.user, password: PULL.password });
        },
        push: () => Promise.reject(new Error("nobody pushes")),
      }),
      now: () => now,
      wait: (milliseconds) => {
        now += milliseconds;
        return Promise.resolve();
      },
    };
    const { home } = lab.positions;
    const before = { ...process.env };
    Object.assign(process.env, { https_proxy: home.proxyUrl, GIT_SSL_CAINFO: lab.authority.file });
    try {
      return { trials: await ringAlarms(stacks, access, () => undefined), waited: now };
    } finally {
      process.env = before;
    }
  }

  const outcomes = (trials: readonly Trial[]) =>
    Object.fromEntries(trials.map(({ what, outcome }) => [what.replace("Ring the tripwire ", ""), outcome]));

  it("rings every tripwire of the target but the one that needs the GitLab host, and hears it", async () => {
    const cli = new Cli(sides, sides.target.account.accountId);
    const { trials, waited } = await ring(cli);
    expect(outcomes(trials)).to.deep.equal({
      "foreign-write": "as claimed",
      "gate-change": "as claimed",
      "gate-misuse": "as claimed",
      notification: "as claimed",
      "push-user-read": "untried",
      silenced: "as claimed",
    });
    expect(waited).to.equal(0);
  });

  it("gives up after fifteen minutes on a tripwire that stays silent", async () => {
    const cli = new Cli(sides, sides.target.account.accountId);
    cli.log = () => undefined;
    const { trials, waited } = await ring(cli);
    expect(outcomes(trials)["foreign-write"]).to.equal("not as claimed");
    expect(trials.find(({ what }) => what.endsWith("silenced"))?.detail).to.contain("trail");
    expect(waited).to.be.within(15 * 60_000, 16 * 60_000);
  });

  it("sees that a topic does not take the message", async () => {
    const cli = new Cli(sides, sides.target.account.accountId);
    cli.failing = true;
    expect(outcomes((await ring(cli)).trials)["silenced"]).to.equal("not as claimed");
  });

  it("raises the alarms of the source where the AWS CLI is signed in there, and rings nothing in the target", async () => {
    const cli = new Cli(sides, sides.source.account.accountId);
    const { trials } = await ring(cli);
    expect(trials).not.to.deep.equal([]);
    for (const { what, outcome } of trials) {
      expect(what).to.match(/^Raise the alarm source-/);
      expect(outcome).to.equal("as claimed");
    }
    expect(cli.calls.filter((call) => /^(codecommit|iam|sns)/.test(call))).to.deep.equal([]);
  });

  it("sees that the source's topic does not take the message", async () => {
    const cli = new Cli(sides, sides.source.account.accountId);
    cli.action =
      "Failed to execute action arn:aws:sns:r:1:t. Received error: CloudWatch Alarms does not have authorization";
    for (const { outcome, detail } of (await ring(cli)).trials)
      expect([outcome, detail]).to.deep.equal(["not as claimed", cli.action]);
  });

  it("claims nothing of an alarm that was raised already, and so tells nobody again", async () => {
    const cli = new Cli(sides, sides.source.account.accountId);
    cli.action = undefined;
    const { trials } = await ring(cli);
    expect(new Set(trials.map(({ outcome }) => outcome))).to.deep.equal(new Set(["unclear"]));
  });

  it("claims nothing in an account where none of the stacks is", async () => {
    const { trials } = await ring(new Cli(sides, "999999999999"));
    expect(trials.map(({ outcome }) => outcome)).to.deep.equal(["unclear"]);
  });
});
