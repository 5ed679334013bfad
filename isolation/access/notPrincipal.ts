/** Whom a NotPrincipal element means. */
import { parseIdentityArn } from "../../facts/arn";
import type { Statement } from "../iam/policy";
import type { Requester } from "./region";
import { UnclassifiablePolicyError } from "./unclassifiable";

/**
 * Whether a Deny with NotPrincipal is meant for the requester; any other statement is. One who is exempt is named beside
 * the account, which exempts nobody else of it, and has no permissions boundary; a role's session would have to be named
 * too (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
 * @param bounded whether the requester has a permissions boundary
 * @throws UnclassifiablePolicyError where AWS does not say
 */
export function appliesTo(
  { label, notPrincipals }: Statement,
  { arn, account }: Requester,
  policy: string,
  bounded: boolean,
): boolean {
  if (notPrincipals === undefined) return true;
  let namesAccount = false;
  const colleagues = new Set<string>();
  for (const exempt of notPrincipals) {
    if (exempt.kind === "everyone") return false;
    if (exempt.kind === "account") namesAccount ||= exempt.account === account;
    else if (parseIdentityArn(exempt.arn)?.account === account) colleagues.add(exempt.arn);
  }
  if (bounded) return true;
  if (!colleagues.has(arn) && namesAccount === colleagues.size > 0) return true;
  if (colleagues.has(arn) && namesAccount && parseIdentityArn(arn)?.type === "user") return false;
  throw new UnclassifiablePolicyError(
    { policy, statement: label, element: "NotPrincipal" },
    `AWS does not say whether it means ${arn}; expected the ARNs of users, each beside its account's`,
  );
}
