/** Which account a stack deploys to, as far as its resources say. */
import { known } from "../../isolation/model/stack";
import type { ReadStack } from "./snapshot";

export const accountDefaults = { accountId: "" };

export const accountSchema = {
  accountId: {
    type: "string" as const,
    pattern: "^(\\d{12})?$",
    description:
      "The account that the stack deploys to, twelve digits; by default, what its own resources' ARNs say.",
    default: accountDefaults.accountId,
  },
};

/**
 * The account that is configured; else the one that the proof reads from the stack; else, where nothing says it or there are
 * several, those that CodeCommit ARNs and endpoint policies name.
 */
export function ownAccounts({ side }: ReadStack, configured: string): Set<string> {
  if (configured !== "") return new Set([configured]);
  if (side.accountId !== undefined) return new Set([side.accountId]);
  const { resources } = side.snapshot;
  return new Set(resources.flatMap(({ outputs }) => named(known(outputs.policy) ?? "")));
}

function named(text: string): string[] {
  const repositories = text.matchAll(/arn:aws[a-z-]*:codecommit:[a-z0-9-]+:(\d{12}):/g);
  const pinned = text.matchAll(/"aws:ResourceAccount"\s*:\s*\[?\s*"(\d{12})"/g);
  return [...repositories, ...pinned].map(([, account = ""]) => account);
}
