/** Locks: conditions on where a request comes from, as an Allow and a Deny write them. */
import type { Condition } from "../../isolation/iam/conditionBlock";
import type { Statement } from "../../isolation/iam/policy";

/** All but the Region are places that requests come from. The Region belongs beside a VPC, whose id is unique within one only. */
export type LockKind = "address" | "endpoint" | "vpc" | "no address" | "region";

/**
 * What kind of lock the condition is in a statement of that effect; undefined for any other condition. In an Allow it
 * must be false when the key is absent, and in a Deny true: with `IfExists` in an Allow, or a positive operator in a Deny,
 * a request without the key would slip past.
 */
export function lockOf(condition: Condition, effect: Statement["effect"]): LockKind | undefined {
  const { comparison, negated, ifExists, key, values } = condition;
  if (comparison === "absent" && key === "aws:SourceIp") {
    return values.includes(effect === "Allow" ? "true" : "false") ? "no address" : undefined;
  }
  if (effect === "Allow" ? negated || ifExists : !negated) return undefined;
  if (comparison === "inCidr" && key === "aws:SourceIp") return "address";
  if (comparison !== "equals") return undefined;
  if (key === "aws:SourceVpce") return "endpoint";
  if (key === "aws:SourceVpc") return "vpc";
  return key === "aws:RequestedRegion" && values.length === 1 ? "region" : undefined;
}

/** Whether the condition says in an Allow where requests come from. */
export function isPlace(condition: Condition): boolean {
  const kind = lockOf(condition, "Allow");
  return kind !== undefined && kind !== "region";
}

/** Whether the condition is a lock in a statement of that effect, or the Region's part of one. */
export function isLock(condition: Condition, effect: Statement["effect"]): boolean {
  return lockOf(condition, effect) !== undefined;
}

/** Whether the Deny's condition is true of exactly the requests that the Allow's is false of. */
export function sameLock(allow: Condition, deny: Condition): boolean {
  const kind = lockOf(allow, "Allow");
  if (kind === undefined || kind !== lockOf(deny, "Deny")) return false;
  return kind === "no address" || sorted(allow.values) === sorted(deny.values);
}

/** A condition as messages write it, e.g. `IpAddress aws:SourceIp 203.0.113.10/32`. */
export function shown({ operator, key, values }: Condition): string {
  return `${operator} ${key} ${values.join(", ")}`;
}

function sorted(values: readonly string[]): string {
  return [...new Set(values)].sort().join();
}
