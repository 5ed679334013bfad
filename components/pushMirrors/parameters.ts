/** The desired mirrors as parameters of Systems Manager. */
import { settingsName } from "../hostScript/parameters";
import type { DesiredMirror, MirrorSettings } from "./desiredMirrors";

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
