/** Puts what was found of a claim together to a verdict. */
import type { ClaimId, CounterExample, Evidence, Verdict } from "../claims/verdict";
import type { AddressSet } from "./addressSet";

/** What was found of one claim. */
export interface Findings {
  readonly evidence: readonly Evidence[];
  readonly counterExamples: readonly CounterExample[];
  /** What could not be told. */
  readonly reasons: readonly string[];
}

/** A claim of the network, and what it takes for granted. */
export interface Claim {
  readonly claim: ClaimId;
  readonly statement: string;
  readonly assumptions: readonly string[];
}

/** A counter-example refutes whatever else is unknown; without one, anything unknown leaves the claim open. */
export function judge(claim: Claim, find: () => Findings): Verdict {
  const { evidence, counterExamples, reasons } = attempt(find);
  const [worst] = counterExamples;
  const open = [...new Set(reasons)].sort();
  const status = worst ? "refuted" : open.length > 0 ? "undecidable" : "proved";
  const summary = worst?.says ?? open[0] ?? "No packet gets where the claim says that none can.";
  return {
    ...claim,
    status,
    summary,
    evidence,
    counterExamples,
    reasons: status === "undecidable" ? open : [],
  };
}

/** A range that cannot be read leaves a claim open; the reader's own defects are not hidden. */
function attempt(find: () => Findings): Findings {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { evidence: [], counterExamples: [], reasons: [error.message] };
  }
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
