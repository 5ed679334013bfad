import { join } from "node:path";
import { expect } from "chai";
import program from "../../../index";
import type { Report } from "../../../isolation/claims/verify";
import type { CounterExample } from "../../../isolation/verdict";
import { Account } from "../../../rehearsal/aws/account";
import { deploy, DeployError } from "../../../rehearsal/engines/in-process/deploy";
import { makeLoot } from "../../../rehearsal/scenario/escapes";
import { tryCounterExamples, type Practice } from "../../../rehearsal/scenario/practice";
import { contradictions, prove } from "../../../rehearsal/scenario/proof";
import { readStack } from "../../../rehearsal/engines/readStacks";
import type { DeployedStack } from "../../../rehearsal/engines/deployStack";
import { ProgramEditor } from "../../engine/weakened/programEditor";
import { gate } from "../../weakenings/gate";
import { gateUsers } from "../../weakenings/gateUsers";
import type { Weakening } from "../../weakenings/weakening";
import { asTheyCome, inFolder, onTestbed, root } from "../rehearsing";

/** The target of a program that somebody weakened; undefined where the account refuses it, or no program can be so. */
async function weakenedTarget(
  source: DeployedStack<"source">,
  weakening: Weakening,
): Promise<DeployedStack<"target"> | undefined> {
  const { file, config } = readStack("target", "prd", root);
  const { project, entries } = file;
  const account = new Account({ accountId: "222222222222", region: config.region, seed: "test" });
  const weakened = () => new ProgramEditor().weaken(weakening, program);
  const stacks = [source.deployment];
  try {
    const running = { program: weakened, account, stacks };
    const deployment = await deploy({ project, stack: "prd", config: entries, ...running });
    return { account, deployment, config, warnings: [] };
  } catch (error) {
    if (error instanceof DeployError) return undefined;
    throw error;
  }
}

/** What became of the counter-examples of a deployment. */
function practiceOf(
  source: DeployedStack<"source">,
  target: DeployedStack<"target">,
  report: Report,
): Promise<Practice[]> {
  return inFolder((folder) =>
    onTestbed(join(folder), { source, target }, async (testbed) =>
      tryCounterExamples(testbed, target, report, await makeLoot(testbed)),
    ),
  );
}

describe("a counter-example", () => {
  it("of a weakened gate is what git is answered, wherever git can ask it", async () => {
    const { source } = await asTheyCome();
    const tried: Practice[] = [];
    let deployed = 0;
    for (const weakening of [...gate, ...gateUsers].filter(({ rule }) => rule !== undefined)) {
      const target = await weakenedTarget(source, weakening);
      if (target === undefined) continue;
      deployed++;
      const report = prove({ source, target });
      const practice = await practiceOf(source, target, report);
      expect(
        practice.filter(({ outcome }) => outcome === "differs"),
        weakening.what,
      ).to.deep.equal([]);
      tried.push(...practice);
    }
    expect(deployed).to.be.greaterThan(15);
    const confirmed = tried.filter(({ outcome }) => outcome === "as the proof says");
    expect(confirmed.map(({ claim }) => claim)).to.include.members(["C1", "C2", "C5", "C12"]);
    expect(confirmed.filter(({ by }) => by.startsWith("allowed")).length).to.be.greaterThan(3);
    expect(confirmed.filter(({ by }) => by.startsWith("refused")).length).to.be.greaterThan(1);
  });

  const { pushUser, request } = {
    pushUser: "arn:aws:iam::222222222222:user/target-push",
    request: (more: object): CounterExample => ({
      kind: "request",
      says: "an example",
      outcome: "allowed",
      request: {
        principalArn: "arn:aws:iam::222222222222:user/target-push",
        principalAccount: "222222222222",
        action: "codecommit:GitPush",
        resource: "arn:aws:codecommit:ap-northeast-1:222222222222:platform.network",
        context: { "aws:SourceIp": "8.8.8.8" },
        ...more,
      },
    }),
  };
  const reportOf = (example: CounterExample): Report => ({
    verdicts: [
      {
        claim: "C2",
        statement: "",
        status: "refuted",
        summary: "",
        evidence: [],
        counterExamples: [example],
        reasons: [],
        assumptions: [],
      },
    ],
    flows: [],
    accepted: [],
    inputs: {},
  });

  it("that git is not answered as the proof says is a contradiction", async () => {
    const { source, target } = await asTheyCome();
    const report = reportOf(request({}));
    const practice = await practiceOf(source, target, report);
    expect(practice.map(({ outcome }) => outcome)).to.deep.equal(["differs"]);
    const delivery = {
      gitlabProject: "",
      gitlabUrl: "",
      airlockUrl: "",
      pushedFrom: [],
      equalByHost: 0,
      comparison: { equal: true, refs: 0, objects: 0, differences: [] },
    };
    const [contradiction] = contradictions(report, delivery, [], practice);
    expect(contradiction).to.match(
      /^C2 is refuted by an example that git contradicts: an example \(refused: /,
    );
  });

  for (const [why, more, by] of [
    [
      "asks for what git never does",
      { action: "codecommit:PutFile" },
      "git never asks for codecommit:PutFile",
    ],
    [
      "has keys that no request of git has",
      { context: { "aws:SecureTransport": "false" } },
      "no request of git has aws:SecureTransport false",
    ],
    [
      "comes by an endpoint that is not here",
      { context: { "aws:SourceVpce": "vpce-0" } },
      "the rehearsal has no such endpoint",
    ],
    [
      "is of somebody without a credential",
      { principalArn: `${pushUser}er` },
      `the rehearsal has no git credential of ${pushUser}er`,
    ],
  ] as const) {
    it(`that ${why} is not tried, and says why`, async () => {
      const { source, target } = await asTheyCome();
      const practice = await practiceOf(source, target, reportOf(request(more)));
      expect(practice.map(({ outcome, by: reason }) => [outcome, reason])).to.deep.equal([["not tried", by]]);
    });
  }
});
