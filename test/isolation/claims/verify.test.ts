import { expect } from "chai";
import { join } from "node:path";
import { questionAbout } from "../../../isolation/claims/claim";
import { judge } from "../../../isolation/claims/judgement";
import { trustBase } from "../../../isolation/claims/trustBase";
import { verify, type Report } from "../../../isolation/claims/verify";
import type { Verdict } from "../../../isolation/verdict";
import { readDeployment } from "../../../isolation/model/readDeployment";
import type { StackSnapshot } from "../../../isolation/model/snapshot";
import { readStackExport } from "../../../isolation/model/stackExport";
import { exportStack } from "../../../rehearsal/engines/in-process/stackExport";
import { deploySource, deployTarget } from "../../../rehearsal/engines/deployStack";
import type { Statement } from "../../weakenings/editor";
import { goodExports } from "../exports";

const settings = { root: join(__dirname, "..", "..", ".."), seed: "claims" };
const pull = {
  mode: "endpoint",
  isolatedTerminalCidrs: ["192.0.2.0/24"],
  network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"] },
};

type Overrides = Record<string, unknown>;

async function snapshots(
  dev: Overrides,
  prd: Overrides,
): Promise<Record<"source" | "target", StackSnapshot>> {
  const source = (await deploySource({ ...settings, overrides: dev })).deployment;
  const target = (await deployTarget(source, { ...settings, overrides: prd })).deployment;
  return {
    source: readStackExport(exportStack(source, "phrase"), "dev"),
    target: readStackExport(exportStack(target, "phrase"), "prd"),
  };
}

async function reported(dev: Overrides, prd: Overrides): Promise<Report> {
  return verify(readDeployment(await snapshots(dev, prd), { serviceControlPolicyAttached: true }));
}

function open({ verdicts }: Report): string[] {
  return verdicts.flatMap(({ claim, status }) => (status === "proved" ? [] : [`${claim} ${status}`]));
}

function of(report: Report, claim: Verdict["claim"]): Verdict {
  const found = report.verdicts.find((verdict) => verdict.claim === claim);
  if (found === undefined) throw new Error(`there is no ${claim}`);
  return found;
}

describe("verify", function () {
  this.timeout(60_000);

  it("proves a lock on the VPC as one on the endpoint", async () => {
    expect(open(await reported({}, { "git-airlock:pull": { ...pull, lock: "sourceVpc" } }))).to.deep.equal(
      [],
    );
  });

  it("proves a lock on a VPC that is brought along, and leaves open what else that VPC leads to", async () => {
    const exports = await goodExports();
    const vpc = "vpc-0123456789abcdef0";
    exports.target.change("ec2.VpcEndpoint", "target-pull-endpoint", { vpcId: vpc });
    exports.target.statements("iam.Policy", "target-pull-policy-1", (statements) =>
      statements.map(({ Condition, ...rest }) => ({
        ...rest,
        Condition: Object.fromEntries(
          Object.keys(Condition ?? {}).map((operator) => [operator, { "aws:SourceVpc": vpc }]),
        ),
      })),
    );
    expect(open(exports.report())).to.deep.equal(["C5 unknown", "C6 unknown"]);
  });

  const locked =
    (change: (key: string, value: unknown, effect: string) => [string, unknown][]) => async () => {
      const exports = await goodExports("sourceVpc");
      exports.target.statements("iam.Policy", "target-pull-policy-1", (statements) =>
        statements.flatMap(({ Condition, ...rest }) => {
          const blocks = Object.entries(Condition ?? {}).map(([operator, keys]): [string, object] => [
            operator,
            Object.fromEntries(
              Object.entries(keys).flatMap(([key, value]) => change(key, value, rest.Effect)),
            ),
          ]);
          return blocks.every(([, keys]) => Object.keys(keys).length > 0)
            ? [{ ...rest, Condition: Object.fromEntries(blocks) }]
            : [];
        }),
      );
      return open(exports.report());
    };

  it("refutes a lock on a Region alone: any VPC and any address of it will do", async () => {
    const report = locked((key, value) => (key === "aws:SourceVpc" ? [] : [[key, value]]));
    expect(await report()).to.deep.equal(["C3 refuted"]);
  });

  it("refutes that code goes in by a lock that names another Region than the repositories'", async () => {
    const report = locked((key, value) => [[key, key === "aws:RequestedRegion" ? "us-east-1" : value]]);
    expect(await report()).to.deep.equal(["C1 refuted"]);
  });

  it("refutes that code goes in where a Deny of the lock contradicts its Allow", async () => {
    const report = locked((key, value, effect) => [
      [key, key === "aws:RequestedRegion" && effect === "Deny" ? "us-east-1" : value],
    ]);
    expect(await report()).to.deep.equal(["C1 refuted"]);
  });

  it("shows what a lock on absent addresses leaves open: a pull through a stranger's endpoint", async () => {
    const report = await reported({}, { "git-airlock:pull": { ...pull, lock: "noSourceIp" } });
    expect(open(report)).to.deep.equal(["C3 refuted"]);
    const [example] = of(report, "C3").counterExamples;
    expect(example?.kind === "request" && Object.keys(example.request.context)).to.deep.equal([
      "aws:SourceVpce",
    ]);
  });

  it("says without a proxy that code goes in, and that GitLab's way out is open", async () => {
    const report = await reported({ "git-airlock:proxy": { mode: "none" } }, {});
    expect(open(report)).to.deep.equal(["C7 refuted", "C13 refuted", "C15 unknown"]);
  });

  it("says of one side alone that the other was not given", async () => {
    const { source, target } = await snapshots({}, {});
    const ofTarget = verify(readDeployment({ target }));
    expect(of(ofTarget, "C2").summary).to.contain("The source was not given");
    expect(open(ofTarget).filter((text) => text.endsWith("refuted"))).to.deep.equal([]);
    const ofSource = verify(readDeployment({ source }));
    expect(of(ofSource, "C3").summary).to.contain("The target was not given");
    expect(open(ofSource).filter((text) => text.endsWith("refuted"))).to.deep.equal([]);
  });

  it("refutes of a target alone a push from more than single addresses", async () => {
    const exports = await goodExports();
    const wide = (statements: Statement[]) =>
      JSON.parse(JSON.stringify(statements).replaceAll("203.0.113.10/32", "203.0.113.0/24")) as Statement[];
    exports.target.statements("iam.Policy", "target-push-policy-1", wide);
    const { target, declared } = exports.deployment();
    expect(target && of(verify({ target, declared }), "C2").status).to.equal("refuted");
  });

  it("decides a thousand repositories", async () => {
    const repositories = Array.from({ length: 1_000 }, (_, i) => ({ gitlabProject: `group/project-${i}` }));
    const given = await snapshots(
      {},
      { "git-airlock:repositories": repositories, "git-airlock:repositoryPrefix": "in" },
    );
    const deployment = readDeployment(given, { serviceControlPolicyAttached: true });
    const report = verify(deployment);
    expect(open(report)).to.deep.equal([]);
  });
});

const operator = "arn:aws:iam::111111111111:user/operator";

/** Who gets onto hosts, by the trust base, with one more user of that policy: a document, or the ARN of one not shown. */
async function entering(policy: object | string): Promise<readonly string[]> {
  const exports = await goodExports();
  exports.source.add("iam.User", "operator", { name: "operator", arn: operator });
  if (typeof policy === "string")
    exports.source.add("iam.UserPolicyAttachment", "operator", {
      user: "operator",
      policyArn: policy,
    });
  else
    exports.source.add("iam.UserPolicy", "operator", {
      user: "operator",
      policy: JSON.stringify(policy),
    });
  const what = "identities of these stacks that can open sessions or run commands on hosts";
  const found = judge(trustBase, questionAbout(exports.deployment())).evidence.find(
    (one) => one.what === what,
  );
  if (found === undefined) throw new Error(`C14 has no evidence "${what}"`);
  return found.values;
}

describe("evidence", () => {
  it("names the writers of each repository, those with the same together", async () => {
    const exports = await goodExports();
    const arn = "arn:aws:iam::222222222222:user/writer";
    exports.declared = { deployerArns: [arn] };
    exports.target.add("iam.User", "writer", { name: "writer", arn });
    exports.target.add("iam.UserPolicy", "writer", {
      user: "writer",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "codecommit:*",
            Resource: "arn:aws:codecommit:ap-northeast-1:222222222222:platform.app",
          },
        ],
      }),
    });
    const sets = of(exports.report(), "C4").evidence.map(({ what, values }) => [what, values.length]);
    expect(sets).to.deep.equal([
      ["writers of platform.app", 3],
      ["writers of platform.network", 2],
    ]);
  });

  it("lists in the trust base who of the stacks can get onto hosts", async () => {
    const statement = { Effect: "Allow", Action: "ssm:Start*", Resource: "*" };
    expect(await entering({ Version: "2012-10-17", Statement: [statement] })).to.include(operator);
  });

  for (const action of [
    "ssm:StartSession",
    "ssm:ResumeSession",
    "ssm:SendCommand",
    "ssm:StartAutomationExecution",
    "ssm:CreateAssociation",
    "ssm:UpdateAssociation",
    "ecs:ExecuteCommand",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
  ])
    it(`lists in the trust base who may call ${action}`, async () => {
      const statement = { Effect: "Allow", Action: action, Resource: "*" };
      expect(await entering({ Version: "2012-10-17", Statement: [statement] })).to.include(operator);
    });

  it("lists in the trust base who may call all but something else, or what nobody shows", async () => {
    const statement = { Effect: "Allow", NotAction: "s3:*", Resource: "*" };
    expect(await entering({ Version: "2012-10-17", Statement: [statement] })).to.include(operator);
    expect(await entering("arn:aws:iam::111111111111:policy/theirs")).to.include(operator);
  });

  it("does not list in the trust base who may only read, or is denied", async () => {
    const statements = [
      { Effect: "Allow", Action: ["s3:*", "ssm:Get*"], Resource: "*" },
      { Effect: "Deny", Action: "ssm:StartSession", Resource: "*" },
    ];
    expect(await entering({ Version: "2012-10-17", Statement: statements })).not.to.include(operator);
  });

  it("says where a secret is in plain text, and shows nothing of it", async () => {
    const exports = await goodExports();
    const password = "Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OUFCQ0RFRkdISUo=";
    exports.source.change("ec2.Instance", "source-gitlab", { userData: `PASSWORD=${password}` });
    exports.target.root.outputs.roomPassword = "hunter2";
    const verdict = of(exports.report(), "C11");
    const texts = JSON.stringify(verdict);
    expect(verdict.status).to.equal("refuted");
    expect(texts).to.contain("userData").and.to.contain("roomPassword is in plain text");
    expect(texts).to.not.contain(password.slice(0, 4)).and.to.not.contain("hunter2");
  });
});

describe("flows", function () {
  this.timeout(30_000);

  it("show whom alarms tell, and in whose words", async () => {
    const exports = await goodExports();
    const topic = "arn:aws:sns:ap-northeast-1:222222222222:target-alarms";
    const mail = { topic, protocol: "email", endpoint: "operators@example.com" };
    exports.target.add("sns.TopicSubscription", "mail", mail);
    const edges = exports.report().flows.filter(({ from }) => from === "alarms");
    expect(edges.map(({ to, by }) => `${to}: ${by}`)).to.deep.equal([
      "operators@example.com: a topic, in words that AWS alone chooses",
    ]);
  });

  it("lead in and within, and never from the isolated zone outside, in a good deployment", async () => {
    const { flows } = (await goodExports()).report();
    expect(flows.filter(({ crosses }) => crosses === "in")).to.have.lengthOf(2);
    expect(flows.filter(({ crosses }) => crosses === "out")).to.deep.equal([]);
  });

  it("show the way out that an open endpoint makes", async () => {
    const exports = await goodExports();
    exports.target.statements("ec2.VpcEndpoint", "target-pull-endpoint", (statements) =>
      statements.map((one) => ({ ...one, Action: ["codecommit:*"] })),
    );
    const out = exports.report().flows.filter(({ crosses }) => crosses === "out");
    expect(out.map(({ from }) => from)).to.include("isolated zone");
  });

  it("show who else writes: declared writers within, anybody else as a way out", async () => {
    const exports = await goodExports();
    const arn = "arn:aws:iam::222222222222:user/writer";
    exports.declared = {};
    exports.target.add("iam.User", "writer", { name: "writer", arn });
    exports.target.add("iam.UserPolicy", "writer", {
      user: "writer",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "codecommit:CreateCommit", Resource: "*" }],
      }),
    });
    const edges = () =>
      exports
        .report()
        .flows.filter(({ from }) => from.startsWith("arn:"))
        .map(({ from, crosses }) => [from, crosses]);
    const deployer = ["arn:aws:iam::222222222222:role/deployer", "within"];
    expect(edges()).to.deep.equal([deployer, [arn, "out"]]);
    exports.declared = { deployerArns: [arn] };
    expect(edges()).to.deep.equal([[arn, "within"]]);
  });

  it("show no way out where only reading is open elsewhere", async () => {
    const report = await reported({}, { "git-airlock:pull": { ...pull, lock: "noSourceIp" } });
    expect(report.flows.filter(({ crosses }) => crosses === "out")).to.deep.equal([]);
    expect(report.flows.some(({ to }) => to.endsWith(":user/target-pull"))).to.equal(true);
  });
});
