/** Runs the Ruby part of the script that keeps GitLab's own settings, against the model of GitLab. */
import { join } from "node:path";
import { z } from "zod";
import type { DesiredSettings } from "../../components/networkedGitlab/desiredSettings";
import { runScript, type GitlabState } from "./reconcile";

/** What the script says of its run (settings.rb). */
const statusSchema = z.object({
  revision: z.string(),
  finishedAt: z.string(),
  outcome: z.enum(["succeeded", "failed"]),
  counts: z.object({ settings: z.number(), administrators: z.number(), keys: z.number() }),
  problems: z.array(z.string()),
});

export type SettingsStatus = z.infer<typeof statusSchema>;

export interface SettingsKept {
  status: SettingsStatus;
  /** All that the script printed. */
  output: string;
  exitCode: number;
  state: GitlabState;
}

const script = join(__dirname, "..", "..", "components", "networkedGitlab", "settings.rb");

/** A GitLab that has just made its database: its settings as GitLab 19 has them by itself, and the user root. */
export const freshGitlab: Pick<GitlabState, "users" | "settings"> = {
  users: [{ username: "root", name: "Administrator", email: "admin@example.com", admin: true }],
  settings: {
    signup_enabled: true,
    usage_ping_enabled: true,
    include_optional_metrics_in_service_ping: true,
    gitlab_product_usage_data_enabled: true,
    snowplow_enabled: false,
    version_check_enabled: true,
    default_branch_protection_defaults: {},
  },
};

/** One run of the script. */
export async function keepSettings(state: GitlabState, desired: DesiredSettings): Promise<SettingsKept> {
  const { ended, output, state: after } = await runScript(script, state, { desired });
  if (ended === null) throw new Error("the script was killed, which nobody asked for");
  return { status: statusSchema.parse(JSON.parse(output)), output, exitCode: ended, state: after };
}
