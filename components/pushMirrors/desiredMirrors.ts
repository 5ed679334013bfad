/** The desired mirrors as the reconcile script reads them, and that script as the GitLab host runs it. */
import { join } from "node:path";
import { hostScript, type HostScriptSource } from "../hostScript/hostScript";

/** What the Ruby part reads. */
export interface DesiredMirrors {
  revision: string;
  settings: MirrorSettings;
  /** By target. */
  credentials: Record<string, { user: string; password: string }>;
  mirrors: ({ target: string } & DesiredMirror)[];
}

/** How every mirror is set. */
export interface MirrorSettings {
  /** Whether only protected branches are mirrored; tags always are. */
  onlyProtectedBranches: boolean;
  /** Whether a project that GitLab does not have is made, with its groups. */
  createProjects: boolean;
}

export interface DesiredMirror {
  /** Path of the project in GitLab. */
  project: string;
  /** The airlock repository's clone URL, without a credential. */
  url: string;
}

/** The script that sets GitLab's push mirrors. */
export function reconcileScript(source: HostScriptSource<DesiredMirrors>): string {
  return hostScript(
    {
      ruby: join(__dirname, "reconcile.rb"),
      sets: "mirrors",
      hasRecord: true,
      before: "",
      withoutPackage:
        "This script is for GitLab's Linux package, on its host or in its container (docker exec -i CONTAINER bash -s); for GitLab " +
        "from the Helm chart or from source, set the mirrors in GitLab itself (docs/variants.md)",
    },
    source,
  );
}
