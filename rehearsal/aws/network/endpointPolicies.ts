/** What EC2 checks of an endpoint policy before it takes it. */
import { z } from "zod";
import { AwsError } from "../awsError";

// Endpoint policies may hold 20,480 characters, white space included (AWS PrivateLink Guide, "VPC endpoint policies").
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

/** Refuses a text that is not a policy document for an endpoint, with InvalidPolicyDocument and what is wrong with it. */
export function requireEndpointPolicy(text: string): void {
  if (text.length > maxLength) {
    throw new AwsError(
      "InvalidPolicyDocument",
      `The policy has ${text.length} characters; at most ${maxLength} are allowed`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new AwsError("InvalidPolicyDocument", "The policy is not valid JSON");
  }
  const parsed = document.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((i) => `${i.path.join(".") || "(document)"}: ${i.message}`);
    throw new AwsError("InvalidPolicyDocument", `The policy document is not valid: ${problems.join("; ")}`);
  }
}
