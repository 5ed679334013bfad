/** What of a side the network proof cannot see. */
import type { Side } from "../model/deployment";

/** Sentences about what a side leaves open, each naming the resource. */
export function openPoints(side: Side): string[] {
  return [
    ...side.unmodelled
      .filter(({ concerns }) => concerns.includes("packets"))
      .map(({ urn, reason }) => `${urn} could carry traffic: it ${reason}`),
    ...side.gaps
      .filter(({ about }) => about.includes("packets"))
      .map(({ urn, reason }) => `${urn}: ${reason}`),
  ].sort();
}
