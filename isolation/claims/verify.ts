/** The proof: every claim decided of a deployment. */
import { createHash } from "node:crypto";
import type { Deployment } from "../model/deployment";
import type { StackSnapshot } from "../deployment/snapshot";
import { codeGoesIn } from "./codeGoesIn";
import { flows } from "./flows";
import { gateOf, once } from "./gate";
import { gateUsersHoldNothingElse } from "./gateUsersHoldNothingElse";
import { gitlabGoesOutByTheProxy } from "./gitlabGoesOutByTheProxy";
import { gitlabIsReachedFromInside } from "./gitlabIsReachedFromInside";
import { isolatedHasNoWayOut } from "./isolatedHasNoWayOut";
import { natIsTheProxys } from "./natIsTheProxys";
import { noSideDoors } from "./noSideDoors";
import { nothingIsWrittenFromInside } from "./nothingIsWrittenFromInside";
import { pullUserOnlyPulls } from "./pullUserOnlyPulls";
import { pushComesFromTheNat } from "./pushComesFromTheNat";
import { referencesAreBound } from "./referencesAreBound";
import { secretsAreSecret } from "./secretsAreSecret";
import { trustBase } from "./trustBase";
import type { Report } from "../verdict";
import { writersAreDeclared } from "./writers";

/** Decides all claims. The same deployment gives the same report, byte for byte. */
export function verify(deployment: Deployment): Report {
  const gate = once(() => gateOf(deployment));
  const wayOut = isolatedHasNoWayOut(deployment);
  const verdicts = [
    codeGoesIn(deployment, gate),
    pushComesFromTheNat(deployment, gate),
    pullUserOnlyPulls(deployment, gate),
    writersAreDeclared(deployment, gate),
    nothingIsWrittenFromInside(deployment, gate, wayOut),
    wayOut,
    gitlabGoesOutByTheProxy(deployment),
    gitlabIsReachedFromInside(deployment),
    gateUsersHoldNothingElse(deployment, gate),
    noSideDoors(deployment),
    secretsAreSecret(deployment),
    referencesAreBound(deployment, gate),
    natIsTheProxys(deployment),
    trustBase(deployment),
  ];
  return { verdicts, flows: flows(deployment, verdicts), inputs: inputsOf(deployment) };
}

function inputsOf({ source, target, mirror }: Deployment): Record<string, string> {
  const stacks = [source?.snapshot, target?.snapshot, mirror].filter((stack) => stack !== undefined);
  return Object.fromEntries(stacks.map((snapshot) => [snapshot.stack, digest(snapshot)]));
}

function digest(snapshot: StackSnapshot): string {
  return createHash("sha256").update(JSON.stringify(snapshot)).digest("hex");
}
