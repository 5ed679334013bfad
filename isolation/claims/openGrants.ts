/** What of a side may give rights to somebody, and cannot be told. */
import type { Identity, Side } from "../model/deployment";

/**
 * Sentences, each naming the resource.
 * @param user leaves out what only concerns other identities
 */
export function openGrants({ identities, unmodelled, gaps }: Side, user?: Identity): string[] {
  const others = identities.filter(({ urn }) => user !== undefined && urn !== user.urn);
  const theirs = new Set(others.flatMap(({ urn, unreadPolicyArns }) => [urn, ...unreadPolicyArns]));
  for (const urn of user?.unreadPolicyArns ?? []) theirs.delete(urn);
  return [
    ...unmodelled
      .filter(({ concerns }) => concerns.includes("rights"))
      .map(({ urn, reason }) => `${urn} could grant rights: it ${reason}.`),
    ...gaps
      .filter(({ urn, about }) => about.includes("rights") && !theirs.has(urn))
      .map(({ urn, reason }) => `${urn}: ${reason}.`),
  ].sort();
}
