/** Rules for good order: tags and placeholders. */
import type { StackValidationPolicy } from "@pulumi/policy";
import { isRecord } from "../facts/record";
import { accountDefaults, accountSchema, ownAccounts } from "./support/accounts";
import { isDocumentation, parseRange } from "./support/addresses";
import { ifKnown, knownTexts } from "./support/known";
import { message } from "./support/resources";
import { readStack } from "./support/snapshot";

const tagDefaults = { tags: ["pj", "env", "owner"] };

export const requiredTags: StackValidationPolicy = {
  name: "required-tags",
  description:
    "Every resource that takes tags must say which project it belongs to, in which environment, and who owns it.",
  enforcementLevel: "advisory",
  severity: "low",
  remediationSteps: "Set aws:defaultTags in the stack's configuration, or the tags of the resource.",
  configSchema: {
    properties: {
      tags: {
        type: "array",
        items: { type: "string" },
        description: "The keys of the tags.",
        default: tagDefaults.tags,
      },
    },
  },
  validateStack(args, reportViolation) {
    const { tags: required } = { ...tagDefaults, ...args.getConfig<Partial<typeof tagDefaults>>() };
    for (const resource of args.resources) {
      // What a resource's tags come to, the provider's default ones among them, is known by its outputs alone.
      const tagsAll: unknown = ifKnown<unknown>(() => resource.props.tagsAll);
      if (!resource.type.startsWith("aws:") || !isRecord(tagsAll)) continue;
      const missing = required.filter((key) => ifKnown(() => tagsAll[key] ?? "") === "");
      if (missing.length === 0) continue;
      const found = `lacks the tag${missing.length > 1 ? "s" : ""} ${missing.join(", ")}`;
      reportViolation(
        message(resource, found, "Add it, best by aws:defaultTags for all at once."),
        resource.urn,
      );
    }
  },
};

/** Accounts that AWS's documentation and the rehearsal use. */
const EXAMPLE_ACCOUNT = /^(\d)\1{11}$|^123456789012$|^(\d)\2{3}(\d)\3{3}(\d)\4{3}$/;

export const noDocumentationAddress: StackValidationPolicy = {
  name: "no-documentation-address",
  description:
    "In a real account, no address may be one that is set aside for documentation: nobody is there.",
  enforcementLevel: "advisory",
  severity: "medium",
  remediationSteps:
    "Put in the address that is meant; it may still be the example's from the stack's configuration.",
  configSchema: { properties: accountSchema },
  validateStack(args, reportViolation) {
    const { accountId } = { ...accountDefaults, ...args.getConfig<Partial<typeof accountDefaults>>() };
    const own = [...ownAccounts(readStack(args.resources), accountId)];
    if (own.length > 0 && own.every((account) => EXAMPLE_ACCOUNT.test(account))) return;
    for (const resource of args.resources) {
      if (!resource.type.startsWith("aws:")) continue;
      for (const { path, text } of knownTexts(resource.props)) {
        const addresses = [...new Set(text.match(/[0-9a-f:.]+(?:\/\d+)?/gi) ?? [])].filter((part) => {
          const range = /[.:].*[.:]/.test(part) ? parseRange(part) : undefined;
          return range !== undefined && isDocumentation(range);
        });
        if (addresses.length === 0) continue;
        const found = `has ${addresses.join(", ")} in ${path}, a range for documentation`;
        reportViolation(message(resource, found, "Put in the address that is meant."), resource.urn);
      }
    }
  },
};
