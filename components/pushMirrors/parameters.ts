/** The desired mirrors as parameters of Systems Manager, and the hash that tells one state of them from another. */
import { createHash } from "node:crypto";
import type { DesiredMirror, MirrorSettings } from "./reconcileScript";

/** The parameter that the host writes its status into, relative to the hierarchy. */
export const statusName = "status";
export const settingsName = "settings";

export function credentialName(target: string): string {
  return `credentials/${target}`;
}

export function mirrorName(target: string, repository: string): string {
  return `mirrors/${target}/${repository}`;
}

/** Values by name, relative to the hierarchy; of all but the credentials, which only exist once they are made. */
export function plainParameters(
  settings: MirrorSettings,
  mirrors: readonly ({ target: string; repository: string } & DesiredMirror)[],
): Record<string, string> {
  const values: [string, string][] = mirrors.map(({ target, repository, project, url }) => [
    mirrorName(target, repository),
    JSON.stringify({ project, url }),
  ]);
  return Object.fromEntries([[settingsName, JSON.stringify(settings)], ...values]);
}

/**
 * SHA-256 over every parameter but the status: `<name>\t<value>` each, sorted by name, one a line. The host computes it
 * anew (reconcileScript.ts) and acts on no other state. It tells nothing of a credential, whose password is 256 random bits.
 */
export function revisionOf(parameters: Readonly<Record<string, string>>): string {
  const lines = Object.keys(parameters)
    .sort()
    .map((name) => `${name}\t${parameters[name] ?? ""}`);
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}
