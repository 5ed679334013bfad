/** The proof: every claim decided of a deployment. */
import { createHash } from "node:crypto";
import { sidesOf } from "../model/sides";
import { ProverDefect } from "../defect";
import type { Accepted, Deployment } from "../model/deployment";
import { oncePerObject } from "../model/oncePerObject";
import type { StackSnapshot } from "../model/snapshot";
import type { FlowEdge, Verdict } from "../verdict";
import { claims, type ClaimId } from ".";
import { questionAbout } from "./claim";
import { flows } from "./flows";
import { judge } from "./judgement";

/** Everything that was decided of a deployment. The same deployment gives the same bytes. */
export interface Report {
  readonly verdicts: readonly Verdict<ClaimId>[];
  readonly flows: readonly FlowEdge[];
  /** Resources that were taken for harmless by hand. */
  readonly accepted: readonly Accepted[];
  /** SHA-256 of each stack as it was read, by stack. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Decides all claims. The same deployment gives the same report, byte for byte.
 * @throws ProverDefect for anything but a verdict
 */
export function verify(deployment: Deployment): Report {
  const question = questionAbout(deployment);
  const verdicts = claims.map((claim) => noDefect(`deciding ${claim.id}`, () => judge(claim, question)));
  return noDefect("putting the report together", () => ({
    verdicts,
    flows: flows(deployment, verdicts),
    accepted: deployment.declared.accepted,
    inputs: inputsOf(deployment),
  }));
}

/** @throws ProverDefect for whatever is thrown */
function noDefect<T>(doing: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new ProverDefect(doing, error);
  }
}

function inputsOf(deployment: Deployment): Record<string, string> {
  return Object.fromEntries(sidesOf(deployment).map(({ stack, snapshot }) => [stack, digestOf(snapshot)]));
}

const digestOf = oncePerObject(digest);

function digest(snapshot: StackSnapshot): string {
  return createHash("sha256").update(JSON.stringify(snapshot)).digest("hex");
}
