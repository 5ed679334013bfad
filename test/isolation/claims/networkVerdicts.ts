import { claims, type ClaimId } from "../../../isolation/claims";
import { questionAbout } from "../../../isolation/claims/claim";
import { judge } from "../../../isolation/claims/judgement";
import type { Deployment } from "../../../isolation/model/deployment";
import type { Verdict } from "../../../isolation/verdict";

const ABOUT_PACKETS: readonly ClaimId[] = ["C6", "C7", "C8", "C13", "C15"];

/** The verdicts on the claims about packets. */
export function networkVerdicts(deployment: Deployment): Verdict<ClaimId>[] {
  const question = questionAbout(deployment);
  return claims.filter(({ id }) => ABOUT_PACKETS.includes(id)).map((claim) => judge(claim, question));
}
