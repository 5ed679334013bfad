/** What the look-up functions (getVpc, getAmi …) have in common: filters, and exactly one result. */
import { z } from "zod";
import type { AccountContext, Properties } from "./accountContext";
import { AwsError } from "./awsError";
import { problemsOf } from "./json";

/** EC2's filters: every filter must match one of its values; `*` and `?` are wildcards. */
export const filtersSchema = z.array(z.object({ name: z.string(), values: z.array(z.string()) })).optional();

/** What a filter may look at: EC2's filter name, e.g. "vpc-id" or "tag:Name", and the row's value. */
export type Attributes = Record<string, string>;

/** A function of a provider, such as getAmi. */
export interface LookUp {
  /** Pulumi's token, e.g. "aws:ec2/getAmi:getAmi". */
  readonly token: string;
  /** Throws an AwsError when AWS would refuse. */
  answer(aws: AccountContext, inputs: Properties): Properties;
}

/** A function whose inputs have the given shape; other inputs are refused with InvalidParameterValue. */
export function lookUp<S extends z.ZodType>(
  token: string,
  schema: S,
  answer: (aws: AccountContext, inputs: z.infer<S>) => Properties,
): LookUp {
  return {
    token,
    answer(aws, inputs) {
      const parsed = schema.safeParse(inputs);
      if (parsed.success) return answer(aws, parsed.data);
      throw new AwsError("InvalidParameterValue", `${token}: ${problemsOf(parsed.error, "(inputs)")}`);
    },
  };
}

/**
 * Whether a row passes every filter. Filters on something that the row's attributes do not name are refused, except
 * `tag:` filters, which then do not match.
 */
export function passes(attributes: Attributes, filters: z.infer<typeof filtersSchema>): boolean {
  return (filters ?? []).every(({ name, values }) => {
    const actual = attributes[name];
    if (actual === undefined && !name.startsWith("tag:")) {
      throw new AwsError("InvalidParameterValue", `The filter '${name}' is invalid`);
    }
    return actual !== undefined && values.some((value) => wildcard(value).test(actual));
  });
}

/** The attributes by which `tag:<key>` filters find a row. */
export function tagAttributes(tags: Record<string, string>): Attributes {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`tag:${key}`, value]));
}

/** The filters that a function's `tags` argument stands for. */
export function tagFilters(tags: Record<string, string> | undefined): { name: string; values: string[] }[] {
  return Object.entries(tags ?? {}).map(([key, value]) => ({ name: `tag:${key}`, values: [value] }));
}

/** The one row that was found. None or several are refused as the AWS provider does. */
export function onlyOne<T>(rows: T[], noun: string, missing: string): T {
  const [first, ...others] = rows;
  if (first === undefined) throw new AwsError(missing, `no matching ${noun} found`);
  if (others.length > 0) {
    throw new AwsError(
      "TooManyResults",
      `multiple ${noun}s matched; use additional constraints to reduce matches to a single ${noun}`,
    );
  }
  return first;
}

function wildcard(value: string): RegExp {
  const pattern = value
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${pattern}$`, "s");
}
