/** What EC2 checks of an endpoint policy before it takes it. */
import { z } from "zod";
import { parseJson, problemsOf } from "../json";

/**
 * Characters, white space included.
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
const maxLength = 20_480;

const oneOrMore = z.union([z.string(), z.array(z.string()).nonempty()]);
const principal = z.union([
  z.literal("*"),
  z.strictObject({ AWS: oneOrMore.optional(), Service: oneOrMore.optional() }),
]);
const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Principal: principal.optional(),
    NotPrincipal: principal.optional(),
    Action: oneOrMore.optional(),
    NotAction: oneOrMore.optional(),
    Resource: oneOrMore.optional(),
    NotResource: oneOrMore.optional(),
    Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  })
  .refine((s) => (s.Principal === undefined) !== (s.NotPrincipal === undefined), "needs a Principal")
  .refine((s) => (s.Action === undefined) !== (s.NotAction === undefined), "needs an Action")
  .refine((s) => (s.Resource === undefined) !== (s.NotResource === undefined), "needs a Resource");
const document = z.strictObject({
  Version: z.enum(["2012-10-17", "2008-10-17"]).optional(),
  Id: z.string().optional(),
  Statement: z.union([statement, z.array(statement).nonempty()]),
});

/** What keeps a text from being an endpoint's policy; undefined where nothing does. */
export function endpointPolicyProblem(text: string): string | undefined {
  if (text.length > maxLength)
    return `The policy has ${text.length} characters; at most ${maxLength} are allowed`;
  const json = parseJson(text);
  if (json === undefined) return "The policy is not valid JSON";
  const parsed = document.safeParse(json);
  return parsed.success
    ? undefined
    : `The policy document is not valid: ${problemsOf(parsed.error, "(document)")}`;
}
