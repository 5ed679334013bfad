/** The claims about packets: C6, C7, C8 and C13. */
import type { Verdict } from "../claims/verdict";
import type { Deployment } from "../deployment/deployment";
import { gitlabGoesOutByTheProxy } from "./gitlabGoesOutByTheProxy";
import { gitlabIsReachedFromInside } from "./gitlabIsReachedFromInside";
import { isolatedHasNoWayOut } from "./isolatedHasNoWayOut";
import { natIsTheProxys } from "./natIsTheProxys";

/** Decides which packets can get from where to where, by sets of addresses and not by samples. */
export function networkVerdicts(deployment: Deployment): Verdict[] {
  return [isolatedHasNoWayOut, gitlabGoesOutByTheProxy, gitlabIsReachedFromInside, natIsTheProxys].map(
    (decide) => decide(deployment),
  );
}
