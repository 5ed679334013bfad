/** Which account a stack deploys to, as far as its resources say. */
import type { PolicyResource } from "@pulumi/policy";
import { splitArn } from "../../isolation/iam/arn";
import { ifKnown, knownTexts } from "./known";

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

/** The account in an ARN; undefined for other texts, and for ARNs without one. */
export function accountOf(arn: string): string | undefined {
  const account = splitArn(arn)?.[4];
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}

/**
 * The account that is configured; else those of the resources' own ARNs; else, while nothing exists yet, those that
 * CodeCommit ARNs and endpoint policies name. None where nothing says it.
 */
export function ownAccounts(resources: readonly PolicyResource[], configured: string): Set<string> {
  if (configured !== "") return new Set([configured]);
  const own = resources.flatMap(({ type, props }) => {
    // There it is the target's.
    if (type === "aws:cloudwatch/eventTarget:EventTarget") return [];
    const arn: unknown = ifKnown<unknown>(() => props.arn);
    return typeof arn === "string" ? (accountOf(arn) ?? []) : [];
  });
  if (own.length > 0) return new Set(own);
  return new Set(
    resources.flatMap(({ props }) => knownTexts(ifKnown<unknown>(() => props.policy))).flatMap(named),
  );
}

function named({ text }: { text: string }): string[] {
  const repositories = text.matchAll(/arn:aws[a-z-]*:codecommit:[a-z0-9-]+:(\d{12}):/g);
  const pinned = text.matchAll(/"aws:ResourceAccount"\s*:\s*\[?\s*"(\d{12})"/g);
  return [...repositories, ...pinned].map(([, account = ""]) => account);
}
