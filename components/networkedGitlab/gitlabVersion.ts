/** Exact versions of GitLab, such as "19.4.1". */

/** Three numbers, without leading zeros. */
export const versionForm = /^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}$/;

/** Whether a version is the other one, or newer. */
export function isAtLeast(version: string, other: string): boolean {
  const others = other.split(".").map(Number);
  for (const [i, number] of version.split(".").map(Number).entries()) {
    const otherNumber = others[i] ?? 0;
    if (number !== otherNumber) return number > otherNumber;
  }
  return true;
}
