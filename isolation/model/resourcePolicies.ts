/** Reads from the policy of a topic, queue, bucket or log group whom it lets at what it holds. */
import { isRecord } from "../../facts/record";
import { splitArn } from "../../facts/arn";
import { strictlyParsed } from "../../facts/json";
import type { Value } from "./snapshot";

/** Where something leads to, as far as it is everybody or is not known. */
export const ANYBODY = "*";

/** Keys by which a condition names the accounts of those who ask. Of a principal that asks by itself, SourceAccount is absent. */
const ACCOUNT_KEYS = ["aws:principalaccount", "aws:sourceaccount", "aws:sourceowner"];

/**
 * The accounts that a resource's policy lets do more than write, as their roots; "*" where it is everybody, or is not known.
 * @param policy the document as text; absent, it admits nobody
 * @param writing actions that only write, or tell nothing of what is held, in lower case
 */
export function admittedBy(policy: Value | undefined, writing: readonly string[]): string[] {
  if (policy === undefined || policy === null || policy === "") return [];
  const document = typeof policy === "string" ? strictlyParsed(policy) : undefined;
  if (!isRecord(document)) return [ANYBODY];
  const found = [document.Statement]
    .flat()
    .flatMap((statement: unknown) => admittedByStatement(statement, writing));
  return [...new Set(found)].sort();
}

function admittedByStatement(statement: unknown, writing: readonly string[]): string[] {
  if (!isRecord(statement)) return [ANYBODY];
  if (statement.Effect === "Deny") return [];
  const actions: unknown[] = [statement.Action].flat();
  if (actions.every((action) => typeof action === "string" && writing.includes(action.toLowerCase())))
    return [];
  const named = accountsOf(statement.Condition);
  if (named.length > 0) return named.map(rootOf);
  const { Principal: principal } = statement;
  if (!isRecord(principal)) return [ANYBODY];
  return Object.entries(principal).flatMap(([kind, who]) =>
    [who].flat().map((one: unknown) => (kind === "AWS" ? rootOf(one) : ANYBODY)),
  );
}

function rootOf(who: unknown): string {
  const account = typeof who !== "string" || /^\d{12}$/.test(who) ? who : splitArn(who)?.[4];
  return typeof account === "string" && /^\d{12}$/.test(account) ? `arn:aws:iam::${account}:root` : ANYBODY;
}

/** Those that a condition limits all requests to; none where it does not. */
function accountsOf(condition: unknown): unknown[] {
  const equals = isRecord(condition) ? condition.StringEquals : undefined;
  const [first] = isRecord(equals)
    ? Object.entries(equals).filter(([key]) => ACCOUNT_KEYS.includes(key.toLowerCase()))
    : [];
  return first === undefined ? [] : [first[1]].flat();
}
