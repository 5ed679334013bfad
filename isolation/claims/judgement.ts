/** Puts what was found of a claim together to a verdict. */
import type { Region } from "../access/region";
import type { AddressSet } from "../packets/addressSet";
import { Undecidable } from "../undecidable";
import type { CounterExample, Findings, Verdict } from "../verdict";

import type { Claim, Question } from "./claim";
import { sideOf } from "./gate";

type RequestExample = Extract<CounterExample, { kind: "request" }>;

/** A counter-example refutes whatever else is unknown; without one, anything unknown or missing leaves the claim open. */
export function judge<Id extends string>(claim: Claim<Id>, question: Question): Verdict<Id> {
  const { deployment } = question;
  const { evidence, counterExamples, reasons, pending = [] } = find(claim, question);
  const [worst] = counterExamples;
  const open = [...new Set([...reasons, ...pending])].sort();
  const status = worst ? "refuted" : reasons.length > 0 ? "unknown" : open.length > 0 ? "pending" : "proved";
  return {
    claim: claim.id,
    statement: claim.statement,
    assumptions: claim.assumptions(deployment),
    status,
    summary: worst?.says ?? open[0] ?? claim.proved(deployment),
    evidence,
    counterExamples,
    reasons: worst ? [] : open,
  };
}

/** What is missing or not understood leaves a claim open; the prover's own defects are not hidden. */
function find({ needs, decide }: Claim, question: Question): Findings {
  try {
    for (const side of needs) sideOf(question.deployment, side);
    return decide(question);
  } catch (error) {
    if (!(error instanceof Undecidable)) throw error;
    return { evidence: [], counterExamples: [], reasons: [error.message] };
  }
}

/**
 * An example of a region as a counter-example.
 * @param says what is wrong, as the beginning of a sentence
 * @param outcome what becomes of the region's requests
 */
export function requestExample(
  region: Region,
  says: string,
  outcome: RequestExample["outcome"] = "allowed",
): RequestExample {
  const request = region.example();
  if (request === undefined) throw new Error(`an empty region is not a counter-example: ${says}`);
  const { action, resource, principalArn, context } = request;
  const keys = Object.entries(context).map(([key, value]) => `${key} ${[value].flat().join(" and ")}`);
  const by = `${action} on ${resource} by ${principalArn}`;
  return {
    kind: "request",
    says: `${says}: ${by}${keys.length > 0 ? `, ${keys.join(", ")}` : ""}.`,
    request,
    outcome,
  };
}

/** A packet as a counter-example; a range stands for an address that is not known. */
export function packet(
  says: string,
  { from, to }: { readonly from: AddressSet; readonly to: AddressSet },
  traffic: { readonly protocol: string; readonly from: number },
  path: readonly string[],
): CounterExample {
  const packet = {
    from: from.first ?? "an address of the VPC",
    to: to.first ?? "any address",
    protocol: traffic.protocol,
    port: traffic.from,
  };
  return { kind: "packet", says, packet, path };
}
