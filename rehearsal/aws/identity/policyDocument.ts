/**
 * What AWS checks of a policy document before it takes it: its grammar, not what it means.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import { z } from "zod";
import { AwsError } from "../awsError";
import { parseJson, problemsOf } from "../json";

/** A `policy` input: text, or the object that the provider turns into text. */
export const policyInput = z
  .union([z.string(), z.record(z.string(), z.unknown())])
  .transform((value) => (typeof value === "string" ? value : JSON.stringify(value)));

/** Where a document is used: by an identity, as the trust policy of a role, or on a resource such as a key. */
export type PolicyRules =
  | { use: "identity"; code: string }
  | {
      use: "trust" | "resource";
      code: string;
      /** Whether a principal of this account exists, by its ARN. */
      principalExists: (arn: string) => boolean;
    };

/** A principal as the document names it: `{ kind: "Service", name: "ec2.amazonaws.com" }`; "*" is of kind AWS. */
export interface NamedPrincipal {
  kind: "AWS" | "Service" | "Federated" | "CanonicalUser";
  name: string;
}

/** A statement with every one-or-many written as many. */
export interface PolicyStatement {
  effect: "Allow" | "Deny";
  principals: NamedPrincipal[];
  notPrincipals: NamedPrincipal[];
  actions: string[];
  notActions: string[];
  conditional: boolean;
}

const numberOperators = [
  "Equals",
  "NotEquals",
  "LessThan",
  "LessThanEquals",
  "GreaterThan",
  "GreaterThanEquals",
] as const;
const operators = new Set(
  [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "IpAddress",
    "NotIpAddress",
    "Bool",
    "BinaryEquals",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
  ]
    .concat(numberOperators.flatMap((operator) => [`Numeric${operator}`, `Date${operator}`]))
    .flatMap((operator) => [operator, `${operator}IfExists`]),
);

const many = z
  .union([z.string(), z.array(z.string()).nonempty()])
  .transform((value) => (typeof value === "string" ? [value] : value));

const actions = many.refine(
  (all) => all.every((a) => /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/.test(a)),
  "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
);

const resources = many.refine(
  (all) => all.every((r) => /^(\*|arn:(aws[a-z-]*|\*):[a-z0-9-]+:[^:]*:[^:]*:.+)$/.test(r)),
  'Resource must be in ARN format or "*", and its vendor must be fully qualified',
);

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const condition = z
  .record(z.string(), z.record(z.string(), z.union([scalar, z.array(scalar).nonempty()])))
  .superRefine((block, issues) => {
    for (const [operator, comparisons] of Object.entries(block)) {
      if (operator !== "Null" && !operators.has(operator.replace(/^For(AllValues|AnyValue):/, ""))) {
        issues.addIssue(`Invalid Condition type : ${operator}`);
      }
      const bare = Object.keys(comparisons).find((key) => !/^[A-Za-z0-9-]+:.+$/.test(key));
      if (bare !== undefined) issues.addIssue(`Conditions must be prefaced by a vendor: "${bare}"`);
    }
  });

const everyone: NamedPrincipal[] = [{ kind: "AWS", name: "*" }];

const principals = z
  .union([
    z.literal("*").transform(() => everyone),
    z
      .strictObject({
        AWS: many.optional(),
        Service: many.optional(),
        Federated: many.optional(),
        CanonicalUser: many.optional(),
      })
      .transform((named) =>
        (["AWS", "Service", "Federated", "CanonicalUser"] as const).flatMap((kind): NamedPrincipal[] =>
          (named[kind] ?? []).map((name) => ({ kind, name })),
        ),
      ),
  ])
  .refine((all) => all.length > 0, "Principal is empty")
  .refine(
    (all) => all.every((p) => p.kind !== "AWS" || /^(\*|\d{12}|arn:aws:(iam|sts)::\d{12}:.+)$/.test(p.name)),
    "Invalid principal in policy",
  )
  .refine(
    (all) => all.every((p) => p.kind !== "Service" || /^[a-z0-9.-]+\.amazonaws\.com$/.test(p.name)),
    "Invalid principal in policy: a service's name ends in .amazonaws.com",
  );

const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Principal: principals.optional(),
    NotPrincipal: principals.optional(),
    Action: actions.optional(),
    NotAction: actions.optional(),
    Resource: resources.optional(),
    NotResource: resources.optional(),
    Condition: condition.optional(),
  })
  .refine(
    (s) => (s.Action === undefined) !== (s.NotAction === undefined),
    "needs either Action or NotAction",
  );

const document = z.strictObject({
  Version: z.enum(["2012-10-17", "2008-10-17"]).optional(),
  Id: z.string().optional(),
  Statement: z
    .preprocess((value): unknown => (Array.isArray(value) ? value : [value]), z.array(statement).nonempty())
    .superRefine((statements, issues) => {
      const seen = new Set<string>();
      for (const { Sid } of statements) {
        if (!Sid) continue;
        if (seen.has(Sid)) issues.addIssue(`Statement IDs (SID) in a single policy must be unique: "${Sid}"`);
        seen.add(Sid);
      }
    }),
});

/** The statements of a document, or the error of `rules.code` that says what AWS would not take. */
export function checkPolicyDocument(text: string, rules: PolicyRules): PolicyStatement[] {
  const json = parseJson(text);
  if (json === undefined)
    throw new AwsError(rules.code, "Syntax errors in policy: the document is not valid JSON");
  const parsed = document.safeParse(json);
  if (!parsed.success)
    throw new AwsError(rules.code, `Syntax errors in policy: ${problemsOf(parsed.error, "(document)")}`);
  parsed.data.Statement.forEach((s, index) => {
    const problem = usageProblem(s, rules);
    if (problem)
      throw new AwsError(rules.code, `Statement.${index}${s.Sid ? ` ("${s.Sid}")` : ""}: ${problem}`);
  });
  return parsed.data.Statement.map((s) => ({
    effect: s.Effect,
    principals: s.Principal ?? [],
    notPrincipals: s.NotPrincipal ?? [],
    actions: s.Action ?? [],
    notActions: s.NotAction ?? [],
    conditional: s.Condition !== undefined,
  }));
}

function usageProblem(s: z.infer<typeof statement>, rules: PolicyRules): string | undefined {
  const hasPrincipal = s.Principal !== undefined || s.NotPrincipal !== undefined;
  const hasResource = s.Resource !== undefined || s.NotResource !== undefined;
  if (s.Principal && s.NotPrincipal) return "has both Principal and NotPrincipal";
  if (s.Resource && s.NotResource) return "has both Resource and NotResource";
  if (rules.use !== "resource" && s.Sid !== undefined && !/^[A-Za-z0-9]*$/.test(s.Sid)) {
    return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";
  }
  if (rules.use === "identity") {
    if (hasPrincipal) return "Policy document should not specify a principal.";
    if (!hasResource) return "Policy statement must contain resources.";
    return undefined;
  }
  if (!hasPrincipal) return "Missing required field Principal";
  if (rules.use === "trust") {
    if (hasResource) return "Has prohibited field Resource";
    if (![...(s.Action ?? []), ...(s.NotAction ?? [])].every((a) => /^(sts:|\*$)/i.test(a))) {
      return "AssumeRole policy may only specify STS AssumeRole actions.";
    }
  } else if (!hasResource) return "Policy statement must contain resources.";
  const missing = [...(s.Principal ?? []), ...(s.NotPrincipal ?? [])].find(
    (p) => p.kind === "AWS" && p.name.startsWith("arn:") && !rules.principalExists(p.name),
  );
  return missing && `Invalid principal in policy: "AWS":"${missing.name}"`;
}

/**
 * How long IAM finds a document: white space is not counted.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function policySize(text: string): number {
  return text.replace(/\s/g, "").length;
}

/** How long IAM finds the inline policies of a role with one more, or with another text for one of them. */
export function inlineSize(inline: ReadonlyMap<string, string>, name: string, document: string): number {
  const documents = new Map(inline).set(name, document).values();
  return [...documents].reduce((sum, text) => sum + policySize(text), 0);
}
