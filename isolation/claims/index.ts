/** The registry of claims: whatever goes by claim, takes what it needs from here. */
import { codeGoesIn } from "./codeGoesIn";
import type { Claim } from "./claim";
import { gateUsersHoldNothingElse } from "./gateUsersHoldNothingElse";
import { gitlabGoesOutByTheProxy } from "./gitlabGoesOutByTheProxy";
import { gitlabIsReachedFromInside } from "./gitlabIsReachedFromInside";
import { isolatedHasNoWayOut } from "./isolatedHasNoWayOut";
import { natIsTheProxys } from "./natIsTheProxys";
import { noSideDoors } from "./noSideDoors";
import { nothingIsWrittenFromInside } from "./nothingIsWrittenFromInside";
import { onlyGitlabUsesTheProxy } from "./onlyGitlabUsesTheProxy";
import { pullUserOnlyPulls } from "./pullUserOnlyPulls";
import { pushComesFromTheNat } from "./pushComesFromTheNat";
import { referencesAreBound } from "./referencesAreBound";
import { secretsAreSecret } from "./secretsAreSecret";
import { trustBase } from "./trustBase";
import { writersAreDeclared } from "./writersAreDeclared";

/** All of them, in the order of reports. */
export const claims = [
  codeGoesIn,
  pushComesFromTheNat,
  pullUserOnlyPulls,
  writersAreDeclared,
  nothingIsWrittenFromInside,
  isolatedHasNoWayOut,
  gitlabGoesOutByTheProxy,
  gitlabIsReachedFromInside,
  gateUsersHoldNothingElse,
  noSideDoors,
  secretsAreSecret,
  referencesAreBound,
  natIsTheProxys,
  trustBase,
  onlyGitlabUsesTheProxy,
] as const satisfies readonly Claim[];

export type ClaimId = (typeof claims)[number]["id"];

/** The ids of the claims of which something is true, in order. */
export function claimIds(which: (claim: Claim<ClaimId>) => boolean = () => true): ClaimId[] {
  const all: readonly Claim<ClaimId>[] = claims;
  return all.filter(which).map(({ id }) => id);
}
