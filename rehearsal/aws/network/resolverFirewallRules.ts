/** What DNS Firewall checks of names, domains and rules, and how a domain matches. */
import { z } from "zod";
import { AwsError } from "../awsError";

/** The longest name there may be. */
export const maxNameLength = 64;

/** Letters, digits, spaces, "-" and "_", and not digits alone (Route 53 Resolver API, CreateFirewallDomainList). */
export const nameInput = z
  .string()
  .max(maxNameLength)
  .regex(/^(?!\d+$)[a-zA-Z0-9\-_' ]+$/)
  .optional();

/** The inputs of a rule. */
export const ruleInputs = z.looseObject({
  name: nameInput,
  action: z.enum(["ALLOW", "BLOCK", "ALERT"]),
  blockResponse: z.enum(["NODATA", "NXDOMAIN", "OVERRIDE"]).optional(),
  blockOverrideDnsType: z.literal("CNAME").optional(),
  blockOverrideDomain: z.string().optional(),
  blockOverrideTtl: z.number().int().min(0).max(604_800).optional(),
  // Rules of DNS Firewall Advanced have no list; they are not part of the stand-in.
  firewallDomainListId: z.string(),
  firewallDomainRedirectionAction: z
    .enum(["INSPECT_REDIRECTION_DOMAIN", "TRUST_REDIRECTION_DOMAIN"])
    .default("INSPECT_REDIRECTION_DOMAIN"),
  firewallRuleGroupId: z.string(),
  priority: z.number().int(),
  qType: z.string().optional(),
});

/** Whether a list's entry is the name, or a wildcard for names below it. */
export function covers(domain: string, asked: string): boolean {
  if (domain === "*") return true;
  return domain.startsWith("*.") ? asked.endsWith(domain.slice(1)) : asked === domain;
}

/**
 * A domain list's entry in the form that domains are compared in: lower case, without the final dot that Route 53 itself
 * writes ("*." for "*"). What is not a domain name, "*." and one, or "*" is refused with ValidationException.
 */
export function normalDomain(entry: string): string {
  const domain = entry.toLowerCase().replace(/\.$/, "");
  const labels = domain.replace(/^\*\./, "").split(".");
  const valid = entry.length <= 255 && labels.every((l) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(l));
  if (valid || domain === "*") return domain;
  throw new AwsError(
    "ValidationException",
    `Invalid domain name '${entry}'. Expected e.g. "example.com", "*.example.com" or "*"`,
  );
}

/** What keeps an action, a response and overrides from going together. */
export function blockResponseProblem(inputs: z.infer<typeof ruleInputs>): string | undefined {
  const { action, blockResponse, blockOverrideDnsType, blockOverrideDomain, blockOverrideTtl } = inputs;
  if ((action === "BLOCK") !== (blockResponse !== undefined))
    return `a BLOCK rule needs a block response, and no other takes one; the action is ${action}, the response ${blockResponse ?? "missing"}`;
  const overrides = [blockOverrideDnsType, blockOverrideDomain, blockOverrideTtl].filter(
    (given) => given !== undefined,
  );
  return overrides.length === (blockResponse === "OVERRIDE" ? 3 : 0)
    ? undefined
    : "blockOverrideDnsType, blockOverrideDomain and blockOverrideTtl go together with the block response OVERRIDE";
}
