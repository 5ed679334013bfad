/** What the script of GitLab's own settings reads, and that script as the GitLab host runs it. */
import { join } from "node:path";
import { hostScript, type HostScriptSource } from "../hostScript/hostScript";
import type { AdministratorArgs } from "./administratorArgs";

/** What the Ruby part reads. The settings themselves are in it: they are the same for every host. */
export interface DesiredSettings {
  revision: string;
  settings: { administrator?: DesiredAdministrator };
  /** The administrator's, where one is wanted. */
  credentials: { administrator?: AdministratorCredential };
}

export interface DesiredAdministrator {
  username: string;
  name: string;
  email: string;
  /** Type and base64, without a comment. */
  sshKey?: string;
}

/** As people read it. */
export interface AdministratorCredential {
  username: string;
  password: string;
}

/** The administrator as GitLab is to have them. */
export function desiredAdministrator({
  username,
  name,
  email,
  sshKey,
}: AdministratorArgs): DesiredAdministrator {
  const [type, blob] = sshKey?.split(" ") ?? [];
  return {
    username,
    name: name ?? username,
    email,
    ...(sshKey !== undefined && { sshKey: `${type} ${blob}` }),
  };
}

/**
 * As a parameter's value. Systems Manager takes none with two opening braces in a row, which a person's name may have
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html).
 */
export function settingsValue(administrator: DesiredAdministrator | undefined): string {
  return JSON.stringify({ administrator }).replaceAll("{{", "{\\u007b");
}

/** The script that keeps GitLab's own settings. */
export function settingsScript(source: HostScriptSource<DesiredSettings>): string {
  return hostScript(
    {
      ruby: join(__dirname, "settings.rb"),
      sets: "settings",
      hasRecord: false,
      before: startScriptFirst,
      withoutPackage: "The image of this host (gitlab.amiId) has to hold GitLab's Linux package",
    },
    source,
  );
}

/**
 * On the first start, and on that of another version, it is the start script that makes the database or changes it, and
 * what Rails would find meanwhile is half of one. cloud-init runs that script, and knows when it has ended, well or badly.
 * @see https://docs.cloud-init.io/en/latest/howto/status.html
 */
const startScriptFirst = `# The start script first, which makes the database.
timeout 900 cloud-init status --wait </dev/null >/dev/null 2>&1 || true
`;
