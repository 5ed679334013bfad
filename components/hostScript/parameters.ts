/** The state that a script brings about, as parameters of Systems Manager, and the hash that tells one state from another. */
import { createHash } from "node:crypto";

/** The parameter that the host writes its status into, relative to the hierarchy. */
export const statusName = "status";
export const settingsName = "settings";

/** @param of whose it is, e.g. a target's name */
export function credentialName(of: string): string {
  return `credentials/${of}`;
}

/**
 * SHA-256 over every parameter but the status: `<name>\t<value>` each, sorted by name, one a line. The host computes it
 * anew (hostScript.ts) and acts on no other state. It tells nothing of a credential, whose password is 190 random bits or
 * more.
 */
export function revisionOf(parameters: Readonly<Record<string, string>>): string {
  const lines = Object.keys(parameters)
    .sort()
    .map((name) => `${name}\t${parameters[name] ?? ""}`);
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}
