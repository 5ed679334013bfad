import { expect } from "chai";
import type { ClaimId } from "../../../isolation/claims";
import type { Verdict } from "../../../isolation/verdict";
import { decide } from "../../../isolation/iam/decide";
import { goodExports, type Exports } from "../exports";

const NAT = ["203.0.113.10/32", "203.0.113.11/32"];
const ROOM = ["192.0.2.0/24"];
const READING = ["codecommit:GitPull", "codecommit:Get*", "codecommit:List*", "codecommit:Describe*"];

/** The older way to write such policies: everything of the service is readable, and one Deny of all holds the address. */
function olderPolicy(actions: readonly string[], cidrs: readonly string[]) {
  return [
    { Sid: "Use", Effect: "Allow", Action: actions, Resource: ["*"] },
    {
      Sid: "DenyOthers",
      Effect: "Deny",
      Action: ["*"],
      Resource: ["*"],
      Condition: { NotIpAddress: { "aws:SourceIp": cidrs }, Bool: { "aws:ViaAWSService": "false" } },
    },
  ];
}

/** Both gate users with such policies, and terminals that pull from listed addresses. */
async function older(): Promise<Exports> {
  const exports = await goodExports("addresses");
  exports.target.statements("iam.Policy", "target-push-policy-1", () =>
    olderPolicy(["codecommit:GitPush", ...READING], NAT),
  );
  exports.target.statements("iam.Policy", "target-pull-policy-1", () => olderPolicy(READING, ROOM));
  return exports;
}

describe("gate users with Resource *, Get* and a Deny that spares requests via AWS services", () => {
  let exports: Exports;
  let verdicts: ReadonlyMap<ClaimId, Verdict>;

  before(async function () {
    this.timeout(30_000);
    exports = await older();
    verdicts = new Map(exports.report().verdicts.map((verdict) => [verdict.claim, verdict]));
  });

  for (const [claim, reads] of [
    ["C2", "The push user is allowed this from elsewhere: codecommit:"],
    ["C3", "The pull user is allowed more than GitPull: codecommit:"],
    ["C5", "An insider pushes to an account of his own"],
    ["C9", "The push user is allowed more than git on airlock repositories: codecommit:"],
    ["C12", "The push user may push to a reference that is not configured: codecommit:GitPush"],
  ] as const) {
    it(`are refuted by ${claim}, in words for people`, () => {
      const verdict = verdicts.get(claim);
      expect(verdict?.status).to.equal("refuted");
      expect(verdict?.summary).to.contain(reads);
    });
  }

  it("are shown by requests that the concrete decider allows", () => {
    const { target } = exports.deployment();
    let asked = 0;
    for (const claim of ["C2", "C3", "C9", "C12"] as const) {
      for (const example of verdicts.get(claim)?.counterExamples ?? []) {
        if (example.kind !== "request") continue;
        const user = target?.identities.find(({ arn }) => arn === example.request.principalArn);
        const identity = (user?.policies ?? []).map(({ policy }) => policy);
        const { outcome, detail } = decide(example.request, { identity });
        expect(outcome, `${example.says} ${detail}`).to.equal("allowed");
        asked += 1;
      }
    }
    expect(asked).to.be.at.least(5);
  });

  it("let the push user act via an AWS service, whatever the address", () => {
    const keys = verdicts
      .get("C2")
      ?.counterExamples.flatMap((example) => (example.kind === "request" ? [example.request.context] : []));
    expect(keys?.some((context) => context["aws:ViaAWSService"] !== "false")).to.equal(true);
  });
});
