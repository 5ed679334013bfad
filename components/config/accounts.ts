/** The AWS account that a stack's configuration takes for granted, by the ARNs and account ids in it. */
import { z } from "zod";
import type { Path, Problem } from "../schema/problems";

/** A value that names an account. */
export interface NamedAccount {
  path: Path;
  value: string;
  accountId: string;
}

const arns = z.array(z.unknown());
const roleOf = z.looseObject({ roleArn: z.unknown() });

/**
 * Every value that names the account which the stack is deployed into: who deploys and who may in an emergency are of
 * that account, a load balancer takes certificates of its own only, and the provider's configuration says which role it
 * assumes and which account is the only one allowed.
 * An image's registry is not among them: it may be another account's.
 * @param entries full keys to text; lists and objects as JSON. What cannot be read in them names nothing
 */
export function namedAccounts(entries: Readonly<Record<string, string>>, project: string): NamedAccount[] {
  const read = (key: string) => parsed(entries[key]);
  const list = (key: string) => {
    const values = arns.safeParse(read(key));
    return (values.data ?? []).map((value, index): [Path, unknown] => [[key, index], value]);
  };
  const gitlab = z.looseObject({ certificateArn: z.unknown() }).safeParse(read(`${project}:gitlab`));
  const assumed: [Path, unknown][] = [
    [["aws:assumeRole"], read("aws:assumeRole")],
    ...list("aws:assumeRoles"),
  ];
  const allowed = allowedAccounts(entries);
  const values: [Path, unknown][] = [
    ...list(`${project}:deployerArns`),
    ...list(`${project}:breakGlassArns`),
    [[`${project}:gitlab`, "certificateArn"], gitlab.data?.certificateArn],
    ...assumed.map(([path, value]): [Path, unknown] => [
      [...path, "roleArn"],
      roleOf.safeParse(value).data?.roleArn,
    ]),
    ...(allowed.length === 1 ? list("aws:allowedAccountIds") : []),
  ];
  return values.flatMap(([path, value]) => {
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text !== "string") return [];
    const accountId = /^(?:arn:aws:(?:iam|sts|acm):[a-z0-9-]*:)?([0-9]{12})(?=:|$)/.exec(text)?.[1];
    return accountId === undefined ? [] : [{ path, value: text, accountId }];
  });
}

/** The accounts that the provider may work in; none where it may in any. */
export function allowedAccounts(entries: Readonly<Record<string, string>>): string[] {
  const ids = z.array(z.coerce.string()).safeParse(parsed(entries["aws:allowedAccountIds"]));
  return ids.data ?? [];
}

/** The account that is named, or the first of those that are allowed; undefined where any will do. */
export function accountOf(entries: Readonly<Record<string, string>>, project: string): string | undefined {
  return namedAccounts(entries, project)[0]?.accountId ?? allowedAccounts(entries)[0];
}

/** What in one configuration speaks of different accounts. */
export function accountProblems(entries: Readonly<Record<string, string>>, project: string): Problem[] {
  const [first, ...others] = namedAccounts(entries, project);
  if (first === undefined) return [];
  const allowed = allowedAccounts(entries);
  const place = String(first.path[0]);
  return [
    ...(allowed.length > 1 && !allowed.includes(first.accountId)
      ? [{ ...first, message: `is of account ${first.accountId}, which aws:allowedAccountIds leaves out` }]
      : []),
    ...others
      .filter(({ accountId }) => accountId !== first.accountId)
      .map(({ path, value, accountId }) => ({
        path,
        value,
        message: `is of account ${accountId}, and ${place} names account ${first.accountId}; a stack is deployed into one account`,
      })),
  ];
}

/** What of a configuration is of another account than the one it is deployed into. */
export function foreignAccountProblems(
  entries: Readonly<Record<string, string>>,
  project: string,
  deployedInto: string,
): Problem[] {
  return namedAccounts(entries, project)
    .filter(({ accountId }) => accountId !== deployedInto)
    .map(({ path, value, accountId }) => ({
      path,
      value,
      message: `is of account ${accountId}, and this stack is deployed into ${deployedInto}; correct it, or use that account's credentials`,
    }));
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
