/** The proof: every claim decided of a deployment. */
import { createHash } from "node:crypto";
import type { Deployment } from "../deployment/deployment";
import type { StackSnapshot } from "../deployment/snapshot";
import { networkVerdicts } from "../network/claims";
import { codeGoesIn } from "./codeGoesIn";
import { flows } from "./flows";
import { gateOf, once } from "./gate";
import { gateUsersHoldNothingElse } from "./gateUsersHoldNothingElse";
import { noSideDoors } from "./noSideDoors";
import { nothingIsWrittenFromInside } from "./nothingIsWrittenFromInside";
import { pullUserOnlyPulls } from "./pullUserOnlyPulls";
import { pushComesFromTheNat } from "./pushComesFromTheNat";
import { referencesAreBound } from "./referencesAreBound";
import { secretsAreSecret } from "./secretsAreSecret";
import { trustBase } from "./trustBase";
import { CLAIM_IDS, type Report } from "./verdict";
import { writersAreDeclared } from "./writers";

/** Decides all claims. The same deployment gives the same report, byte for byte. */
export function verify(deployment: Deployment): Report {
  const gate = once(() => gateOf(deployment));
  const network = networkVerdicts(deployment);
  const wayOut = network.find(({ claim }) => claim === "C6");
  if (wayOut === undefined) throw new Error("the network proof says nothing of C6");
  const verdicts = [
    codeGoesIn(deployment, gate),
    pushComesFromTheNat(deployment, gate),
    pullUserOnlyPulls(deployment, gate),
    writersAreDeclared(deployment, gate),
    nothingIsWrittenFromInside(deployment, gate, wayOut),
    ...network,
    gateUsersHoldNothingElse(deployment, gate),
    noSideDoors(deployment),
    secretsAreSecret(deployment),
    referencesAreBound(deployment, gate),
    trustBase(deployment),
  ].sort((a, b) => CLAIM_IDS.indexOf(a.claim) - CLAIM_IDS.indexOf(b.claim));
  return { verdicts, flows: flows(deployment, verdicts), inputs: inputsOf(deployment) };
}

function inputsOf({ source, target, mirror }: Deployment): Record<string, string> {
  const stacks = [source?.snapshot, target?.snapshot, mirror].filter((stack) => stack !== undefined);
  return Object.fromEntries(stacks.map((snapshot) => [snapshot.stack, digest(snapshot)]));
}

function digest(snapshot: StackSnapshot): string {
  return createHash("sha256").update(JSON.stringify(snapshot)).digest("hex");
}
