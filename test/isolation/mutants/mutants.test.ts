import { expect } from "chai";
import type { ClaimId } from "../../../isolation/claims";
import type { CounterExample } from "../../../isolation/verdict";
import type { Deployment } from "../../../isolation/model/deployment";
import { decide } from "../../../isolation/iam/decide";
import { parsePolicy } from "../../../isolation/iam/policy";
import { carrierMutants } from "./carrierMutants";
import { goodExports, type Mutation } from "./exports";
import { harmless, unrelated } from "./harmless";
import { identityAttacks, identityHarmless, identityUnmodelled } from "./identityAttacks";
import * as identity from "./identityMutants";
import * as attack from "./networkAttacks";
import * as network from "./networkMutants";
import { secretMutants } from "./secretMutants";
import { tripwireMutants, tripwiresHarmless } from "./tripwireMutants";
import { unmodelled } from "./unmodelled";

const catalogue: readonly (readonly [ClaimId, readonly Mutation[]])[] = [
  ["C1", [...identity.liveness, ...attack.livenessAttacks]],
  ["C2", [...identity.pushMutants, ...identity.natAddressMutants]],
  ["C3", [...identity.grantMutants, ...identity.pullMutants]],
  ["C4", [...identity.writerMutants, ...identity.controlMutants]],
  ["C5", identity.endpointMutants],
  ["C6", network.isolationMutants],
  ["C7", [...network.egressMutants, ...attack.egressAttacks]],
  ["C8", [...network.ingressMutants, ...attack.ingressAttacks]],
  ["C9", identity.holdingMutants],
  ["C10", [...carrierMutants, ...tripwireMutants]],
  ["C11", secretMutants],
  ["C12", identity.referenceMutants],
  ["C13", [...network.natMutants, ...attack.natAttacks]],
  ["C15", attack.proxyUseAttacks],
  ...identityAttacks,
];

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
    other.reverse();
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

describe("the prover, shown resources that have nothing to do with it", () => {
  it("proves every claim as before", async () => {
    const exports = await goodExports();
    unrelated.mutate(exports);
    const { verdicts } = exports.report();
    expect(verdicts.filter(({ status }) => status !== "proved")).to.deep.equal([]);
  });
});

describe("the prover, shown what gives nobody more", () => {
  for (const { what, mutate } of [...tripwiresHarmless, ...identityHarmless, ...attack.networkHarmless]) {
    it(`proves every claim of one that ${what}`, async () => {
      const exports = await goodExports();
      mutate(exports);
      const { verdicts } = exports.report();
      expect(verdicts.filter(({ status }) => status !== "proved")).to.deep.equal([]);
    });
  }
});

describe("the prover, shown a weakened deployment", () => {
  const mutants = catalogue.flatMap(([claim, all]) => all.map((mutation) => ({ claim, ...mutation })));
  let killed = 0;

  it("is shown at least 150, each once", () => {
    expect(new Set(mutants.map(({ claim, what }) => `${claim} ${what}`))).to.have.lengthOf(mutants.length);
    expect(mutants).to.have.length.of.at.least(150);
  });

  for (const { claim, what, mutate, mode } of mutants) {
    it(`refutes ${claim} of one that ${what}`, async () => {
      const exports = await goodExports(mode);
      mutate(exports);
      const { status, summary, counterExamples } = exports.verdictOn(claim);
      expect(status, summary).to.equal("refuted");
      expect(counterExamples).to.not.deep.equal([]);
      if (ALLOWED_REQUESTS.includes(claim)) confirm(exports.deployment(), counterExamples);
      killed += 1;
    });
  }

  after(() => {
    console.log(`      ${killed} of ${mutants.length} weakened deployments refuted`);
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
  for (const { claim, what, mutate, names } of [
    ...unmodelled,
    ...identityUnmodelled,
    ...attack.networkUnmodelled,
  ]) {
    it(`leaves ${claim} open and names it, where somebody ${what}`, async () => {
      const exports = await goodExports();
      mutate(exports);
      const { status, summary, reasons } = exports.verdictOn(claim);
      expect(status, summary).to.equal("unknown");
      expect(reasons.join("\n")).to.contain(names);
    });
  }
});

describe("the prover, shown a harmless change", () => {
  it("is shown at least 30", () => {
    expect(harmless).to.have.length.of.at.least(30);
  });

  for (const { what, mutate } of harmless) {
    it(`refutes nothing of one that ${what}`, async () => {
      const exports = await goodExports();
      mutate(exports);
      const refuted = exports.report().verdicts.filter(({ status }) => status === "refuted");
      expect(refuted.map(({ claim, summary }) => `${claim} ${summary}`)).to.deep.equal([]);
    });
  }
});
