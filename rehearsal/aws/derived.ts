/** Values that look random and follow from the account's seed. */
import { createHash } from "node:crypto";
import type { AccountContext } from "./accountContext";

/** Capital letters and digits, as in IAM's unique ids. */
export const capitalsAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** So many bytes, the same ones for the same account and parts. */
export function derivedBytes(context: AccountContext, length: number, ...parts: string[]): Buffer {
  const key = context.digest("bytes", ...parts);
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < length; block++) {
    blocks.push(createHash("sha256").update(`${key}/${block}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** So many characters of an alphabet, the same ones for the same account and parts. */
export function derivedText(
  context: AccountContext,
  alphabet: string,
  length: number,
  ...parts: string[]
): string {
  // Four bytes for each character: what the remainder prefers is then far too little to notice.
  const bytes = derivedBytes(context, 4 * length, "text", ...parts);
  return Array.from({ length }, (_, i) => alphabet.charAt(bytes.readUInt32BE(4 * i) % alphabet.length)).join(
    "",
  );
}

/** A digest that every resource of the account in its Region shares: of what AWS itself has there, not of what is made. */
export function sharedDigest(context: AccountContext, ...parts: string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([context.accountId, context.region, ...parts]))
    .digest("hex");
}

/** A UUID in lower case, the same one for the same account and parts. */
export function derivedUuid(context: Pick<AccountContext, "digest">, ...parts: string[]): string {
  const hex = context.digest("uuid", ...parts);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
