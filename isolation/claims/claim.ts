/** What a claim is. Each has a file, and they are listed in index.ts. */
import { sidesOf } from "../model/sides";
import { takeoversIn, type Takeovers } from "../access/takeover";
import type { Deployment } from "../model/deployment";
import type { Findings } from "../verdict";
import { gateOf, once, type Gate, type SideName } from "./gate";
import { withLaterChanges } from "./laterChanges";

/** A numbered sentence about a deployment, with what decides it. */
export interface Claim<Id extends string = string> {
  readonly id: Id;
  /** In a few words, as docs/security.md lists it. */
  readonly title: string;
  /** What is claimed, in one sentence. */
  readonly statement: string;
  /** Why it holds, where it does. */
  readonly proved: (deployment: Deployment) => string;
  /** What must be true outside of the deployment for the verdict to hold. */
  readonly assumptions: (deployment: Deployment) => readonly string[];
  /** The sides without which nothing can be said. */
  readonly needs: readonly SideName[];
  /** How data would leave if it did not hold; absent where none would: "nothing leads back" is all that have it. */
  readonly wayBack?: WayBack;
  /** Whether its evidence is whom the other claims trust, which every report prints. */
  readonly listsTrust?: true;
  /** Whether a policy of Pulumi's can decide it. */
  readonly isSeenByPolicies: boolean;
  /** @throws Undecidable where it cannot be decided at all */
  readonly decide: (question: Question) => Findings;
}

/** By the request of the counter-example itself, or from the isolated zone to somewhere. */
export type WayBack = "by the request" | { readonly to: string };

/** What is asked about, with what several claims need of it. */
export interface Question {
  readonly deployment: Deployment;
  /** Found when first asked for. @throws Undecidable */
  readonly gate: () => Gate;
  /** Who can act as whom in an account, by its number. */
  readonly takeovers: (account: string) => Takeovers;
}

/** A question about a deployment, for all claims. */
export function questionAbout(deployment: Deployment): Question {
  const sides = sidesOf(deployment);
  const found = new Map<string, Takeovers>();
  const takeovers = (account: string) => {
    const known = found.get(account) ?? takeoversIn({ account, sides });
    found.set(account, known);
    return known;
  };
  const lasting = withLaterChanges(deployment, takeovers);
  return { deployment: lasting, gate: once(() => gateOf(lasting)), takeovers };
}
