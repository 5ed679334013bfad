import { expect } from "chai";
import type { ClaimId } from "../../isolation/claims";
import type { CounterExample } from "../../isolation/verdict";
import type { Deployment } from "../../isolation/model/deployment";
import { decide } from "../../isolation/iam/decide";
import { parsePolicy } from "../../isolation/iam/policy";
import { weakenings } from "../weakenings";
import type { Weakening } from "../weakenings/weakening";
import { goodExports, type Exports } from "./exports";

const claimsOf = ({ claim = [] }: Weakening): readonly ClaimId[] => [claim].flat();
const refuting = weakenings.filter((one) => claimsOf(one).length > 0 && one.unknown === undefined);
const leavingOpen = weakenings.filter(({ unknown }) => unknown !== undefined);

async function weakened(weakening: Weakening): Promise<Exports> {
  const exports = await goodExports(weakening.mode);
  exports.weaken(weakening);
  return exports;
}

/** Claims whose counter-examples are requests that are allowed, and should not be. */
const ALLOWED_REQUESTS: readonly ClaimId[] = ["C3", "C5", "C9", "C12"];

describe("the prover, shown a good deployment", () => {
  it("says of one claim what it says of it among all", async () => {
    const exports = await goodExports();
    const { verdicts } = exports.report();
    expect(verdicts.map(({ claim }) => exports.verdictOn(claim))).to.deep.equal(verdicts);
  });

  it("refutes nothing, and with the service control policy attached proves every claim", async () => {
    const { verdicts } = (await goodExports()).report();
    expect(verdicts.filter(({ status }) => status !== "proved")).to.deep.equal([]);
  });

  it("says the same bytes of the same deployment in another order", async () => {
    const [one, other] = [await goodExports(), await goodExports()];
    for (const { resources } of [other.source, other.target]) resources.reverse();
    const texts = [one, other].map((exports) => JSON.stringify(exports.report().verdicts));
    expect(texts[0]).to.equal(texts[1]);
  });
});

describe("the prover, shown one that pulls from listed addresses", () => {
  it("says plainly which claims stay open", async () => {
    const { verdicts } = (await goodExports("addresses")).report();
    const open = verdicts.filter(({ status }) => status !== "proved");
    expect(open.map(({ claim, status }) => `${claim} ${status}`)).to.deep.equal(["C5 refuted", "C6 unknown"]);
    expect(open[0]?.summary).to.contain("An insider pushes to an account of his own");
  });
});

describe("the prover, shown a weakened deployment", () => {
  let killed = 0;

  it("is shown at least 300, each once", () => {
    expect(new Set(weakenings.map(({ what }) => what))).to.have.lengthOf(weakenings.length);
    expect(refuting).to.have.length.of.at.least(300);
  });

  for (const weakening of refuting)
    for (const claim of claimsOf(weakening)) {
      it(`refutes ${claim} where an author ${weakening.what}`, async () => {
        const exports = await weakened(weakening);
        const { status, summary, counterExamples } = exports.verdictOn(claim);
        expect(status, summary).to.equal("refuted");
        expect(counterExamples).to.not.deep.equal([]);
        if (ALLOWED_REQUESTS.includes(claim)) confirm(exports.deployment(), counterExamples);
        killed += 1;
      });
    }

  after(() => {
    console.log(`      ${killed} claims refuted of ${refuting.length} weakened deployments`);
  });
});

/** The decider that CodeCommit's stand-in asks must allow what the prover gives as a counter-example. */
function confirm({ target }: Deployment, examples: readonly CounterExample[]): void {
  for (const example of examples) {
    if (example.kind !== "request") continue;
    const { request } = example;
    const user = target?.identities.find(({ arn }) => arn === request.principalArn);
    const everything = parsePolicy(
      { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
      "anything",
    );
    const through = target?.network.endpoints.find(({ id }) => id === request.context["aws:SourceVpce"]);
    const { outcome, detail } = decide(request, {
      // A stranger's own policies may say anything.
      identity: user ? user.policies.map(({ policy }) => policy) : [everything],
      ...(through?.policy && { endpoint: through.policy }),
    });
    expect(outcome, detail).to.equal("allowed");
  }
}

describe("the prover, shown what it does not model", () => {
  for (const weakening of leavingOpen)
    for (const claim of claimsOf(weakening)) {
      it(`leaves ${claim} open and says why, where an author ${weakening.what}`, async () => {
        const { status, summary, reasons } = (await weakened(weakening)).verdictOn(claim);
        expect(status, summary).to.equal("unknown");
        expect(reasons.join("\n")).to.contain(weakening.unknown);
      });
    }
});

describe("the prover, shown a change of no claim's concern", () => {
  const harmless = weakenings.filter((one) => claimsOf(one).length === 0);

  it("is shown at least 40", () => {
    expect(harmless).to.have.length.of.at.least(40);
  });

  for (const weakening of harmless) {
    it(`proves every claim where an author ${weakening.what}`, async () => {
      const { verdicts } = (await weakened(weakening)).report();
      expect(verdicts.filter(({ status }) => status !== "proved")).to.deep.equal([]);
    });
  }
});
