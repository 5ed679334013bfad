/** The config of a source stack: what NetworkedGitlab takes, but for where it is. */
import { networkedGitlabFields, networkedGitlabRules } from "../networkedGitlab/args";
import { object, withRules } from "../schema/fields";

/** The schema of a source stack's keys. @param given the values as they come, with `region` */
export function sourceSchema(given: { region?: unknown; gitlab?: unknown }) {
  const { workTerminalCidrs, network, gitlab, fips, proxy, alarms } = networkedGitlabFields(given);
  return withRules(
    object({ workTerminalCidrs, network, gitlab, fips, proxy, alarms }, {}),
    ...networkedGitlabRules,
  );
}
