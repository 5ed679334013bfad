/** The time in a stand-in account: it stands still, so that two runs write the same dates. */

/** When everything in a stand-in account is made. */
export const accountTime = new Date("2026-01-01T00:00:00Z");

/** The same as AWS writes it: RFC 3339 in UTC, whole seconds. */
export const accountTimestamp = rfc3339(accountTime);

/** A date as AWS writes it: RFC 3339 in UTC, whole seconds. */
export function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
