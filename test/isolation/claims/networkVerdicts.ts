import { gitlabGoesOutByTheProxy } from "../../../isolation/claims/gitlabGoesOutByTheProxy";
import { gitlabIsReachedFromInside } from "../../../isolation/claims/gitlabIsReachedFromInside";
import { isolatedHasNoWayOut } from "../../../isolation/claims/isolatedHasNoWayOut";
import { natIsTheProxys } from "../../../isolation/claims/natIsTheProxys";
import type { Deployment } from "../../../isolation/model/deployment";
import type { Verdict } from "../../../isolation/verdict";

/** The verdicts on the claims about packets. */
export function networkVerdicts(deployment: Deployment): Verdict[] {
  return [isolatedHasNoWayOut, gitlabGoesOutByTheProxy, gitlabIsReachedFromInside, natIsTheProxys].map(
    (decide) => decide(deployment),
  );
}
