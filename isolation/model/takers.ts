/** Reads from the policy of a topic or bucket who may take what it holds. */
import { splitArn } from "../iam/arn";
import { isRecord, strictlyParsed } from "./json";
import type { Value } from "./snapshot";

/** Whom something leads to where it cannot be told, or where it is everybody. */
export const ANYBODY = "*";

/** Keys by which a condition names the accounts of those who ask. Of a principal that asks by itself, SourceAccount is absent. */
const ACCOUNT_KEYS = ["aws:principalaccount", "aws:sourceaccount", "aws:sourceowner"];

/**
 * The accounts whom a resource's policy lets do more than bring something, as their roots; "*" where it is everybody, or
 * cannot be told.
 * @param policy the document as text; absent, it lets nobody
 * @param bringing actions that only bring something, in lower case
 */
export function takers(policy: Value | undefined, bringing: readonly string[]): string[] {
  if (policy === undefined || policy === null || policy === "") return [];
  const document = typeof policy === "string" ? strictlyParsed(policy) : undefined;
  if (!isRecord(document)) return [ANYBODY];
  const found = [document.Statement].flat().flatMap((statement: unknown) => takersOf(statement, bringing));
  return [...new Set(found)].sort();
}

function takersOf(statement: unknown, bringing: readonly string[]): string[] {
  if (!isRecord(statement)) return [ANYBODY];
  if (statement.Effect === "Deny") return [];
  const actions: unknown[] = [statement.Action].flat();
  if (actions.every((action) => typeof action === "string" && bringing.includes(action.toLowerCase())))
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

/** Those that a condition holds whoever asks to; none where it does not. */
function accountsOf(condition: unknown): unknown[] {
  const equals = isRecord(condition) ? condition.StringEquals : undefined;
  const [first] = isRecord(equals)
    ? Object.entries(equals).filter(([key]) => ACCOUNT_KEYS.includes(key.toLowerCase()))
    : [];
  return first === undefined ? [] : [first[1]].flat();
}
