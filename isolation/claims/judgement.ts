/** Puts what was found of a claim together to a verdict. */
import type { Region } from "../access/region";
import type { AddressSet } from "../packets/addressSet";
import { leavesOpen } from "./notShown";
import type { ClaimId, CounterExample, Findings, Verdict } from "../verdict";

type RequestExample = Extract<CounterExample, { kind: "request" }>;

/** What is claimed, and what it takes for granted. */
export interface Claim {
  readonly claim: ClaimId;
  readonly statement: string;
  /** Why it holds, where it does. */
  readonly proved: string;
  readonly assumptions: readonly string[];
}

/** A counter-example refutes whatever else is unknown; without one, anything unknown leaves the claim open. */
export function judge({ proved, ...claim }: Claim, find: () => Findings): Verdict {
  const { evidence, counterExamples, reasons } = attempt(find);
  const [worst] = counterExamples;
  const open = [...new Set(reasons)].sort();
  const status = worst ? "refuted" : open.length > 0 ? "undecidable" : "proved";
  const summary = worst?.says ?? open[0] ?? proved;
  return {
    ...claim,
    status,
    summary,
    evidence,
    counterExamples,
    reasons: status === "undecidable" ? open : [],
  };
}

/** A policy or range that cannot be read leaves a claim open; the reader's own defects are not hidden. */
function attempt(find: () => Findings): Findings {
  try {
    return find();
  } catch (error) {
    if (!leavesOpen(error)) throw error;
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
  if (request === undefined) throw new Error(`an empty region is no counter-example: ${says}`);
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
  from: AddressSet,
  to: AddressSet,
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
